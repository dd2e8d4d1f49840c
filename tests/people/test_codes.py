"""One-time codes: who may give them to whom, and what becomes of right, wrong, old and used ones."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from peixun.people.models import Account, AuditEntry, Grant, OneTimeCode, Person, PersonAlias
from peixun.people.operations.codes import (
    MOST_AT_ONCE,
    BeyondReach,
    _use,
    issue_codes,
    redeem_code,
)
from peixun.people.queries.codes import MOST_NAMESAKES, MOST_TRIES, holders, phone_hints
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, SYSTEM, account
from tests.people.test_search import DAY, PHONE, WANG, people
from tests.people.test_signing import shares_phone

__all__ = ["people"]

NEW = "白银-2018-秋"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def secretary(people) -> Account:
    return account("shuji", role="secretary", organisation=people.organisation("T11a"), person=people.person(0))


def named(name: str) -> Person:
    return Person.objects.filter(name=name).earliest("pk")


def issue(by: Account, *persons: Person, at=NOW):
    return issue_codes([p.pk for p in persons], by=actor_of(by, day=DAY), at=at, day=DAY)


def redeem(who: str, code: str, password: str = NEW, *, at=LATER) -> bool:
    return redeem_code(who, code, password, at=at, day=DAY) is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_code_makes_an_account_that_cannot_sign_in_without_it(secretary, people):
    (slip,) = issue(secretary, named("王建国"))
    made = Account.objects.get(person=slip.person)
    assert (made.login, made.display_name) == (slip.login, "王建国")
    assert not made.has_usable_password()
    assert slip.login.startswith("wjg")
    assert WANG not in slip.login
    assert PHONE not in slip.login
    assert (len(slip.code), slip.spoken) == (8, f"{slip.code[:4]} {slip.code[4:]}")
    assert slip.expires_at == NOW + timedelta(days=7)


def test_only_a_keyed_hash_is_kept_and_the_audit_holds_no_secret(secretary):
    (slip,) = issue(secretary, named("王建国"))
    kept = OneTimeCode.objects.get()
    assert slip.code.encode() not in bytes(kept.digest)
    assert redeem("王建国", slip.code)
    entries = AuditEntry.objects.filter(action__in=["issue_code", "redeem_code"]).order_by("pk")
    assert [(e.action, e.subject, e.subject_id) for e in entries] == [
        ("issue_code", "account", str(kept.account_id)),
        ("redeem_code", "account", str(kept.account_id)),
    ]
    assert [e.account_id for e in entries] == [secretary.pk, kept.account_id]
    assert all(secret not in str([e.detail for e in entries]) for secret in (slip.code, NEW, WANG, PHONE))


@pytest.mark.parametrize("who", ["王建国", "王 建国", PHONE, "138 0943 1234", WANG, WANG.lower()])
def test_the_code_works_with_name_phone_and_number(secretary, who):
    (slip,) = issue(secretary, named("王建国"))
    assert redeem(who, f" {slip.code[:4]}－{slip.code[4:]}")
    assert Account.objects.get(login=slip.login).check_password(NEW)


def test_the_code_works_with_the_login(secretary):
    (slip,) = issue(secretary, named("单文"))
    assert redeem(slip.login.upper(), slip.code)


def test_a_code_works_for_its_own_holder_only(secretary):
    slips = {slip.person.name: slip for slip in issue(secretary, named("王建国"), named("单文"))}
    assert not redeem("单文", slips["王建国"].code)
    assert not redeem("没有这个人", slips["王建国"].code)
    assert not redeem("", slips["王建国"].code)
    assert redeem("王建国", slips["王建国"].code)


def test_a_code_is_used_once(secretary):
    (slip,) = issue(secretary, named("王建国"))
    assert redeem("王建国", slip.code)
    assert not redeem("王建国", slip.code, "另一个-密码-2018")
    assert Account.objects.get(login=slip.login).check_password(NEW)


def test_whoever_read_the_code_before_it_was_used_comes_too_late(secretary):
    (slip,) = issue(secretary, named("王建国"))
    seen = OneTimeCode.objects.select_related("account").get()
    assert redeem("王建国", slip.code)
    assert _use(seen, "other", at=LATER) is None
    assert Account.objects.get(login=slip.login).check_password(NEW)


def test_a_code_ends_after_seven_days(secretary):
    (slip,) = issue(secretary, named("王建国"))
    assert not redeem("王建国", slip.code, at=NOW + timedelta(days=7))
    assert redeem("王建国", slip.code, at=NOW + timedelta(days=7, seconds=-1))


def test_five_wrong_codes_end_it_and_leave_a_trace(secretary):
    (slip,) = issue(secretary, named("王建国"))
    for _ in range(MOST_TRIES):
        assert not redeem("王建国", wrong(slip.code))
    assert not redeem("王建国", slip.code)
    entry = AuditEntry.objects.get(action="end_code")
    assert (entry.subject_id, entry.detail["tries"]) == (str(OneTimeCode.objects.get().account_id), MOST_TRIES)


def test_four_wrong_codes_do_not(secretary):
    (slip,) = issue(secretary, named("王建国"))
    for typed in (wrong(slip.code), "", "一二三四五六七八", slip.code + "0"):
        assert not redeem("王建国", typed)
    assert redeem("王建国", slip.code)


def test_namesakes_each_use_their_own_code_and_share_the_wrong_ones(people):
    office = account("office", role="office", organisation=people.root)
    here, there = Person.objects.filter(name="王建国").order_by("pk")
    slips = {slip.person: slip for slip in issue(office, here, there)}
    for guess in range(MOST_TRIES):
        assert not redeem("王建国", f"{guess:08d}")
    assert sum(OneTimeCode.objects.values_list("tries", flat=True)) == MOST_TRIES
    assert redeem("王建国", slips[there].code)
    assert Account.objects.get(person=there).check_password(NEW)
    assert not Account.objects.get(person=here).has_usable_password()
    assert redeem("王建国", slips[here].code)


def test_a_name_that_too_many_share_opens_nothing_but_the_login_does(people):
    office = account("office", role="office", organisation=people.root)
    crowd = list(Person.objects.order_by("pk")[: MOST_NAMESAKES + 1])
    Person.objects.filter(pk__in=[p.pk for p in crowd]).update(name="张伟")
    slip = issue(office, *crowd)[0]
    assert not redeem("张伟", slip.code)
    assert redeem(slip.login, slip.code)


def test_a_new_code_ends_the_old_one(secretary):
    (old,) = issue(secretary, named("王建国"))
    (new,) = issue(secretary, named("王建国"), at=LATER)
    assert new.login == old.login
    assert not redeem("王建国", old.code)
    assert redeem("王建国", new.code)


def test_the_database_holds_one_open_code_an_account(secretary):
    issue(secretary, named("王建国"))
    kept = OneTimeCode.objects.get()
    kept.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


@pytest.mark.parametrize("weak", ["19600504", "1960-05-04", "1960年5月4日", PHONE, "138-0943-1234", WANG])
def test_a_password_that_everybody_would_try_is_refused_and_the_code_stays(secretary, weak):
    person = named("王建国")
    Person.objects.filter(pk=person.pk).update(birth_date=date(1960, 5, 4))
    (slip,) = issue(secretary, person)
    with pytest.raises(ValidationError):
        redeem("王建国", slip.code, weak)
    assert redeem("王建国", slip.code, weak + "甘肃")


@pytest.mark.parametrize("weak", ["1234567", "12345678", "password"])
def test_short_and_common_passwords_are_refused(secretary, weak):
    (slip,) = issue(secretary, named("王建国"))
    with pytest.raises(ValidationError):
        redeem("王建国", slip.code, weak)


def test_no_codes_are_given_outside_the_scope(secretary, people):
    stranger = people.person(5)
    with pytest.raises(OutOfScope):
        issue(secretary, named("王建国"), stranger)
    with pytest.raises(OutOfScope):
        issue_codes([10**9], by=SYSTEM, at=NOW, day=DAY)
    assert not OneTimeCode.objects.exists()
    assert not Account.objects.filter(person__isnull=False).exclude(pk=secretary.pk).exists()


@pytest.mark.parametrize("role", ["leader", "auditor", "administrator", "class_manager"])
def test_other_roles_give_out_none(people, role):
    with pytest.raises(OutOfScope):
        issue(account(role, role=role, organisation=people.root), people.person(1))


@pytest.mark.parametrize(
    ("role", "code"), [("office", "C1"), ("secretary", "T11"), ("secretary", "T12a"), ("office", "T11a")]
)
def test_a_secretary_resets_nobody_who_holds_more(secretary, people, role, code):
    account("clerk", role=role, organisation=people.organisation(code), person=people.person(1))
    with pytest.raises(BeyondReach) as refused:
        issue(secretary, people.person(1), people.person(2))
    assert refused.value.names == [people.person(1).name]
    assert not OneTimeCode.objects.exists()
    assert Account.objects.get(login="clerk").check_password("clerk")


def test_a_grant_that_has_not_begun_counts_and_one_that_has_ended_does_not(secretary, people):
    account("clerk", role="office", organisation=people.organisation("C1"), person=people.person(1))
    Grant.objects.filter(account__login="clerk").update(since=date(2019, 1, 1))
    with pytest.raises(BeyondReach):
        issue(secretary, people.person(1))
    Grant.objects.filter(account__login="clerk").update(since=date(2016, 1, 1), until=date(2018, 1, 1))
    assert issue(secretary, people.person(1))


def test_the_office_resets_its_secretaries_but_no_auditor(secretary, people):
    office = account("office", role="office", organisation=people.organisation("C1"))
    assert issue(office, people.person(0))[0].login == "shuji"
    account("auditor", role="auditor", organisation=people.organisation("T11"), person=people.person(1))
    with pytest.raises(BeyondReach):
        issue(office, people.person(1))


def test_nobody_gets_round_their_own_password(secretary, people):
    with pytest.raises(BeyondReach):
        issue(secretary, people.person(0))


def test_a_stopped_account_gets_no_code_and_uses_none(secretary, people):
    (slip,) = issue(secretary, named("王建国"))
    Account.objects.filter(login=slip.login).update(is_active=False)
    assert not redeem("王建国", slip.code)
    with pytest.raises(BeyondReach):
        issue(secretary, named("王建国"))


def test_a_code_dies_when_its_account_is_given_more_than_its_issuer_holds(secretary, people):
    (slip,) = issue(secretary, named("王建国"))
    more = Grant.objects.create(
        account=Account.objects.get(login=slip.login),
        role="office",
        organisation=people.organisation("C1"),
        since=date(2018, 6, 1),
    )
    assert not redeem("王建国", slip.code)
    more.delete()
    assert redeem("王建国", slip.code)


def test_at_most_so_many_at_once(secretary):
    with pytest.raises(ValueError, match="more than 500"):
        issue_codes(range(MOST_AT_ONCE + 1), by=SYSTEM, at=NOW, day=DAY)


def test_the_list_suggests_those_who_can_neither_sign_in_nor_hold_a_code(secretary, people):
    account("has", person=people.person(1))
    issue(secretary, named("单文"))
    account("clerk", role="office", organisation=people.root, person=people.person(2))
    found = holders(people.organisation("T11a"), by=actor_of(secretary, day=DAY), day=DAY, now=LATER)
    lines = {h.person.pk: h for h in found}
    assert not lines[people.person(1).pk].suggested
    assert not lines[named("单文").pk].suggested
    assert lines[named("单文").pk].open_until == NOW + timedelta(days=7)
    assert lines[named("王建国").pk].suggested
    assert {h.person.pk for h in found if not h.in_reach} == {people.person(0).pk, people.person(2).pk}


def test_a_merged_record_is_not_listed_and_gets_no_code(secretary, people):
    PersonAlias.objects.create(alias=named("单文"), person=named("王建国"), merged_at=NOW)
    found = holders(people.organisation("T11a"), by=actor_of(secretary, day=DAY), day=DAY, now=LATER)
    assert "单文" not in [h.person.name for h in found]
    with pytest.raises(OutOfScope):
        issue(secretary, named("单文"))


def test_the_slip_names_a_phone_only_where_nobody_shares_it(people):
    wang = named("王建国")
    assert phone_hints([wang.pk, named("单文").pk]) == {wang.pk: "138****1234"}
    shares_phone(people)
    assert phone_hints([wang.pk]) == {}
