"""Bulletins and notices: their figures are those of coverage, nobody is named, nothing is ranked."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from docx import Document

from peixun.coverage.operations import refresh
from peixun.coverage.queries.position import position
from peixun.kernel.papers.model import Paragraph
from peixun.people.models import AuditEntry, Person
from peixun.reports.operations import WantedText, compose_text
from tests.factories.world import account

YEAR_END = date(2017, 12, 31)
TODAY = date(2018, 6, 30)
NOTICE = "/reports/R/2017/notice/"


@pytest.fixture
def office(city) -> Client:
    """The city's office."""
    refresh()
    client = Client()
    who = account("office", role="office", organisation=city.root)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def drafted(city, until=None):
    """A text about 2017."""
    refresh()
    return compose_text(WantedText(city.root, 2017, YEAR_END, TODAY, until, "张某 0943-0000000"))


def said(text) -> str:
    """The body."""
    return "\n".join(b.lead + b.text if isinstance(b, Paragraph) else "" for b in text.paper.body)


def test_a_bulletin_says_what_coverage_says(city):
    text = drafted(city)
    found = position(city.root, year=2017)
    assert f"应训党员干部{found.total.due}人，已参训{found.total.covered}人" in said(text)
    assert f"还有{found.total.missing}名" in said(text)
    assert f"学时未达标的共{found.total.due - found.total.fulfilled}人，含没有学时记录的" in said(text)
    table = text.paper.appendices[0].blocks[0]
    rows = [[getattr(cell, "text", cell) for cell in row] for row in table.rows]
    assert rows == [
        [c.organisation.name, str(c.count.due), str(c.count.covered), str(c.count.missing)] for c in found.children
    ]
    assert text.length.limit == 4000
    assert text.length.within


def test_a_notice_says_whom_until_when_and_what_is_owed(city):
    text = drafted(city, until=date(2018, 9, 30))
    assert "补训于2018年9月30日前完成" in said(text)
    assert "联系人及电话：张某 0943-0000000" in said(text)
    total = position(city.root, year=2017).total
    assert f"尚有{total.missing}人没有学时记录" in said(text)
    table = next(b for b in text.paper.body if hasattr(b, "rows"))
    assert [list(row) for row in table.rows] == [
        ["党员", "每年", "32学时"],
        ["支部书记", "每年", "56学时，集中培训1次"],
    ]


def test_nobody_is_named(city):
    for text in (drafted(city), drafted(city, until=date(2018, 9, 30))):
        for name in Person.objects.values_list("name", flat=True):
            assert name not in said(text)


def test_pages_and_files(office):
    for address, words in (("/reports/R/2017/bulletin/", "进展情况的通报"), (NOTICE + "?until=2018-09-30", "的通知")):
        page = office.get(address)
        assert page.status_code == 200
        assert words in page.text
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
        link = re.search(r'href="([^"]+\.docx[^"]*)"', page.text)
        file = office.get(link.group(1).replace("&amp;", "&"))
        assert Document(BytesIO(file.content)).paragraphs
    assert set(AuditEntry.objects.filter(action="draft").values_list("subject", flat=True)) == {
        "bulletin_text", "notice_text"
    }  # fmt: skip


def test_a_notice_asks_until_when(office):
    assert "起草通知" in office.get(NOTICE).text
    for address in (NOTICE, "/reports/R/2017/notice.docx"):
        page = office.get(address + "?until=2018-06-29")
        assert (page.status_code, "不能早于今天" in page.text) == (422, True)


def test_outside_the_scope(city):
    client = Client()
    who = account("c1", role="office", organisation=city.organisation("C1"))
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/reports/R/2017/bulletin/", NOTICE, "/reports/C2/2017/bulletin.docx"):
        assert client.get(address).status_code == 404
