"""Tables: heading row on each page, whole rows, hairlines, widths and sides that read well."""

from dataclasses import replace

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.layout import LANDSCAPE, PORTRAIT
from peixun.kernel.papers.measure import width
from peixun.kernel.papers.model import Table
from peixun.kernel.papers.table_fit import PADDING, fit, is_figure
from tests.kernel.papers.sample import PAPER, W, opened

CELLS = st.text(st.sampled_from("某县区abc 0129.%—"), max_size=30)


@pytest.fixture(scope="module")
def table():
    return opened().tables[0]


def test_heading_row_repeats_and_rows_stay_whole(table):
    rows = [row._tr for row in table.rows]
    assert [bool(row.xpath("./w:trPr/w:tblHeader")) for row in rows] == [True, False, False]
    assert all(row.xpath("./w:trPr/w:cantSplit") for row in rows)


def test_hairlines_all_around(table):
    edges = table._tbl.tblPr.find(f"{W}tblBorders")
    assert [edge.tag.removeprefix(W) for edge in edges] == ["top", "left", "bottom", "right", "insideH", "insideV"]
    assert {(edge.get(f"{W}val"), edge.get(f"{W}sz")) for edge in edges} == {("single", "2")}


def test_figures_stand_right_text_left_headings_in_the_middle(table):
    styles = [[cell.paragraphs[0].style.style_id for cell in row.cells] for row in table.rows]
    assert styles == [["TableHead"] * 4, *[["TableText", "TableFigure", "TableFigure", "TableText"]] * 2]
    document = opened()
    assert document.styles["Table Figure"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT


def test_a_table_fills_the_type_area(table):
    assert sum(int(each.get(f"{W}w")) for each in table._tbl.tblGrid) == PORTRAIT.text_width
    landscape = opened().tables[1]
    assert sum(int(each.get(f"{W}w")) for each in landscape._tbl.tblGrid) == LANDSCAPE.text_width


def test_given_widths_are_kept():
    table = Table(("甲", "乙"), (("1", "2"),), widths=(100, 25.4))
    assert fit(table, available=PORTRAIT.text_width).widths == (5669, 1440)


def test_two_tables_in_a_row_stay_two():
    table = Table(("甲",), (("1",),))
    document = opened(replace(PAPER, body=(table, table), appendices=()))
    assert len(document.tables) == 2


def test_many_columns_shrink_the_type_before_they_wrap():
    small = Table(tuple(f"第{n}项" for n in range(14)), (("123456",) * 14,))
    large = Table(("甲", "乙"), (("1", "2"),))
    assert fit(large, available=PORTRAIT.text_width).size == 12
    assert fit(small, available=PORTRAIT.text_width).size < 12


@pytest.mark.parametrize("text", ["0", "98012", "98,012", "97.3%", "9.8万余", "-3", "12.50", "120人", "3/4"])
def test_figures(text):
    assert is_figure(text)


@pytest.mark.parametrize("text", ["", "—", "某某县", "2017年12月31日", "第3组", "1.2.3 节的说明"])
def test_no_figures(text):
    assert not is_figure(text)


@given(
    st.integers(1, 8).flatmap(
        lambda count: st.tuples(
            st.lists(CELLS, min_size=count, max_size=count),
            st.lists(st.lists(CELLS, min_size=count, max_size=count), max_size=5),
        )
    )
)
def test_widths_always_add_up_to_the_type_area(content):
    columns, rows = content
    how = fit(Table(columns, rows), available=PORTRAIT.text_width)
    assert sum(how.widths) == PORTRAIT.text_width
    assert all(each > 0 for each in how.widths)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_figures_never_wrap(numbers):
    table = Table([f"项{n}" for n, _ in enumerate(numbers)], [[str(each) for each in numbers]])
    how = fit(table, available=PORTRAIT.text_width)
    for number, have in zip(numbers, how.widths, strict=True):
        assert width(str(number)) * how.size * 20 + PADDING <= have
