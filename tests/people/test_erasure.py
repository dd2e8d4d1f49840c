"""Erasure: two people, one person gone for good, no figure changed."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F

from peixun.claims.models import Claim, ClaimStep, Scan
from peixun.claims.operations import Filing, file
from peixun.coverage.models import PersonYear
from peixun.coverage.operations import rebuild
from peixun.kernel import clock, guards
from peixun.ledger.models import CreditEntry
from peixun.notices.models import Message
from peixun.people.commands import Refused
from peixun.people.models import (
    Account,
    AuditEntry,
    ErasureRequest,
    ExternalLogin,
    Grant,
    Identity,
    Membership,
    Person,
    Post,
    SpareCode,
    Token,
)
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.erasure import (
    ErasureRefused,
    ask_erasure,
    confirm_erasure,
    refuse_erasure,
    withdraw_erasure,
)
from peixun.people.operations.external import Vouched, link
from peixun.people.operations.factors import renew_spare_codes
from peixun.people.operations.memberships import end_memberships
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import Actor, OutOfScope, actor_of
from peixun.people.queries.search import find_persons, read_question
from tests.factories.world import NOW, SYSTEM, account, build_world, post
from tests.home.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 30)
NUMBER = "110101199001010015"


@pytest.fixture
def city():
    return build_world()


@pytest.fixture
def gone(city) -> Person:
    """Somebody who left in 2018, with hours, an account, and numbers."""
    new = NewPerson(
        "王小明",
        citizen_number=NUMBER,
        phone="13912345678",
        birth_date=date(1990, 1, 1),
        organisation_id=city.organisations["T11a"],
        member_since=date(2015, 1, 1),
    )
    [pk] = enrol([new], by=SYSTEM, at=NOW)
    post(city, pk, on=date(2018, 2, 1), hours=8)
    end_memberships([(pk, date(2018, 5, 1), "left", None)], by=SYSTEM, at=NOW)
    return Person.objects.get(pk=pk)


@pytest.fixture
def office(city) -> Actor:
    return actor_of(account("office", role="office", organisation=city.organisation("C1")), day=DAY)


@pytest.fixture
def keeper(city) -> Actor:
    return actor_of(account("keeper", role="administrator", organisation=city.organisation("C1")), day=DAY)


def listed(*words: str) -> str:
    out = StringIO()
    call_command("erasures", *words, stdout=out)
    return out.getvalue()


def ask(person: Person, by: Actor, *, reason: str = "wrong", words: str = "名册误登记", day: date = DAY):
    return ask_erasure(person, reason=reason, words=words, by=by, at=NOW, day=day)


def figures() -> list[tuple]:
    rebuild(2018)
    return list(PersonYear.objects.order_by("person_id", "year").values_list())


def test_one_asks_another_confirms_and_nothing_of_the_person_is_left(city, gone, office, keeper):
    own = account("wang", person=gone)
    by = actor_of(own, day=DAY)
    issue_token(own, days=30, by=by, at=NOW)
    renew_spare_codes(own, by=by, at=NOW)
    Message.objects.create(account=own, kind="weekly_tasks", key="k", created_at=NOW)
    before = figures()
    entries = list(CreditEntry.objects.values_list("pk", "person_id", "digest"))
    confirm_erasure(ask(gone, office), by=keeper, at=NOW, day=DAY)
    gone.refresh_from_db()
    assert gone.name == f"已注销人员{gone.pk:04d}"
    assert (gone.pinyin, gone.initials, gone.gender, gone.birth_date) == ("", "", "", None)
    assert not Identity.objects.filter(person=gone).exists()
    assert not find_persons(SYSTEM, read_question(NUMBER), day=DAY).found
    assert not find_persons(SYSTEM, read_question("王小明"), day=DAY).found
    own.refresh_from_db()
    assert (own.login, own.is_active, own.has_usable_password()) == (f"erased-{own.pk}", False, False)
    assert "王" not in str(own)
    for model in (Token, SpareCode, Message):
        assert not model._default_manager.filter(account=own).exists()
    assert figures() == before
    assert list(CreditEntry.objects.values_list("pk", "person_id", "digest")) == entries
    assert Membership.objects.filter(person=gone).count() == 1
    entry = AuditEntry.objects.get(action="erase")
    assert (entry.subject_id, entry.organisation.code, entry.account_id) == (str(gone.pk), "T11a", keeper.account_id)
    assert ErasureRequest.objects.get().words == ""
    assert "王小明" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_merged_records_go_together(city, gone, office, keeper):
    [alias] = enrol([NewPerson("王晓明", phone="13900000000")], by=SYSTEM, at=NOW)
    merge_persons(Person.objects.get(pk=alias), into=gone, by=SYSTEM, at=NOW)
    # A record that never belonged to a branch stands under the main one.
    confirm_erasure(ask(gone, office), by=keeper, at=NOW, day=DAY)
    assert not Identity.objects.filter(person__in=[alias, gone.pk]).exists()
    assert set(Person.objects.filter(pk__in=[alias, gone.pk]).values_list("name", flat=True)) == {
        f"已注销人员{pk:04d}" for pk in (alias, gone.pk)
    }


def test_the_words_and_scans_of_claims_go_and_what_was_said_stands_in_order(
    city, gone, office, keeper, django_capture_on_commit_callbacks
):
    Membership.objects.filter(person=gone).update(until=None)
    filing = Filing(gone, Decimal(2), date(2018, 3, 5), title="主题党日", words="王小明参加了")
    oneself = Actor(account_id=None, person_id=gone.pk, system_user="", grants=())
    claim = file(filing, scans=[b"%PDF-1.4\n%%EOF"], today=DAY, by=oneself, at=NOW)
    path: Path = Scan.objects.get().path
    assert path.exists()
    Membership.objects.filter(person=gone).update(until=date(2018, 5, 1))
    steps = ClaimStep.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_erasure(ask(gone, office), by=keeper, at=NOW, day=DAY)
    claim = Claim.objects.get(pk=claim.pk)
    assert (claim.title, claim.words, claim.state) == ("已注销", "", "withdrawn")
    assert ClaimStep.objects.count() == steps
    assert not ClaimStep.objects.exclude(words="").exists()
    assert not path.exists()
    assert guards.missing() == []


def test_steps_of_claims_can_be_changed_in_no_other_way(city, gone):
    Membership.objects.filter(person=gone).update(until=None)
    oneself = Actor(account_id=None, person_id=gone.pk, system_user="", grants=())
    file(Filing(gone, Decimal(2), date(2018, 3, 5), title="主题党日"), scans=[], today=DAY, by=oneself, at=NOW)
    for change in ({"words": "别的"}, {"verb": "grant"}, {"at": NOW, "claim": F("claim") + 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ClaimStep.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimStep.objects.all()._raw_delete("default")


def test_whoever_belongs_somewhere_or_left_lately_is_not_erased(city, gone, office):
    with pytest.raises(ErasureRefused, match="还有组织关系"):
        ask(city.person(1), office)
    with pytest.raises(ErasureRefused, match="2024-01-01 以后"):
        ask(gone, office, reason="over")
    with pytest.raises(ErasureRefused, match="依据"):
        ask(gone, office, words=" ")
    assert not ErasureRequest.objects.exists()
    assert ask(gone, office, reason="over", day=date(2024, 1, 1)).pk


def test_a_post_that_is_held_stands_in_the_way(city, gone, office):
    Post.objects.create(
        person=gone, organisation=city.organisation("T11a"), title="organisation_member", since=date(2016, 1, 1)
    )
    with pytest.raises(ErasureRefused, match="还有任职"):
        ask(gone, office)


def test_four_eyes_and_scope(city, gone, office, keeper):
    town = actor_of(account("town", role="office", organisation=city.organisation("T11")), day=DAY)
    far = actor_of(account("far", role="administrator", organisation=city.organisation("C2")), day=DAY)
    auditor = actor_of(account("auditor", role="auditor", organisation=city.organisation("C1")), day=DAY)
    for actor in (town, far, auditor):
        with pytest.raises(OutOfScope):
            ask(gone, actor)
    request = ask(gone, keeper)
    with pytest.raises(ErasureRefused, match="已经有人申请"):
        ask(gone, office)
    for actor in (keeper, office, far, SYSTEM):
        with pytest.raises(OutOfScope):
            confirm_erasure(request, by=actor, at=NOW, day=DAY)
    with pytest.raises(OutOfScope):
        withdraw_erasure(request, by=office, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasureRequest.objects.update(state="done", decided_by=F("asked_by"))
    assert Identity.objects.filter(person=gone).exists()


def test_what_was_decided_is_not_decided_again(city, gone, office, keeper):
    request = ask(gone, office)
    refuse_erasure(request, by=keeper, at=NOW)
    for again in (
        lambda: confirm_erasure(request, by=keeper, at=NOW, day=DAY),
        lambda: refuse_erasure(request, by=keeper, at=NOW),
        lambda: withdraw_erasure(request, by=office, at=NOW),
    ):
        with pytest.raises(ErasureRefused, match="已由他人处理"):
            again()
    assert Identity.objects.filter(person=gone).exists()


def test_whoever_came_back_meanwhile_stays(city, gone, office, keeper):
    request = ask(gone, office)
    Membership.objects.create(
        person=gone, organisation=city.organisation("T12a"), status="full", since=date(2018, 6, 1)
    )
    with pytest.raises(ErasureRefused, match="还有组织关系"):
        confirm_erasure(request, by=keeper, at=NOW, day=DAY)
    assert ErasureRequest.objects.get().state == "asked"


def test_the_pages_ask_and_confirm(city, gone, office, keeper):
    asking = signed_in(Account.objects.get(login="office"))
    confirming = signed_in(Account.objects.get(login="keeper"))
    assert "注销个人信息" in asking.get(f"/coverage/person/{gone.pk}/").content.decode()
    page = asking.get(f"/people/{gone.pk}/erase/").content.decode()
    assert "110101" not in page.replace("110101********0015", "")
    assert "会永久删除" in page
    assert asking.post(f"/people/{gone.pk}/erase/", {"verb": "ask", "reason": "wrong"}).status_code == 422
    body = {"verb": "ask", "reason": "wrong", "words": "误登记"}
    assert asking.post(f"/people/{gone.pk}/erase/", body).status_code == 302
    assert "要由另一位" in asking.get(f"/people/{gone.pk}/erase/").content.decode()
    assert asking.post(f"/people/{gone.pk}/erase/", {"verb": "confirm"}).status_code == 404
    assert "王小明" in confirming.get("/people/erasures/").content.decode()
    assert "永久注销王小明" in confirming.get(f"/people/{gone.pk}/erase/").content.decode()
    assert confirming.post(f"/people/{gone.pk}/erase/", {"verb": "confirm"}).status_code == 302
    listed = confirming.get("/people/erasures/").content.decode()
    assert "王小明" not in listed
    assert "已注销" in listed
    assert confirming.post(f"/people/{gone.pk}/erase/", {"verb": "confirm"}).status_code == 422


def test_who_one_is_in_another_system_goes_and_no_role_goes_on(city, gone, office, keeper):
    own = account("wang", role="secretary", organisation=city.organisation("T11a"), person=gone)
    Grant.objects.filter(account=own).update(until=date(2030, 1, 1))
    by = actor_of(own, day=DAY)
    link(own, Vouched("https://id.example", "110101199001010015"), by=by, at=NOW)
    confirm_erasure(ask(gone, office), by=keeper, at=NOW, day=DAY)
    assert not ExternalLogin.objects.exists()
    assert [grant.until for grant in Grant.objects.filter(account=own)] == [DAY]


def test_the_list_of_the_erased_names_nobody_and_is_taken_along(city, gone, office, keeper):
    assert "没有注销过人员" in listed()
    confirm_erasure(ask(gone, office), by=keeper, at=NOW, day=DAY)
    [row] = json.loads(listed("--format", "json"))
    assert (row["person"], row["reason"], datetime.fromisoformat(row["confirmed_at"])) == (gone.pk, "wrong", NOW)
    assert listed().startswith(f"人员 {gone.pk}，")
    assert "王" not in listed()
    day = NOW.astimezone(clock.ZONE).date()
    assert json.loads(listed("--since", day.isoformat(), "--format", "json")) == [row]
    assert json.loads(listed("--since", (day + timedelta(days=1)).isoformat(), "--format", "json")) == []
    for words in (["--as", "keeper"], ["--since", "gestern"]):
        with pytest.raises(Refused):
            listed(*words)
