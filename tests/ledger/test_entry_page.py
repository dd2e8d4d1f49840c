"""An entry on screen, its activity, its reversal, and the seals."""

from datetime import date

import pytest
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from peixun.ledger import operations as ledger
from peixun.ledger import tasks
from peixun.ledger.models import CreditEntry
from peixun.ledger.queries.seals import seal_over
from peixun.ledger.views import entries as view
from peixun.people.models import Account
from tests.factories.world import NOW, SYSTEM, World, account, activity, credit, post
from tests.ledger.test_sealing import behind_the_back

BACKEND = "django.contrib.auth.backends.ModelBackend"
DAY = date(2017, 5, 4)


@pytest.fixture
def city(world: World) -> World:
    """The small city with who looks at it."""
    account("city", role="office", organisation=world.root)
    account("county", role="office", organisation=world.organisation("C1"))
    account("leader", role="leader", organisation=world.root)
    account("auditor", role="auditor", organisation=world.root)
    account("secretary", role="secretary", organisation=world.organisation("T11a"))
    account("member", person=world.person(1))
    return world


@pytest.fixture
def as_login(city):
    """`as_login("county")`: a browser with that account signed in."""

    def sign_in(login: str) -> Client:
        client = Client()
        client.force_login(Account.objects.get(login=login), backend=BACKEND)
        return client

    return sign_in


@pytest.mark.parametrize(
    ("login", "index", "status", "named"),
    [
        ("city", 30, 200, True),
        ("county", 0, 200, True),
        ("county", 30, 404, False),
        ("leader", 30, 200, False),
        ("auditor", 30, 200, True),
        ("secretary", 0, 200, True),
        ("secretary", 6, 404, False),
        ("member", 1, 200, True),
        ("member", 2, 404, False),
    ],
)
def test_an_entry_is_seen_within_scope(as_login, city, login, index, status, named):
    entry = post(city, city.persons[index], on=DAY, hours=2)
    answer = as_login(login).get(f"/ledger/entry/{entry.pk}/")
    assert answer.status_code == status
    assert (city.person(index).name in answer.content.decode()) is named


def test_an_entry_names_its_seal_and_digest(as_login, city):
    entry = post(city, city.persons[0], on=DAY, hours=2)
    client = as_login("city")
    assert "等待封存" in client.get(f"/ledger/entry/{entry.pk}/").content.decode()
    ledger.seal(at=NOW)
    page = client.get(f"/ledger/entry/{entry.pk}/")
    assert page.context["seal"].number == 1
    assert bytes(entry.digest).hex() in page.content.decode()


def test_the_seal_of_each_entry_is_found(city):
    entries = []
    for _ in range(6):
        entries.append(post(city, city.persons[0], on=DAY, hours=1).pk)
        ledger.seal(at=NOW)
    late = post(city, city.persons[0], on=DAY, hours=1)
    assert [seal_over(pk).number for pk in entries] == [1, 2, 3, 4, 5, 6]
    assert seal_over(late.pk) is None


def test_reversing_asks_for_a_reason_says_what_changes_and_cancels(as_login, city):
    entry, client = post(city, city.persons[0], on=DAY, hours=2.5), as_login("county")
    address = f"/ledger/entry/{entry.pk}/reverse/"
    assert "2017年少 2.5 学时" in client.get(address).content.decode()
    refused = client.post(address, {"reason": "  "})
    assert (refused.status_code, CreditEntry.objects.count()) == (422, 1)
    done = client.post(address, {"reason": "签到表有误"}, follow=True)
    assert "已冲销" in done.content.decode()
    reversal = CreditEntry.objects.get(reverses=entry)
    assert (reversal.reason, reversal.posted_by) == ("签到表有误", Account.objects.get(login="county").pk)
    again = client.post(address, {"reason": "再来一次"}, follow=True)
    assert "已经冲销" in again.content.decode()
    assert CreditEntry.objects.count() == 2


@pytest.mark.parametrize("login", ["auditor", "leader", "secretary", "member"])
def test_only_who_may_reverse_reverses(as_login, city, login):
    entry = post(city, city.persons[1], on=DAY, hours=2)
    client = as_login(login)
    assert client.post(f"/ledger/entry/{entry.pk}/reverse/", {"reason": "x"}).status_code == 404
    assert not client.get(f"/ledger/entry/{entry.pk}/").context["may_reverse"]
    assert CreditEntry.objects.count() == 1


def test_a_corrected_credit_links_its_revisions(as_login, city):
    first = post(city, city.persons[0], on=DAY, hours=2)
    fixed = credit(city.persons[0], first.activity_id, on=DAY, hours=3, ref=first.source_ref, revision=2)
    ledger.reverse(first, reason="学时录错", by=SYSTEM, at=NOW, replacement=fixed)
    page = as_login("city").get(f"/ledger/entry/{first.pk}/")
    assert [row.revision for row in page.context["revisions"]] == [2]
    assert page.context["reversal"].reason == "学时录错"


def test_an_activity_lists_who_took_part_within_scope(as_login, city, monkeypatch):
    monkeypatch.setattr(view, "PAGE", 4)
    act = activity(city, on=DAY, title="全市轮训", topics=())
    ledger.post([credit(p, act, on=DAY, hours=8) for p in city.persons], by=SYSTEM, at=NOW)
    first = as_login("county").get(f"/ledger/activity/{act}/")
    assert (first.context["sums"].people, int(first.context["sums"].hours)) == (20, 160)
    assert len(first.context["entries"]) == 4
    second = as_login("county").get(f"/ledger/activity/{act}/{first.context['older_url']}")
    assert not {e.pk for e, *_ in first.context["entries"]} & {e.pk for e, *_ in second.context["entries"]}
    own = as_login("member").get(f"/ledger/activity/{act}/")
    assert [e.person_id for e, *_ in own.context["entries"]] == [city.persons[1]]


def test_an_activity_shows_a_leader_no_names(as_login, city):
    entry = post(city, city.persons[0], on=DAY, hours=2)
    page = as_login("leader").get(f"/ledger/activity/{entry.activity_id}/")
    assert page.context["sums"].people == 1
    assert city.person(0).name not in page.content.decode()


def test_a_member_sees_only_activities_of_their_own(as_login, city):
    entry = post(city, city.persons[0], on=DAY, hours=2)
    assert as_login("member").get(f"/ledger/activity/{entry.activity_id}/").status_code == 404


def test_seals_are_for_auditors(as_login, city):
    post(city, city.persons[0], on=DAY, hours=2)
    ledger.seal(at=NOW)
    post(city, city.persons[1], on=DAY, hours=2)
    page = as_login("auditor").get("/ledger/seals/")
    assert page.context["sealing"].unsealed == 1
    assert [seal.rows for seal, _ in page.context["seals"]] == [1]
    assert as_login("city").get("/ledger/seals/").status_code == 404


def test_the_activity_takes_the_same_queries_however_many_took_part(as_login, city, django_assert_max_num_queries):
    act = activity(city, on=DAY)
    ledger.post([credit(p, act, on=DAY, hours=8) for p in city.persons], by=SYSTEM, at=NOW)
    client = as_login("county")
    with django_assert_max_num_queries(11):
        client.get(f"/ledger/activity/{act}/")


def work_off() -> None:
    """Do what the background process would: the worker itself closes the connection that the test stands on."""
    for waiting in DBTaskResult.objects.filter(status=TaskResultStatus.READY):
        waiting.claim("test")
        waiting.set_successful(tasks.verify_ledger.func())


def test_verifying_runs_in_the_background_and_says_what_it_found(as_login, city):
    entry = post(city, city.persons[0], on=DAY, hours=2)
    ledger.seal(at=NOW)
    client = as_login("auditor")
    started = client.post("/ledger/seals/verify/")
    assert "等待开始" in client.get(started["Location"]).content.decode()
    work_off()
    assert "台账完好" in client.get(started["Location"]).content.decode()
    behind_the_back("UPDATE ledger_creditentry SET hours = 99 WHERE id = %s", entry.pk)
    again = client.post("/ledger/seals/verify/")
    work_off()
    part = client.get(again["Location"], headers={"HX-Request": "true"})
    assert f"第 {entry.pk} 号记录被改动" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_only_an_auditor_verifies(as_login):
    assert as_login("city").post("/ledger/seals/verify/").status_code == 404
    assert as_login("auditor").get("/ledger/seals/?run=nonsense").context["run"] is None
