"""The audit trail on screen: whose it is, what it says, how it is searched, paged and taken along."""

import ast
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

import peixun
from peixun.claims.models import Verb as ClaimVerb
from peixun.people.models import Account, AuditEntry
from peixun.people.operations import audit
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.memberships import transfer
from peixun.people.operations.opening import look_up, open_numbers
from peixun.people.queries import trail as asking
from peixun.people.queries.scope import actor_of
from peixun.people.queries.search import read_question
from peixun.people.words import ACTIONS, SEEING
from tests.factories.world import NOW, SYSTEM, account
from tests.home.conftest import signed_in
from tests.people.test_search import DAY, WANG, actor, people

__all__ = ["people"]
PAGE = "/people/trail/"


@pytest.fixture
def wang(people) -> int:
    """The id of the one person whose number is known; they belong to T11a."""
    return look_up(read_question(WANG), by=SYSTEM, at=NOW, day=DAY).found[0].person_id


@pytest.fixture
def sign_in(people):
    """`sign_in("auditor", "C1")`: a browser with that role on that organisation."""

    def make(role: str, code: str):
        known = Account.objects.filter(login=f"{role}-{code}").first()
        return signed_in(known or account(f"{role}-{code}", role=role, organisation=people.organisation(code)))

    return make


def record(
    people, action: str = "open_numbers", *, person: int | None = None, code: str = "", at=NOW, by=SYSTEM, **more
):
    """An entry, written."""
    audit.record(
        by=by,
        at=at,
        action=action,
        subject=more.pop("subject", "person"),
        subject_id="" if person is None else person,
        organisation_id=people.organisations[code] if code else None,
        **more,
    )
    return AuditEntry.objects.order_by("pk").last().pk


def listed(client, **asked) -> list[int]:
    """The ids of the entries on a page."""
    return [line.entry.pk for line, _url in client.get(PAGE, asked).context["rows"]]


def recorded_actions() -> set[tuple[str, str | None]]:
    """The actions that the code records; None for a subject that isn't known before it runs."""
    found = set()
    for path in Path(peixun.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in calls(function, "audit.record", "audit.record_all"):
                given = {word.arg: word.value for word in call.keywords}
                subject = given["subject"].value if isinstance(given["subject"], ast.Constant) else None
                found |= {(action, subject) for action in constants(tree, function, given["action"])}
    return found


def calls(tree: ast.AST, *names: str) -> list[ast.Call]:
    """The calls of functions by name."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def constants(tree: ast.AST, function: ast.FunctionDef, value: ast.expr) -> set[str]:
    """What a value may be: itself, or what is handed to the parameter of that name wherever the function is called."""
    if isinstance(value, ast.Constant):
        return {value.value}
    if ast.unparse(value) == "verb.value":  # each verb of a claim
        return {verb.value for verb in ClaimVerb}
    place = [argument.arg for argument in function.args.args].index(value.id)
    return {call.args[place].value for call in calls(tree, function.name)}


def test_every_action_that_is_recorded_has_words():
    recorded = recorded_actions()
    assert {("open_numbers", "person"), ("accept_transfer", "person"), ("leave", "post")} <= recorded
    silent = {(a, s) for a, s in recorded if (a, s) not in ACTIONS and (s or a not in {known for known, _ in ACTIONS})}
    assert silent == set(), f"add words for {sorted(silent)} to ACTIONS in peixun/people/words.py"
    assert {(action, "person") for action in SEEING} <= ACTIONS.keys()


def test_an_auditor_of_a_county_never_sees_anothers_entries(people, sign_in):
    here, there = people.persons[1], people.persons[-1]
    mine = [record(people, person=here, code="T11a"), record(people, "end_status", person=here)]
    theirs = [record(people, person=there, code="T22b"), record(people, "end_status", person=there)]
    nobodys = record(people, "add", subject="topic", count=3)
    first, second, root = sign_in("auditor", "C1"), sign_in("auditor", "C2"), sign_in("auditor", "R")
    assert set(mine) <= set(listed(first))
    assert not {*theirs, nobodys} & set(listed(first))
    assert set(theirs) <= set(listed(second))
    assert not {*mine, nobodys} & set(listed(second))
    assert {*mine, *theirs, nobodys} <= set(listed(root))


def test_a_person_who_moved_is_seen_from_where_they_were_then_and_where_they_are_today(people, sign_in):
    person, later = people.person(1), NOW + timedelta(days=30)
    before = record(people, "end_status", person=person.pk, at=datetime(2018, 1, 10, tzinfo=UTC))
    transfer(person, to=people.organisation("T21a"), on=date(2018, 3, 1), by=SYSTEM, at=NOW)
    after = record(people, "end_status", person=person.pk, at=later)
    assert before in listed(sign_in("auditor", "C1"))
    assert after not in listed(sign_in("auditor", "C1"))
    assert {before, after} <= set(listed(sign_in("auditor", "C2")))


@pytest.mark.parametrize("role", ["office", "secretary", "leader", "class_manager"])
def test_it_is_there_only_for_whoever_may_see_the_audit(sign_in, role):
    client = sign_in(role, "C1")
    assert [client.get(PAGE + page).status_code for page in ("", "export/")] == [404, 404]
    assert client.post(f"{PAGE}whom/", {"q": "王建国"}).status_code == 404
    assert not AuditEntry.objects.filter(subject="audit_trail").exists()


def test_the_filters_narrow_and_stay_in_the_address(people, wang, sign_in):
    client = sign_in("auditor", "R")
    by = actor_of(account("opener", role="office", organisation=people.organisation("C1")), day=DAY)
    opened = record(people, person=wang, code="T11a", by=by, at=datetime(2018, 5, 1, 15, 59, tzinfo=UTC))
    next_day = record(people, "export", subject="people", code="C1", by=by, at=datetime(2018, 5, 1, 16, 1, tzinfo=UTC))
    assert listed(client, who="opener") == [next_day, opened]
    assert listed(client, since="2018-05-01", until="2018-05-01") == [opened]
    assert listed(client, since="2018-05-02", until="2018-05-02") == [next_day]
    assert listed(client, who="opener", action="export.people") == [next_day]
    assert listed(client, who="opener", action="seen") == [opened]
    assert listed(client, who="opener", name="王建国") == [opened]
    assert listed(client, who="opener", person=wang) == [opened]
    answer = client.get(PAGE, {"since": "2018-05-01", "who": "opener", "person": wang})
    assert [chip["label"] for chip in answer.context["chosen"]] == ["自 2018-05-01 起", "操作人 opener", "关于 王建国"]
    assert answer.context["chosen"][1]["remove_url"] == f"{PAGE}?since=2018-05-01&person={wang}"


@pytest.mark.parametrize(
    "asked", [{"since": "x"}, {"action": "no.such"}, {"after": "9-x"}, {"who": "\x00"}, {"name": "\x00"}]
)
def test_what_is_not_understood_asks_nothing(people, sign_in, asked):
    assert len(listed(sign_in("auditor", "R"), **asked)) == AuditEntry.objects.count()


def test_days_in_the_wrong_order_are_refused_in_words(sign_in):
    answer = sign_in("auditor", "R").get(PAGE, {"since": "2018-05-02", "until": "2018-05-01"})
    assert "结束日期早于开始日期" in answer.content.decode()


def test_a_number_finds_its_person_and_stays_out_of_the_address(people, wang, sign_in):
    client = sign_in("auditor", "C1")
    opened = record(people, person=wang, code="T11a")
    answer = client.post(f"{PAGE}whom/?action=seen&name=x", {"q": WANG})
    assert (answer.status_code, answer.url) == (302, f"{PAGE}?action=seen&person={wang}")
    assert opened in listed(client, action="seen", person=wang)
    asked = AuditEntry.objects.filter(action="look_up_number").latest("pk")
    assert (asked.account.login, asked.subject_id) == ("auditor-C1", str(wang))
    elsewhere = sign_in("auditor", "C2").post(f"{PAGE}whom/", {"q": WANG}, follow=True)
    assert elsewhere.redirect_chain == [(PAGE, 302)]
    assert "没有人用这个号码" in elsewhere.content.decode()


def test_a_name_is_asked_for_by_redirect(sign_in):
    answer = sign_in("auditor", "C1").post(f"{PAGE}whom/?since=2018-01-01", {"q": " 文建 "})
    assert answer.url == f"{PAGE}?since=2018-01-01&name=%E6%96%87%E5%BB%BA"


def test_a_number_in_the_address_is_forgotten(wang, sign_in):
    answer = sign_in("auditor", "R").get(PAGE, {"name": WANG, "who": "li"})
    assert (answer.status_code, answer.url) == (302, f"{PAGE}?who=li")


def test_a_person_outside_the_scope_is_not_there(people, sign_in):
    client = sign_in("auditor", "C1")
    for person in (people.persons[-1], 10**9, "x", "9" * 40):
        assert client.get(PAGE, {"person": person}).status_code == 404
        assert client.get(f"{PAGE}export/", {"person": person}).status_code == 404


def test_an_auditor_finds_in_two_clicks_who_looked_at_one_persons_number(people, wang, sign_in):
    office = account("li", role="office", organisation=people.organisation("C1"))
    open_numbers(wang, by=actor_of(office, day=DAY), at=NOW, day=DAY)
    client = sign_in("auditor", "C1")
    link = client.get(f"/coverage/person/{wang}/").context["trail_url"]
    answer = client.get(link)
    (_lookup, _), (line, record_url), _seen = sorted(answer.context["rows"], key=lambda row: row[0].entry.action)
    assert (line.who, line.what, line.person, record_url) == (
        "li",
        "查看完整号码",
        "王建国",
        f"/coverage/person/{wang}/",
    )
    assert line.sees_organisation
    assert sign_in("office", "C1").get(f"/coverage/person/{wang}/").context["trail_url"] == ""


def test_entries_of_a_merged_record_are_about_the_person(people, sign_in):
    alias, main = people.person(1), people.person(2)
    entry = record(people, person=alias.pk, code="T11a")
    merge_persons(alias, into=main, by=SYSTEM, at=NOW)
    assert entry in listed(sign_in("auditor", "C1"), person=main.pk)


def test_who_sees_no_names_sees_the_acts_without_them(people, wang, sign_in):
    record(people, person=wang, code="T11a")
    client = sign_in("administrator", "C1")
    page = client.get(PAGE).content.decode()
    assert "查看完整号码" in page
    assert "一名党员" in page
    assert "王建国" not in page
    assert listed(client, name="王建国") == []


@pytest.mark.parametrize("same_instant", [True, False])
def test_pages_neither_skip_nor_repeat(people, sign_in, monkeypatch, same_instant):
    monkeypatch.setattr(asking, "PAGE", 4)
    client, step = sign_in("auditor", "C1"), timedelta(0 if same_instant else 1)
    wanted = [record(people, person=people.persons[1], code="T11a", at=NOW + n * step) for n in range(10)][::-1]
    pages, url = [], f"{PAGE}?action=open_numbers.person"
    while url:
        answer = client.get(url)
        pages.append([line.entry.pk for line, _ in answer.context["rows"]])
        record(people, person=people.persons[1], code="T11a", at=NOW + timedelta(days=90))  # while one reads
        last, url = answer, answer.context["older_url"]
    assert pages == [wanted[:4], wanted[4:8], wanted[8:]]
    back = client.get(last.context["newer_url"])
    assert [line.entry.pk for line, _ in back.context["rows"]] == wanted[4:8]


def test_the_page_takes_the_same_queries_however_long_it_is(people, sign_in):
    client = sign_in("auditor", "C1")
    record(people, person=people.persons[1], code="T11a")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for person in people.persons[:20]:
        record(people, person=person, code="T12b")
    with CaptureQueriesContext(connection) as many:
        assert len(listed(client)) > 20
    assert len(few) == len(many) == 9


def test_the_workbook_holds_what_one_sees_and_is_recorded(people, wang, sign_in, monkeypatch):
    monkeypatch.setattr(asking, "AT_ONCE", 2)
    client = sign_in("auditor", "C1")
    by = actor_of(account("opener", role="office", organisation=people.organisation("C1")), day=DAY)
    for minute in range(5):
        record(people, person=wang, code="T11a", by=by, at=NOW + timedelta(minutes=minute))
    record(people, person=people.persons[-1], code="T22b", by=by)
    answer = client.get(f"{PAGE}export/?who=opener")
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("时间", "操作人", "账号")
    assert rows[2] == ("2018-06-30 12:04:00", "opener", "opener", "查看完整号码", "", "王建国", "11a村党支部", "T11a")
    assert len(rows) == 7
    trace = AuditEntry.objects.get(subject="audit_trail")
    assert (trace.account.login, trace.detail) == ("auditor-C1", {"rows": 5})


def test_a_long_trail_streams_as_csv(people, sign_in, monkeypatch):
    monkeypatch.setattr("peixun.people.views.trail.MOST_IN_WORKBOOK", 0)
    record(people, person=people.persons[1], code="T11a")
    answer = sign_in("auditor", "C1").get(f"{PAGE}export/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("时间,操作人,账号")
    assert len(lines) == 2


@pytest.mark.parametrize(("role", "shown"), [("auditor", True), ("administrator", True), ("office", False)])
def test_the_navigation_leads_there(sign_in, role, shown):
    titles = {link.title for link in sign_in(role, "C1").get("/places/").context["shell"].navigation}
    assert ("操作记录" in titles) is shown


def test_a_number_that_was_looked_up_is_not_in_the_trail(people, wang, sign_in):
    look_up(read_question(WANG), by=actor(people, "C1"), at=NOW, day=DAY)
    assert WANG not in sign_in("auditor", "R").get(PAGE).content.decode()
