"""Statistical tables: the sheet holds what the screen shows, and both what coverage says."""

import re
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from peixun.coverage.operations import refresh
from peixun.coverage.queries.position import position
from peixun.people.models import AuditEntry, Organisation
from tests.factories.world import account

PAGE = "/reports/R/2017/statistics/"
SHEET = "/reports/R/2017/statistics.xlsx"


@pytest.fixture
def office(city) -> Client:
    """The city's office."""
    refresh()
    client = Client()
    who = account("office", role="office", organisation=city.root)
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def on_screen(text: str) -> list[list[str]]:
    """The rows of the table."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("</tr>")[:-1]]


def in_sheet(data: bytes) -> list[list[object]]:
    """The rows of the first sheet, without title and headings."""
    return [list(row) for row in load_workbook(BytesIO(data)).worksheets[0].iter_rows(min_row=3, values_only=True)]


def plain(text: str) -> object:
    """What a sheet holds for a text of the screen."""
    if text == "—":
        return None
    return round(float(text[:-1]) / 100, 6) if text.endswith("%") else float(text)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?rows=audiences",
        "?rows=months&as_of=2017-06-15",
        "?rows=dimensions",
        "?audience=secretaries&columns=covered&columns=due",
        "?tier=city_key",
    ],
)
def test_screen_and_sheet_say_the_same(office, query):
    page = office.get(PAGE + query)
    assert page.status_code == 200
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
    shown = on_screen(page.text)
    assert shown
    kept = in_sheet(office.get(SHEET + query).content)
    rounded = [[row[0], *(v if v is None else round(float(v), 6) for v in row[1:])] for row in kept]
    assert rounded == [[row[0], *map(plain, row[1:])] for row in shown]


def test_the_numbers_are_those_of_coverage(office, city):
    total = position(city.root, year=2017, audience="secretaries").total
    page = office.get(PAGE + "?audience=secretaries&columns=due&columns=covered").text
    assert on_screen(page)[0] == ["合计", str(total.due), str(total.covered)]


def test_what_is_not_kept_crossed_is_refused_in_words(office):
    for query, words in (
        ("?audience=secretaries&tier=city_key", "只能选一项"),
        ("?rows=dimensions&tier=city_key", "不能再选"),
        ("?as_of=2016-01-01", "不在所选年度内"),
        ("?rows=x", "x"),
    ):
        for address in (PAGE, SHEET):
            page = office.get(address + query)
            assert (page.status_code, words in page.text) == (422, True)
    assert not AuditEntry.objects.filter(subject="statistical_table").exists()


def test_a_name_never_acts_as_a_formula(office, city):
    Organisation.objects.filter(code="C1").update(name='=HYPERLINK("x")')
    book = load_workbook(BytesIO(office.get(SHEET).content))
    cell = next(c for row in book.worksheets[0].iter_rows() for c in row if str(c.value).startswith("=HYPER"))
    assert cell.data_type == "s"
    notes = dict(book.worksheets[1].iter_rows(min_row=3, max_col=2, values_only=True))
    assert "截止日期" in notes
    assert AuditEntry.objects.get(subject="statistical_table").organisation == city.root


def test_outside_the_scope(city):
    client = Client()
    who = account("c1", role="office", organisation=city.organisation("C1"))
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    for address in (PAGE, SHEET, "/reports/C2/2017/statistics/"):
        assert client.get(address).status_code == 404
