"""Two records of one person: found, compared, merged, kept apart, and all of it taken back."""

from datetime import date

import pytest

from peixun.changes.operations import Proposal, propose
from peixun.changes.operations.duplicates import DuplicateRefused, keep_apart, merge, undo_keep_apart, undo_merge
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.queries.position import position
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.models import AuditEntry, Membership, NotSamePerson, Person, PersonAlias
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.memberships import NewStatus, end_memberships, set_statuses, transfer
from peixun.people.operations.posts import NewPost, appoint
from peixun.people.queries.duplicates import apart_pairs, merged_pairs, suspected_with, suspects
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, SYSTEM, account, activity, build_world, credit, post

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
BORN, PHONE = date(1971, 2, 3), "13909431234"


@pytest.fixture
def world(db):
    return build_world(3)


def actor(world, code, role="office"):
    return actor_of(account(f"{role}-{code}", role=role, organisation=world.organisation(code)), day=TODAY)


def enrolled(world, code, *, name="李重复", since=date(2012, 1, 1), **more):
    new = NewPerson(name=name, organisation_id=world.organisations[code], member_since=since, **more)
    [pk] = enrol([new], by=SYSTEM, at=NOW)
    return Person.objects.get(pk=pk)


@pytest.fixture
def twice(world):
    """One human being in T11a and again, later, in T12a."""
    return enrolled(world, "T11a", birth_date=BORN), enrolled(world, "T12a", birth_date=BORN, since=date(2016, 1, 1))


def total(world, code):
    refresh()
    found = position(world.organisation(code), year=2018, as_of=TODAY).total
    return (found.due, found.covered, found.fulfilled)


def pairs(actor_):
    return [(p.first, p.second) for p in suspects(actor_).pairs]


def joined(alias, into, by, **more):
    return merge(alias, into=into, today=TODAY, by=by, at=NOW, **more)


def test_a_pair_is_listed_once_to_whoever_acts_for_both_and_to_nobody_else(world, twice):
    one, other = twice
    assert pairs(actor(world, "C1")) == pairs(actor(world, "R")) == [(one.pk, other.pk)]
    for code, role in [("T11", "office"), ("T12", "office"), ("C2", "office"), ("T11a", "secretary")]:
        assert pairs(actor(world, code, role)) == []
    assert pairs(actor(world, "C1", "auditor")) == []
    assert suspected_with(one, actor(world, "C1", "leader")) == []


def test_a_secretary_sees_a_pair_of_the_own_branch(world):
    one, other = (enrolled(world, "T11a", birth_date=BORN) for _ in range(2))
    assert pairs(actor(world, "T11a", "secretary")) == [(one.pk, other.pk)]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"birth_date": BORN}, {"birth_date": BORN}, (True, False)),
        ({"phone": PHONE}, {"phone": PHONE}, (False, True)),
        ({"birth_date": BORN, "phone": PHONE}, {"birth_date": BORN, "phone": PHONE}, (True, True)),
        ({"birth_date": BORN}, {"birth_date": date(1971, 2, 4)}, None),
        ({"birth_date": BORN, "name": "李一"}, {"birth_date": BORN, "name": "李二"}, None),
        ({}, {}, None),
    ],
)
def test_what_makes_two_records_suspect(world, first, second, found):
    enrolled(world, "T11a", **first)
    enrolled(world, "T12a", **second)
    listed = [(p.same_birthday, p.same_phone) for p in suspects(actor(world, "C1")).pairs]
    assert listed == ([found] if found else [])


def test_who_moved_away_is_judged_by_where_they_are_now(world, twice):
    transfer(twice[1], to=world.organisation("T22a"), on=date(2018, 3, 1), by=SYSTEM, at=NOW)
    assert pairs(actor(world, "C1")) == []
    assert len(pairs(actor(world, "R"))) == 1


def test_pages_follow_one_another_and_queries_stay_the_same(world, django_assert_num_queries):
    for number in range(4):
        for code in ("T11a", "T12a"):
            enrolled(world, code, name=f"李{number}", birth_date=BORN)
    county = actor(world, "C1")
    with django_assert_num_queries(3):
        first = suspects(county, size=3)
    rest = suspects(county, size=3, after=first.after)
    assert (len(first.pairs), first.total, len(rest.pairs), rest.after) == (3, 4, 1, None)
    assert not set(first.pairs) & set(rest.pairs)


def test_a_large_group_is_compared_with_its_first_record_only(world):
    made = [enrolled(world, "T11a", birth_date=BORN).pk for _ in range(12)]
    assert pairs(actor(world, "T11")) == [(made[0], other) for other in made[1:]]


def test_merged_they_are_due_once_count_once_and_apart_again_when_undone(world, twice):
    one, other = twice
    lecture = activity(world, on=date(2018, 3, 1))
    for person in twice:
        ledger.post([credit(person.pk, lecture, on=date(2018, 3, 1), hours=20)], by=SYSTEM, at=NOW)
    post(world, other.pk, on=date(2018, 4, 1), hours=12)
    rebuild(2018)
    entries = list(CreditEntry.objects.order_by("pk").values_list("pk", "person"))
    before = total(world, "T11a"), total(world, "T12a"), total(world, "C1")
    assert before == ((4, 1, 0), (4, 1, 1), (14, 2, 1))
    county = actor(world, "C1")
    row = joined(other, one, county)
    assert (total(world, "T11a"), total(world, "T12a"), total(world, "C1")) == ((4, 1, 1), (3, 0, 0), (13, 1, 1))
    assert pairs(county) == []
    assert merged_pairs(county) == [row]
    assert row.merged_by_id == county.account_id
    undo_merge(row, by=county, at=NOW)
    assert (total(world, "T11a"), total(world, "T12a"), total(world, "C1")) == before
    assert pairs(county) == [(one.pk, other.pk)]
    assert list(CreditEntry.objects.order_by("pk").values_list("pk", "person")) == entries


@pytest.mark.parametrize(("keep", "branch"), [(0, "T11a"), (1, "T12a")])
def test_the_record_that_stays_says_where_the_person_belongs(world, twice, keep, branch):
    rebuild(2018)
    joined(twice[1 - keep], twice[keep], actor(world, "C1"))
    assert total(world, branch)[0] == 4
    assert total(world, {"T11a": "T12a", "T12a": "T11a"}[branch])[0] == 3


def test_a_merged_membership_does_not_come_to_life_when_the_person_leaves_or_moves(world, twice):
    rebuild(2018)
    joined(twice[1], twice[0], actor(world, "C1"))
    transfer(twice[0], to=world.organisation("T22a"), on=date(2018, 5, 1), by=SYSTEM, at=NOW)
    assert (total(world, "T22a")[0], total(world, "T12a")[0]) == (4, 3)
    end_memberships([(twice[0].pk, date(2018, 6, 1), "died", None)], by=SYSTEM, at=NOW)
    assert (total(world, "T22a")[0], total(world, "T12a")[0]) == (3, 3)


def test_months_in_which_the_merged_record_stood_elsewhere_are_summed_up_again(world, twice):
    transfer(twice[1], to=world.organisation("T12b"), on=date(2018, 5, 1), by=SYSTEM, at=NOW)
    rebuild(2018)
    joined(twice[1], twice[0], actor(world, "C1"))
    refresh()
    april = position(world.organisation("T12a"), year=2018, as_of=date(2018, 4, 30)).total
    assert april.due == 3


def test_nobody_merges_or_separates_what_is_partly_somebody_elses(world, twice):
    for one in (actor(world, "T11"), actor(world, "T12"), actor(world, "C1", "auditor")):
        with pytest.raises(OutOfScope):
            joined(twice[1], twice[0], one)
        with pytest.raises(OutOfScope):
            keep_apart(*twice, reason="两个人", by=one, at=NOW)
    row = joined(twice[1], twice[0], SYSTEM)
    with pytest.raises(OutOfScope):
        undo_merge(row, by=actor(world, "T11", "secretary"), at=NOW)
    assert PersonAlias.objects.count() == 1


def test_an_open_transfer_of_either_is_settled_first(world, twice):
    county, leaving = actor(world, "C1"), actor(world, "T12a", "secretary")
    propose(Proposal((twice[1].pk,), world.organisation("T22a"), TODAY), today=TODAY, by=leaving, at=NOW)
    for keep in (0, 1):
        with pytest.raises(DuplicateRefused, match="正在转接"):
            joined(twice[1 - keep], twice[keep], county)
    assert not PersonAlias.objects.exists()


def test_posts_statuses_and_the_only_membership_are_not_buried(world, twice):
    county = actor(world, "C1")
    appoint([NewPost(twice[1].pk, world.organisations["T12a"], "deputy", date(2017, 1, 1))], by=SYSTEM, at=NOW)
    with pytest.raises(DuplicateRefused, match="副书记"):
        joined(twice[1], twice[0], county)
    set_statuses([NewStatus(twice[0].pk, "lost", date(2018, 1, 1))], by=SYSTEM, at=NOW)
    with pytest.raises(DuplicateRefused, match="失联党员"):
        joined(twice[0], twice[1], county)
    assert not PersonAlias.objects.exists()


def test_the_record_that_left_does_not_stay(world, twice):
    end_memberships([(twice[0].pk, date(2018, 1, 1), "left", None)], by=SYSTEM, at=NOW)
    with pytest.raises(DuplicateRefused, match="没有组织关系"):
        joined(twice[1], twice[0], actor(world, "C1"))
    joined(twice[0], twice[1], actor(world, "R"))


def test_circles_and_chains_are_refused(world, twice):
    third = enrolled(world, "T11b", birth_date=BORN)
    county = actor(world, "C1")
    joined(twice[1], twice[0], county)
    for alias, into in [(twice[0], twice[1]), (twice[1], twice[0]), (twice[0], third), (third, twice[1])]:
        with pytest.raises(DuplicateRefused):
            joined(alias, into, county)
    with pytest.raises(DuplicateRefused):
        joined(third, third, county)
    joined(third, twice[0], county)
    assert PersonAlias.objects.filter(person=twice[0]).count() == 2


def test_undone_twice_is_undone_once_and_said(world, twice):
    county = actor(world, "C1")
    row = joined(twice[1], twice[0], county)
    again = PersonAlias.objects.get(pk=row.pk)
    undo_merge(row, by=county, at=NOW)
    with pytest.raises(DuplicateRefused, match="已由他人撤销"):
        undo_merge(again, by=county, at=NOW)


def test_a_pair_kept_apart_does_not_come_back_until_that_is_undone(world, twice):
    county = actor(world, "C1")
    with pytest.raises(DuplicateRefused, match="请写明"):
        keep_apart(*twice, reason="  ", by=county, at=NOW)
    row = keep_apart(twice[1], twice[0], reason="同名同生日，父亲不同", by=county, at=NOW)
    assert pairs(county) == suspected_with(twice[0], county) == []
    assert apart_pairs(county) == [row]
    assert apart_pairs(actor(world, "T11")) == []
    with pytest.raises(DuplicateRefused, match="已标记"):
        keep_apart(*twice, reason="再来", by=county, at=NOW)
    again = NotSamePerson.objects.get()
    undo_keep_apart(row, by=county, at=NOW)
    assert len(pairs(county)) == 1
    with pytest.raises(DuplicateRefused, match="已由他人撤销"):
        undo_keep_apart(again, by=county, at=NOW)


def test_the_trail_tells_the_auditors_of_either_branch(world, twice):
    row = joined(twice[1], twice[0], actor(world, "C1"))
    undo_merge(row, by=SYSTEM, at=NOW)
    keep_apart(*twice, reason="两个人", by=SYSTEM, at=NOW)
    branches = {world.organisations["T11a"], world.organisations["T12a"]}
    for action in ("merge", "undo_merge", "keep_apart"):
        rows = AuditEntry.objects.filter(action=action).values_list("organisation", flat=True)
        assert set(rows) == branches


def test_the_page_compares_previews_merges_and_separates(world, twice, client):
    rebuild(2018)
    lecture = activity(world, on=date(2018, 3, 1))
    for person in twice:
        ledger.post([credit(person.pk, lecture, on=date(2018, 3, 1), hours=20)], by=SYSTEM, at=NOW)
    client.force_login(account("o", role="office", organisation=world.organisation("C1")))
    one, other = twice
    address = f"/changes/duplicates/{one.pk}/{other.pk}/"
    assert address in client.get("/changes/duplicates/").content.decode()
    assert address in client.get(f"/coverage/person/{one.pk}/").content.decode()
    page = client.get(address)
    assert [s.person for s in page.context["sides"]] == [one, other]
    asked = client.post(address, {"keep": one.pk})
    [line] = asked.context["hours"]
    assert (line.year, line.first, line.second, line.together, line.twice) == (2018, 80, 80, 80, 80)
    due = {row["name"]: (row["before"].due, row["after"].due) for row in asked.context["rows"]}
    assert due == {world.organisation("T12a").name: (1, 0), "合计": (2, 1)}
    assert not PersonAlias.objects.exists()
    assert client.post(address, {"keep": 999}).status_code == 422
    assert client.post(address, {"keep": one.pk, "confirm": "1"}).status_code == 302
    assert PersonAlias.objects.get().alias_id == other.pk
    listed = client.get("/changes/duplicates/").content.decode()
    assert f"/changes/duplicates/merged/{other.pk}/undo/" in listed
    assert client.get(f"/coverage/person/{one.pk}/").context["was_merged"]
    client.post(f"/changes/duplicates/merged/{other.pk}/undo/")
    assert not PersonAlias.objects.exists()
    assert Membership.objects.filter(person__in=twice, until=None).count() == 2


def test_the_page_marks_a_pair_and_takes_the_mark_back(world, twice, client):
    client.force_login(account("o", role="office", organisation=world.organisation("C1")))
    address = f"/changes/duplicates/{twice[0].pk}/{twice[1].pk}/"
    refused = client.post(f"{address}apart/", {"reason": ""})
    assert refused.status_code == 422
    assert "请写明" in refused.content.decode()
    client.post(f"{address}apart/", {"reason": "两个人"})
    assert "已标记为不是同一人" in client.get(address).content.decode()
    client.post(f"/changes/duplicates/apart/{NotSamePerson.objects.get().pk}/undo/")
    assert not NotSamePerson.objects.exists()


def test_both_logins_lead_to_ones_own_pages(world, twice, client):
    entry = post(world, twice[0].pk, on=date(2018, 3, 1), hours=4)
    joined(twice[1], twice[0], SYSTEM)
    for login, person in (("old", twice[0]), ("new", twice[1])):
        client.force_login(account(login, person=person))
        for address in ("/me/", f"/coverage/person/{twice[0].pk}/", f"/ledger/entry/{entry.pk}/"):
            assert client.get(address).status_code == 200, (login, address)
    assert "党支部" in client.get("/me/").content.decode()
