"""Closing a year on screen: what it lacks, what came after, reopening."""

from datetime import date
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from peixun.coverage.models import RollUp, StaleBranch
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.operations.closing import close_year
from peixun.ledger.models import CreditEntry, LateEntry, YearClosing
from peixun.ledger.operations import ClosingRefused, YearClosed
from peixun.ledger.operations import post as post_credits
from peixun.ledger.operations import reverse as reverse_entry
from peixun.people.models import AuditEntry
from tests.coverage.test_answer_page import plain
from tests.factories.world import NOW, SYSTEM, activity, credit

DAY = date(2017, 5, 4)
TODAY = date(2018, 6, 30)


@pytest.fixture
def closed(city) -> YearClosing:
    """The city's 2017, closed before anything else is posted."""
    return close_year(city.root, 2017, by=SYSTEM, at=timezone.now(), today=TODAY)


def post_late(city, person_id, reason="签到表补交", hours=3):
    new = credit(person_id, activity(city, on=DAY), on=DAY, hours=hours)
    post_credits([new], by=SYSTEM, at=timezone.now(), late_reason=reason)
    return CreditEntry.objects.get(person_id=person_id, source_ref=new.source_ref)


def test_the_page_says_what_the_year_lacks_and_closes_it(as_login, city):
    client = as_login("county")
    assert "第1县委" in client.get("/coverage/closings/").content.decode()
    page = client.get("/coverage/C1/close/?year=2017")
    assert (page.context["at"].total.due, page.context["unsealed"]) == (12, 22)
    done = client.post("/coverage/C1/close/", {"year": "2017"})
    closing = YearClosing.objects.get()
    assert done["Location"] == f"/coverage/closings/{closing.pk}/"
    assert closing.figures == {"due": 12, "covered": 12, "fulfilled": 1, "person_times": 13, "quarters": 336}
    assert closing.closed_by.login == "county"
    assert "已于" in client.get("/coverage/C1/close/?year=2017").content.decode()


@pytest.mark.parametrize("year", ["2018", "2030", "x", ""])
def test_a_year_that_is_not_over_is_refused_in_words(as_login, year):
    answer = as_login("county").post("/coverage/C1/close/", {"year": year})
    assert answer.status_code == 422
    assert not YearClosing.objects.exists()


def test_the_second_of_two_who_close_is_told(as_login):
    client = as_login("county")
    client.post("/coverage/C1/close/", {"year": "2017"})
    again = client.post("/coverage/C1/close/", {"year": "2017"})
    assert again.status_code == 422
    assert "已经关账，不用再关一次" in again.content.decode()
    assert YearClosing.objects.count() == 1


def test_figures_that_lag_are_not_closed(city):
    StaleBranch.objects.create(branch=city.root, year=2017, persons=True)
    with pytest.raises(ClosingRefused, match="还在更新"):
        close_year(city.root, 2017, by=SYSTEM, at=NOW, today=TODAY)
    assert not YearClosing.objects.exists()


@pytest.mark.parametrize("login", ["secretary", "leader", "auditor", "member"])
def test_only_offices_close(as_login, login):
    client = as_login(login)
    assert client.get("/coverage/R/close/").status_code == 404
    assert client.post("/coverage/R/close/", {"year": "2017"}).status_code == 404


def test_outside_ones_scope_a_closing_is_not_there(as_login, city, closed):
    client = as_login("county")
    assert client.get(f"/coverage/closings/{closed.pk}/").status_code == 404
    assert client.post(f"/coverage/closings/{closed.pk}/reopen/", {"reason": "漏报"}).status_code == 404
    assert client.get("/coverage/C2/close/").status_code == 404
    assert list(client.get("/coverage/closings/").context["closings"]) == []
    # Whoever is inside learns of it on the answer page; the link is for those who may open it.
    inside = client.get("/coverage/C1/?year=2017").content.decode()
    assert "统一办理" in inside
    assert f"/coverage/closings/{closed.pk}/" not in inside
    assert f"/coverage/closings/{closed.pk}/" in as_login("city").get("/coverage/C1/?year=2017").content.decode()


def test_what_came_after_is_listed_with_its_effect(as_login, city, closed):
    late = post_late(city, city.persons[-1])
    refresh()
    client = as_login("city")
    page = client.get(f"/coverage/closings/{closed.pk}/")
    [row] = page.context["late"]
    assert (row.entry, row.covered, row.person.pk) == (late, (False, True), city.persons[-1])
    assert (page.context["then"].covered, page.context["now"].covered) == (21, 22)
    assert "由未参训变为已训" in page.content.decode()
    assert "签到表补交" in page.content.decode()
    assert "关账时全年应训24人、已训21人；关账后补记1条、冲销0条" in plain(client.get("/coverage/R/?year=2017"))
    assert "关账后补记" in client.get(f"/ledger/entry/{late.pk}/").content.decode()


def test_a_leader_sees_what_came_after_and_no_names(as_login, city, closed):
    post_late(city, city.persons[-1])
    page = as_login("leader").get(f"/coverage/closings/{closed.pk}/").content.decode()
    assert "签到表补交" in page
    assert city.person(-1).name not in page


def test_a_reversal_after_closing_is_announced_and_listed(as_login, city, closed):
    entry = CreditEntry.objects.filter(person=city.persons[1]).first()
    client = as_login("city")
    assert "会列入关账后补记" in client.get(f"/ledger/entry/{entry.pk}/reverse/").content.decode()
    client.post(f"/ledger/entry/{entry.pk}/reverse/", {"reason": "未到场"})
    [row] = client.get(f"/coverage/closings/{closed.pk}/").context["late"]
    assert (row.note.reason, row.covered) == ("未到场", (True, False))


def test_reopening_asks_for_a_reason_and_keeps_the_list(as_login, city, closed):
    post_late(city, city.persons[-1])
    client = as_login("city")
    address = f"/coverage/closings/{closed.pk}/"
    assert client.post(address + "reopen/", {"reason": " "}).status_code == 422
    assert client.post(address + "reopen/", {"reason": "成批漏报"}).status_code == 302
    page = client.get(address)
    assert "成批漏报" in page.content.decode()
    assert len(page.context["late"]) == 1
    assert client.post(address + "reopen/", {"reason": "再来"}).status_code == 422
    post_late(city, city.persons[-2], reason="")
    assert LateEntry.objects.count() == 1
    assert "年度已于" not in client.get("/coverage/R/?year=2017").content.decode()


def test_a_county_that_closed_for_itself_counts_for_the_city_too(as_login, city, closed):
    own = close_year(city.organisation("C2"), 2017, by=SYSTEM, at=timezone.now(), today=TODAY)
    post_late(city, city.persons[-1])
    assert LateEntry.objects.get().closing == own
    client = as_login("city")
    for closing in (own, closed):
        assert len(client.get(f"/coverage/closings/{closing.pk}/").context["late"]) == 1


def test_what_came_late_goes_out_as_a_workbook_and_leaves_a_trace(as_login, city, closed):
    entry = post_late(city, city.persons[-1], reason="签到表补交")
    reverse_entry(entry, reason="弄错", by=SYSTEM, at=timezone.now())
    name = city.person(len(city.persons) - 1).name
    for login, named in (("city", name), ("auditor", "不显示姓名")):
        answer = as_login(login).get(f"/coverage/closings/{closed.pk}/export/")
        book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
        rows = [row for row in book.active.iter_rows(values_only=True) if row[2] == named]
        assert [(row[1], row[5], row[6]) for row in rows] == [(entry.pk, -3, "弄错"), (None, 3, "签到表补交")]
        assert {row[9] for row in rows} == {"只改变学时"}
    traces = AuditEntry.objects.filter(action="export", subject="late_entries")
    assert [(trace.organisation_id, trace.detail["rows"]) for trace in traces] == [(city.root.pk, 2)] * 2
    assert as_login("county").get(f"/coverage/closings/{closed.pk}/export/").status_code == 404


def test_one_closes_for_oneself_first_and_finds_those_below_folded(as_login):
    context = as_login("city").get("/coverage/closings/").context
    assert [o.code for o in context["closable"]] == ["R"]
    assert [o.code for o in context["closable_below"]] == ["C1", "C2"]
    context = as_login("county").get("/coverage/closings/").context
    assert ([o.code for o in context["closable"]], context["closable_below"]) == (["C1"], [])


def test_what_is_kept_equals_a_rebuild_after_late_entries_too(city, closed):
    with pytest.raises(YearClosed):
        post_late(city, city.persons[-1], reason="")
    late = post_late(city, city.persons[-1])
    post_late(city, city.persons[-2])
    reverse_entry(late, reason="弄错", by=SYSTEM, at=timezone.now())
    refresh()
    kept = {(r.organisation_id, r.cut): r.months for r in RollUp.objects.filter(year=2017)}
    rebuild(2017)
    assert kept == {(r.organisation_id, r.cut): r.months for r in RollUp.objects.filter(year=2017)}


def test_the_list_takes_the_same_queries_however_much_came_late(as_login, city, closed, django_assert_max_num_queries):
    client = as_login("city")
    for person in city.persons[-3:]:
        post_late(city, person)
    refresh()
    address = f"/coverage/closings/{closed.pk}/"
    client.get(address)
    with django_assert_max_num_queries(32):
        client.get(address)
