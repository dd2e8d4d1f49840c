"""A member's own data: what is held, who opened it, and all of it as a file, for nobody else."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from peixun.ledger import operations as ledger
from peixun.people.models import Account, AuditEntry, Person
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.memberships import NewStatus, set_statuses
from peixun.people.operations.opening import open_numbers
from peixun.people.queries.numbers import masked_numbers
from peixun.people.queries.scope import actor_of
from tests.factories.world import NOW, SYSTEM, account, post
from tests.home.conftest import signed_in
from tests.people.test_search import PHONE, WANG

DAY = date(2018, 6, 30)
TAKE = "/me/data/take/"


@pytest.fixture
def wang(city) -> Person:
    """A member of T11a with numbers, hours, a status, and an account."""
    new = NewPerson(
        name="王建国",
        citizen_number=WANG,
        phone=PHONE,
        landline="0943-8221234",
        address="前进村三社",
        organisation_id=city.organisations["T11a"],
        member_since=date(2010, 1, 1),
    )
    [pk] = enrol([new], by=SYSTEM, at=NOW)
    person = Person.objects.get(pk=pk)
    account("wang", person=person)
    post(city, pk, on=date(2018, 3, 1), hours=4, title="党章专题学习")
    wrong = post(city, pk, on=date(2018, 3, 2), hours=2, title="录错的讲座")
    ledger.reverse(wrong, reason="本人未参加", by=SYSTEM, at=NOW)
    set_statuses([NewStatus(pk, "floating", date(2018, 1, 1))], by=SYSTEM, at=NOW)
    return person


@pytest.fixture
def own(wang):
    """The browser of the member."""
    return signed_in(Account.objects.get(login="wang"))


def opened(person: Person, login: str) -> None:
    """Somebody opens the numbers of a person."""
    by = actor_of(Account.objects.get(login=login), day=DAY)
    open_numbers(person.pk, by=by, at=datetime(2018, 6, 1, 1, 30, tzinfo=UTC), day=DAY)


def taken(client) -> dict:
    """The file as JSON."""
    return json.loads(client.post(TAKE, {"format": "json"}).getvalue())


def test_the_page_says_what_is_held(own):
    page = own.get("/me/data/").content.decode()
    masked = f"{WANG[:4]}**********{WANG[-4:]}"
    assert all(words in page for words in ("王建国", masked, "11a村党支部", "流动党员", "学时记录 3 条"))
    assert WANG not in page
    assert "还没有人查看过" in page
    assert 'href="/me/data/"' in own.get("/me/account/").content.decode()


def test_the_page_says_who_opened_the_numbers_when_and_in_which_role(own, wang):
    opened(wang, "office")
    opened(wang, "branch")
    page = own.get("/me/data/").content.decode()
    assert "2018-06-01 09:30" in page
    assert "office · 第1县委 · 干训科" in page
    assert "branch · 11a村党支部 · 支部书记" in page


def test_a_role_that_has_ended_is_said_as_it_was_on_the_day(own, wang):
    opened(wang, "office")
    Account.objects.get(login="office").grants.update(until=date(2018, 6, 10))
    assert "office · 第1县委 · 干训科" in own.get("/me/data/").content.decode()


def test_a_member_opens_their_own_numbers_and_it_is_recorded(own, wang):
    answer = own.post(f"/people/{wang.pk}/numbers/")
    assert WANG in answer.content.decode()
    assert AuditEntry.objects.get(action="open_numbers").account.login == "wang"
    assert "本人" in own.get("/me/data/").content.decode()


def test_nobody_opens_or_sees_anothers(own, wang, city, as_role):
    assert own.post(f"/people/{city.persons[1]}/numbers/").status_code == 404
    page = as_role("member").get("/me/data/").content.decode()
    assert "王建国" not in page
    assert "王建国" not in as_role("member").post(TAKE).getvalue().decode()


def test_whoever_belongs_to_no_branch_has_their_data_too(city):
    guest = Person.objects.create(name="外请教师")
    client = signed_in(account("guest", person=guest))
    assert "目前没有组织关系" in client.get("/me/data/").content.decode()
    assert taken(client)["records"][0]["name"] == "外请教师"


def test_an_account_without_a_person_has_none(as_role):
    client = as_role("office")
    assert (client.get("/me/data/").status_code, client.post(TAKE).status_code) == (404, 404)
    assert "/me/data/" not in client.get("/me/account/").content.decode()
    assert not AuditEntry.objects.filter(action="take_along").exists()


def test_the_file_holds_everything_with_full_numbers(own, wang):
    opened(wang, "office")
    file = taken(own)
    [record] = file["records"]
    numbers = {name: record[name] for name in ("name", "citizen_number", "phone", "landline", "address")}
    assert numbers == {
        "name": "王建国",
        "citizen_number": WANG,
        "phone": PHONE,
        "landline": "0943-8221234",
        "address": "前进村三社",
    }
    assert [(m["organisation_code"], m["since"], m["until"]) for m in file["memberships"]] == [
        ("T11a", "2010-01-01", None)
    ]
    assert [(s["kind"], s["since"]) for s in file["statuses"]] == [("流动党员", "2018-01-01")]
    assert sorted((c["activity_title"], c["hours"]) for c in file["credits"]) == [
        ("党章专题学习", "4.00"),
        ("录错的讲座", "-2.00"),
        ("录错的讲座", "2.00"),
    ]
    assert [(y["year"], y["hours"]) for y in file["years"]] == [(2018, "4.00")]
    assert [a["login"] for a in file["accounts"]] == ["wang"]
    assert [(s["what"], s["who"]) for s in file["seen"]] == [
        ("带走本人数据", "wang"),
        ("查看完整号码", "office"),
    ]


def test_everything_that_points_at_a_person_is_in_the_file(own):
    """A new table about persons is to be added to the file, and here."""
    known = {
        "people.Account": "accounts",
        "people.ErasureRequest": "erasure_requests",
        "people.Identity": "records",
        "people.Membership": "memberships",
        "people.NotSamePerson": "kept_apart",
        "people.PersonAlias": "mergers",
        "people.Post": "posts",
        "people.StatusPeriod": "statuses",
        "changes.Transfer": "transfers",
        "changes.PersonChange": "changes",
        "claims.Claim": "claims",
        "coverage.PersonYear": "years",
        "exchange.MissingPerson": "missing_in_files",
        "ledger.CreditEntry": "credits",
    }
    pointing = {m._meta.label for m in apps.get_models() for f in m._meta.fields if f.related_model is Person}
    assert pointing == known.keys()
    assert set(known.values()) <= taken(own).keys()


def test_a_merged_record_is_in_the_file_too(own, wang, city):
    other = city.person(2)
    post(city, other.pk, on=date(2018, 4, 1), hours=1, title="另一条记录的讲座")
    merge_persons(wang, into=other, by=SYSTEM, at=NOW)
    file = taken(own)
    assert {r["pk"]: r["citizen_number"] for r in file["records"]} == {wang.pk: WANG, other.pk: ""}
    assert [(m["alias_id"], m["person_id"]) for m in file["mergers"]] == [(wang.pk, other.pk)]
    assert {c["activity_title"] for c in file["credits"]} >= {"党章专题学习", "另一条记录的讲座"}


def test_taking_the_file_is_recorded_without_the_numbers_and_not_kept_by_browsers(own, wang):
    answer = own.post(TAKE)
    assert answer["Cache-Control"] == "no-store"
    assert own.get(TAKE).status_code == 405
    trace = AuditEntry.objects.get(action="take_along")
    assert (trace.subject_id, trace.organisation.code, trace.account.login) == (str(wang.pk), "T11a", "wang")
    assert trace.detail == {}


def test_the_workbook_holds_the_same(own):
    book = load_workbook(io.BytesIO(own.post(TAKE, {"format": "xlsx"}).getvalue()))
    assert book.sheetnames[0] == "人员记录"
    assert len(book.sheetnames) == len(taken(own)) - 1
    rows = list(book["人员记录"].iter_rows(values_only=True))
    assert WANG in rows[1]
    assert len(list(book["学时记录"].iter_rows())) == 4


def test_the_page_takes_the_same_queries_however_much_is_held(own, wang, city):
    opened(wang, "office")
    own.get("/me/data/")
    with CaptureQueriesContext(connection) as few:
        own.get("/me/data/")
    for day in range(1, 15):
        post(city, wang.pk, on=date(2018, 5, day), hours=1)
        opened(wang, "branch")
    with CaptureQueriesContext(connection) as many:
        own.get("/me/data/")
    assert len(few) == len(many)
    assert masked_numbers(wang.pk).phone == "138****1234"
