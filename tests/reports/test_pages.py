"""The room's pages: choosing, the report on screen, files, the records behind each figure."""

import json
import re
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from peixun.coverage.operations import refresh
from peixun.ledger.models import CreditEntry
from peixun.people.models import Account, AuditEntry
from peixun.reports.queries.figures import WORK_KEYS, Figures
from peixun.reports.queries.records import YearRecords
from peixun.reports.views import figures as figure_pages
from tests.factories.world import World, account

BACKEND = "django.contrib.auth.backends.ModelBackend"
YEAR_END = date(2017, 12, 31)


@pytest.fixture
def as_role(city: World):
    """`as_role("office", "C1")`: a browser with that role on that organisation signed in."""
    refresh()

    def sign_in(role: str, code: str = "R") -> Client:
        login = f"{role}-{code}"
        who = Account.objects.filter(login=login).first() or account(
            login, role=role, organisation=city.organisation(code)
        )
        client = Client()
        client.force_login(who, backend=BACKEND)
        return client

    return sign_in


def test_choosing_an_organisation(as_role):
    page = as_role("office", "C1").get("/reports/")
    assert page.status_code == 200
    assert re.findall(r'href="(/reports/\w+/\d+/)"', page.text) == [
        "/reports/C1/2018/", "/reports/T11/2018/", "/reports/T12/2018/"
    ]  # fmt: skip
    found = as_role("office", "C1").get("/reports/", {"find": "12镇", "year": "2017"})
    assert (found.status_code, found.url) == (302, "/reports/T12/2017/")
    assert "没有找到单位" in as_role("office", "C1").get("/reports/", {"find": "第2县"}).text


def test_the_report_on_screen(as_role, city):
    page = as_role("office").get("/reports/R/2017/")
    assert "关于2017年党员教育培训工作的报告" in page.text
    assert "没有超过 5000 字" in page.text.replace(",", "")
    assert "安装使用学习客户端的党员人数" in page.text
    links = set(re.findall(r'class="paper-figure"[^>]* href="([^"]+)"', page.text))
    assert "/reports/R/2017/figure/secretary_people/?as_of=2017-12-31" in links
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
    for link in links:
        assert as_role("office").get(link.replace("&amp;", "&")).status_code == 200


def test_another_day(as_role):
    page = as_role("office").get("/reports/R/2017/", {"as_of": "2017-06-30"})
    assert "关于2017年1至6月党员教育培训工作的报告" in page.text
    assert "/reports/R/2017/report.docx?as_of=2017-06-30" in page.text
    assert "这一天不在所选年度内" in as_role("office").get("/reports/R/2017/", {"as_of": "2016-06-30"}).text
    assert "这一天还没有到" in as_role("office").get("/reports/R/2018/", {"as_of": "2018-07-01"}).text


def test_files(as_role, city):
    office = as_role("office", "C1")
    paper = office.get("/reports/C1/2017/report.docx")
    assert "filename*=utf-8''" in paper["Content-Disposition"]
    assert any("坚持上下结合" in p.text for p in Document(BytesIO(paper.content)).paragraphs)
    read = json.loads(office.get("/reports/C1/2017/figures.json").content)
    assert [f["key"] for f in read[: len(WORK_KEYS)]] == list(WORK_KEYS)
    book = load_workbook(BytesIO(office.get("/reports/C1/2017/table.xlsx").content))
    assert len(book.worksheets) == 3
    assert AuditEntry.objects.filter(subject__in=["work_report", "statistical_table"]).count() == 3


PAGES = ["", "report.docx", "figures.json", "table.xlsx", "figure/trained_total/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["secretary", "class_manager", "administrator"])
def test_others_see_nothing(as_role, role, page):
    assert as_role(role).get(f"/reports/R/2017/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("code", ["R", "C2", "T21", "X"])
def test_outside_the_scope_there_is_nothing(as_role, code, page):
    assert as_role("office", "C1").get(f"/reports/{code}/2017/{page}").status_code == 404


@pytest.mark.parametrize("path", ["R/2019/", "R/1900/", "R/2017/figure/none/", "C1/2017/figure/uncovered_in:T21/"])
def test_what_is_not_there(as_role, path):
    assert as_role("office").get(f"/reports/{path}").status_code == 404


def test_page_by_page_every_entry_once(as_role, city, monkeypatch):
    monkeypatch.setattr(figure_pages, "PAGE", 7)
    office = as_role("office")
    for key in ("trained_total", "practice_systems", "secretary_people", "class_people"):
        seen: list[int] = []
        url = f"/reports/R/2017/figure/{key}/"
        while url:
            page = office.get(url).text
            seen += [int(n) for n in re.findall(r'href="/ledger/entry/(\d+)/"', page)]
            more = re.search(r'href="([^"]+after=[^"]+)"', page)
            url = more.group(1).replace("&amp;", "&") if more else ""
        figure = Figures(YearRecords(city.root, 2017, YEAR_END))[key].figure
        assert len(seen) == len(set(seen)) == figure.entries
        assert set(seen) <= set(CreditEntry.objects.effective().values_list("pk", flat=True))


def test_the_figure_is_counted_again(as_role):
    url = "/reports/R/2017/figure/secretary_people/"
    page = as_role("office").get(url)
    assert f'hx-get="{url}?recount=1"' in page.text
    assert "由记录逐条重算得 8，与报告一致" in as_role("office").get(url, {"recount": "1"}).text
    part = as_role("office").get(url, {"recount": "1"}, headers={"HX-Request": "true"})
    assert part.text.startswith('<div id="recount"')


def test_who_sees_no_people_sees_no_names(as_role, city):
    name = city.person(15).name
    url = "/reports/R/2017/figure/secretary_people/"
    assert name in as_role("office").get(url).text
    leader = as_role("leader").get(url)
    assert leader.status_code == 200
    assert name not in leader.text
    assert "/coverage/person/" not in leader.text


def test_a_broken_token_shows_nothing_wrong(as_role):
    for token in ("x", "1.2", "-1.2.3", "9" * 40, "1.1.1"):
        page = as_role("office").get("/reports/R/2017/figure/trained_total/", {"after": token})
        assert page.status_code == 200


def test_the_pages_speak_english(as_role):
    office = as_role("office")
    for path in ("/reports/", "/reports/R/2017/", "/reports/R/2017/figure/coverage_rate/"):
        assert office.get(path, headers={"Accept-Language": "en"}).status_code == 200


def test_queries_do_not_grow_with_people(as_role, django_assert_max_num_queries):
    office = as_role("office")
    with django_assert_max_num_queries(60):
        office.get("/reports/R/2017/")
    with django_assert_max_num_queries(45):
        office.get("/reports/R/2017/figure/trained_total/")
