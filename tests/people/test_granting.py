"""Roles given and ended by whoever may, never more than they hold."""

from datetime import date, timedelta

import pytest

from peixun.people.models import Account, AuditEntry, Grant
from peixun.people.operations.granting import GrantRefused, NewGrant, account_of, end_role, give_role, set_active
from peixun.people.queries.accounts import givable_roles
from peixun.people.queries.scope import OutOfScope, actor_of, system_actor
from tests.factories.world import NOW, account

DAY = date(2018, 6, 30)


def actor(world, code, role="office", **more):
    return actor_of(account(f"{role}-{code}", role=role, organisation=world.organisation(code), **more), day=DAY)


def give(who, world, code, by, role="secretary", since=DAY, until=None):
    return give_role(who, NewGrant(role, world.organisation(code), since, until), by=by, at=NOW, day=DAY)


def test_an_office_gives_what_it_holds_within_its_subtree(world):
    county = actor(world, "C1")
    li = account("li")
    grant = give(li, world, "T11", county, role="office", until=date(2018, 12, 31))
    assert (grant.since, grant.until) == (DAY, date(2018, 12, 31))
    entry = AuditEntry.objects.get(action="give_role")
    assert (entry.subject_id, entry.organisation_id) == (str(li.pk), world.organisations["T11"])
    with pytest.raises(OutOfScope):
        give(li, world, "T21", county)
    with pytest.raises(OutOfScope):
        give(li, world, "R", county)


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_nobody_gives_more_than_they_hold(world, role):
    with pytest.raises(GrantRefused, match="超出"):
        give(account("li"), world, "T11", actor(world, "C1"), role=role)
    assert not Grant.objects.filter(account__login="li").exists()


@pytest.mark.parametrize("role", ["secretary", "leader", "auditor", "class_manager"])
def test_other_roles_give_nothing(world, role):
    other = actor(world, "C1", role)
    assert givable_roles(other, world.organisation("T11")) == []
    with pytest.raises(OutOfScope):
        give(account("li"), world, "T11", other)


def test_nobody_gives_to_themselves(world):
    county = actor(world, "C1")
    with pytest.raises(OutOfScope):
        give(Account.objects.get(pk=county.account_id), world, "T11", county)


def test_a_grant_does_not_outlast_its_givers(world):
    county = account("ending")
    Grant.objects.create(
        account=county, role="office", organisation=world.organisation("C1"), since=DAY, until=date(2018, 9, 1)
    )
    by = actor_of(county, day=DAY)
    with pytest.raises(GrantRefused, match="2018-09-01"):
        give(account("li"), world, "T11", by)
    with pytest.raises(GrantRefused, match="2018-09-01"):
        give(Account.objects.get(login="li"), world, "T11", by, until=date(2018, 9, 2))
    give(Account.objects.get(login="li"), world, "T11", by, until=date(2018, 9, 1))


def test_days_that_do_not_fit_are_refused(world):
    county, li = actor(world, "C1"), account("li")
    with pytest.raises(GrantRefused, match="早于今天"):
        give(li, world, "T11", county, since=DAY - timedelta(1))
    with pytest.raises(GrantRefused, match="晚于开始"):
        give(li, world, "T11", county, until=DAY)
    give(li, world, "T11", county)
    with pytest.raises(GrantRefused, match="已有"):
        give(li, world, "T11", county, since=DAY + timedelta(30))


def test_ending_a_role_takes_it_away_from_that_day_on(world):
    county, li = actor(world, "C1"), account("li")
    grant = give(li, world, "T11", county)
    later = DAY + timedelta(10)
    end_role(grant, on=later, by=county, at=NOW)
    assert actor_of(li, day=later - timedelta(1)).grants
    assert not actor_of(li, day=later).grants
    with pytest.raises(GrantRefused, match="已经结束"):
        end_role(grant, on=later, by=county, at=NOW)


def test_a_role_that_never_held_is_gone_when_it_is_ended(world):
    county, li = actor(world, "C1"), account("li")
    end_role(give(li, world, "T11", county), on=DAY, by=county, at=NOW)
    assert not Grant.objects.filter(account=li).exists()
    assert AuditEntry.objects.filter(action="end_role").count() == 1


def test_a_neighbour_ends_nothing_and_an_administrator_may(world):
    grant = give(account("li"), world, "T11", actor(world, "C1"))
    for by in (actor(world, "C2"), actor(world, "T12"), actor(world, "T11", "secretary")):
        with pytest.raises(OutOfScope):
            end_role(grant, on=DAY, by=by, at=NOW)
    end_role(grant, on=DAY, by=actor(world, "C1", "administrator"), at=NOW)


def test_a_member_without_an_account_gets_one_without_a_password(world):
    county, person = actor(world, "C1"), world.person(0)
    made = account_of(person, by=county, at=NOW, day=DAY)
    assert not made.has_usable_password()
    assert account_of(person, by=county, at=NOW, day=DAY) == made
    with pytest.raises(OutOfScope):
        account_of(world.person(-1), by=county, at=NOW, day=DAY)


def test_stopping_an_account_is_for_whoever_manages_all_of_it(world):
    li = account("li", role="office", organisation=world.organisation("T11"))
    with pytest.raises(OutOfScope):
        set_active(li, active=False, by=actor(world, "C1"), at=NOW, day=DAY)
    manager = actor(world, "C1", "administrator")
    set_active(li, active=False, by=manager, at=NOW, day=DAY)
    assert not Account.objects.get(login="li").is_active
    set_active(li, active=True, by=manager, at=NOW, day=DAY)
    Grant.objects.create(account=li, role="leader", organisation=world.organisation("T21"), since=DAY)
    with pytest.raises(OutOfScope):
        set_active(li, active=False, by=manager, at=NOW, day=DAY)


def test_the_system_opens_the_first_offices(world):
    grant = give(account("first"), world, "R", system_actor(), role="auditor")
    assert grant.role == "auditor"
