"""Two dates side by side, and the months of a year."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from peixun.coverage.operations import rebuild
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.comparing import compare, total_known_at
from peixun.coverage.queries.position import position
from peixun.coverage.templatetags.peixun_change import more_people, more_points, signed, signed_points
from peixun.coverage.views.compare import year_before
from peixun.ledger.operations import post as post_credits
from peixun.people.models import AuditEntry
from tests.coverage.test_answer_page import plain
from tests.factories.world import SYSTEM, activity, credit

LATER = datetime(2018, 9, 1, tzinfo=UTC)


def test_the_sentence_says_what_grew_and_by_how_much(as_login):
    page = as_login("city").get("/coverage/R/compare/?a=2017-03-31&b=2017-12-31")
    both = page.context["both"]
    assert (both.before.total.covered, both.after.total.covered) == (6, 21)
    assert "全市应训没有变化，已训增加15人，覆盖率提高62.5个百分点。" in plain(page)


def test_both_sides_are_what_the_answer_page_says(as_login, city):
    client = as_login("city")
    page = client.get("/coverage/R/compare/?a=2017-12-31&b=2018-06-30")
    for side, url in (("before", "before_url"), ("after", "after_url")):
        answer = client.get(page.context[url])
        assert answer.context["at"].total == getattr(page.context["both"], side).total
    assert "减少21人" in plain(page)


def test_what_changed_most_comes_first_in_either_direction(city):
    both = compare(city.root, date(2017, 1, 31), date(2017, 12, 31), books=current_books())
    changes = [abs(pair.covered) for pair in both.children]
    assert changes == sorted(changes, reverse=True)
    back = compare(city.root, date(2017, 12, 31), date(2017, 1, 31), books=current_books())
    assert [p.key for p in back.children] == [p.key for p in both.children]
    assert [-p.covered for p in back.children] == [p.covered for p in both.children]
    assert sum(p.covered for p in both.children) == both.total.covered


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("a=2017-06-30&b=2018-12-31", "这一天还没有到"),
        ("a=1999-06-30&b=2018-06-30", "没有 1999 年的数字"),
        ("a=nonsense&b=2018-06-30", "有效的日期"),
    ],
)
def test_dates_that_make_no_sense_are_named_and_the_usual_ones_shown(as_login, query, words):
    page = as_login("city").get(f"/coverage/R/compare/?{query}")
    assert page.status_code == 200
    assert words in page.content.decode()
    assert page.context["both"].after.as_of == date(2018, 6, 30)


def test_the_usual_dates_are_one_click_away(as_login):
    page = as_login("city").get("/coverage/R/compare/?b=2018-06-30")
    choices = {choice["label"]: choice["url"] for choice in page.context["quick"]}
    assert "a=2018-05-31" in choices["与上月末比"]
    assert "a=2017-06-30" in choices["与去年同期比"]
    assert "a=2017-12-31" in choices["与上年底比"]


def test_the_day_before_a_leap_day_a_year_earlier():
    assert year_before(date(2016, 2, 29)) == date(2015, 2, 28)
    assert year_before(date(2018, 6, 30)) == date(2017, 6, 30)


def test_what_was_entered_later_was_not_known_then(as_login, city):
    person = city.persons[-1]
    lecture = activity(city, on=date(2017, 5, 4))
    post_credits([credit(person, lecture, on=date(2017, 5, 4), hours=3)], by=SYSTEM, at=LATER)
    rebuild(2017)
    then = total_known_at(city.root, date(2017, 12, 31), datetime(2018, 8, 1, tzinfo=UTC), books=current_books())
    now = position(city.root, year=2017).total
    assert (then.due, then.covered, then.quarters) == (24, 21, now.quarters - 12)
    assert now.covered == 22
    known_all = total_known_at(city.root, date(2017, 12, 31), LATER, books=current_books())
    assert known_all == now
    page = as_login("city").get("/coverage/R/compare/?a=2017-06-30&b=2017-12-31&known=2018-06-30")
    assert page.context["then"].covered == 21
    assert "只按学时记录的记入时间还原" in page.content.decode()


def test_too_many_people_are_not_worked_out_as_known_then(as_login, monkeypatch):
    monkeypatch.setattr("peixun.coverage.queries.comparing.KNOWN_LIMIT", 5)
    page = as_login("city").get("/coverage/R/compare/?a=2017-06-30&b=2017-12-31&known=2018-06-30")
    assert "请选下级单位再看" in page.content.decode()


def test_the_workbook_holds_the_same_numbers(as_login, city):
    answer = as_login("leader").get("/coverage/R/compare/export/?a=2017-03-31&b=2017-12-31")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["合计", "下级单位", "培训对象", "培训方式"]
    rows = list(book["合计"].iter_rows(values_only=True))
    assert ("已训（人）", "6", "21", "15") in rows
    children = list(book["下级单位"].iter_rows(values_only=True))
    assert sum(row[8] for row in children if isinstance(row[8], int)) == 21
    assert AuditEntry.objects.get(subject="comparison").organisation_id == city.root.pk


def test_months_stand_beside_the_one_before(as_login):
    page = as_login("city").get("/coverage/R/months/?year=2017")
    rows = [row for row, _url in page.context["rows"]]
    assert [row.day for row in rows][::11] == [date(2017, 1, 31), date(2017, 12, 31)]
    assert rows[0].pair is None
    assert rows[0].count.covered + sum(row.pair.covered for row in rows[1:]) == 21
    this_year = as_login("city").get("/coverage/R/months/").context["rows"]
    assert this_year[-1][0].day == date(2018, 6, 30)
    answer = as_login("city").get("/coverage/R/months/export/?year=2017")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert [row[3] for row in book.active.iter_rows(values_only=True)][-1] == 21


@pytest.mark.parametrize("page", ["compare", "months", "compare/export", "months/export"])
def test_outside_ones_scope_there_is_nothing(as_login, page):
    assert as_login("county").get(f"/coverage/C2/{page}/").status_code == 404
    assert as_login("member").get(f"/coverage/C2/{page}/").status_code == 404
    assert as_login("county").get(f"/coverage/C1/{page}/").status_code == 200


def test_a_comparison_takes_the_same_queries_however_many_children(as_login, django_assert_max_num_queries):
    client = as_login("city")
    client.get("/coverage/R/compare/?a=2017-06-30&b=2017-12-31")
    with django_assert_max_num_queries(16):
        client.get("/coverage/R/compare/?a=2017-06-30&b=2017-12-31")


def test_differences_have_signs_and_words():
    assert [signed(n) for n in (1204, -3, 0, None)] == ["+1,204", "−3", "0", "—"]
    assert [more_people(n) for n in (1204, -3, 0)] == ["增加 1,204 人", "减少 3 人", "没有变化"]
    assert [signed(Decimal(n)) for n in ("-703.50", "0.25", "1200.00")] == ["−703.5", "+0.25", "+1,200"]
    assert [signed_points(p) for p in (Decimal("-10"), Decimal(0), Decimal("3.2"), None)] == [
        "−10.0",
        "0.0",
        "+3.2",
        "—",
    ]
    assert more_points(None) == "无法比较"
