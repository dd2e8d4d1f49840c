"""What is written opens as it was meant, stays text, and can be read again."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.kernel.tables import writer
from peixun.kernel.tables.headings import HeadingSet
from peixun.kernel.tables.writer import BadRow, Column, Sheet, csv_blocks, error_workbook, write_csv, write_workbook
from tests.kernel.tables.files import HEAD, rows_of

KINDS = [
    Column("文本"),
    Column("人数", 8, "int"),
    Column("学时", 8, "hours"),
    Column("日期", 12, "date"),
    Column("比例", 8, "percent"),
]
VALUES = ["=1+1", 7, Decimal("3.25"), date(2017, 3, 5), Fraction(1, 3)]


@pytest.fixture
def book(tmp_path: Path) -> openpyxl.Workbook:
    path = tmp_path / "a.xlsx"
    write_workbook(path, title="2017 年汇总", sheets=[Sheet("汇总", KINDS, [VALUES, [None] * 5])])
    return openpyxl.load_workbook(path)


def test_values_and_their_formats(book: openpyxl.Workbook) -> None:
    cells = book["汇总"][3]
    assert [cell.value for cell in cells[:3]] == ["=1+1", 7, 3.25]
    assert cells[0].data_type == "s"
    assert cells[3].value == datetime(2017, 3, 5)  # noqa: DTZ001
    assert [cell.number_format for cell in cells] == ["@", "0", "0.00", "yyyy-mm-dd", "0.0%"]
    assert [cell.value for cell in book["汇总"][4]] == [None] * 5


def test_the_page_is_ready_to_print(book: openpyxl.Workbook) -> None:
    sheet = book["汇总"]
    assert sheet["A1"].value == "2017 年汇总"
    assert [cell.value for cell in sheet[2]] == [column.heading for column in KINDS]
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:E4"
    assert sheet.print_title_rows == "$2:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_links_stay_text(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", sheets=[Sheet("a", [Column("x")], [["https://example.org"], ["mailto:a@b"]])])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]
    assert [cell.hyperlink for (cell,) in sheet.iter_rows()] == [None, None, None]


def test_unusual_values_are_written_as_text(tmp_path: Path) -> None:
    values = [True, date(1899, 1, 1), datetime(2017, 3, 5, 8, tzinfo=UTC), "x" * 40_000]
    write_workbook(tmp_path / "a.xlsx", sheets=[Sheet("a", [Column("x")], [[value] for value in values])])
    (_, *cells) = [cell.value for (cell,) in openpyxl.load_workbook(tmp_path / "a.xlsx")["a"].iter_rows()]
    assert cells == ["是", "1899-01-01", "2017-03-05 08:00:00+00:00", "x" * 32_767]


def test_names_of_sheets_are_made_possible(tmp_path: Path) -> None:
    names = ["市/县:2017", "市/县:2017", "", "很" * 40, "很" * 40]
    write_workbook(tmp_path / "a.xlsx", sheets=[Sheet(name, [Column("x")], []) for name in names])
    made = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert made == ["市 县 2017", "市 县 2017 (2)", "Sheet", "很" * 31, "很" * 27 + " (2)"]


def test_rows_that_dont_fit_go_on_in_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ROWS_PER_SHEET", 2)
    write_workbook(tmp_path / "a.xlsx", sheets=[Sheet("a", [Column("x")], [[str(n)] for n in range(5)])])
    sheets = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    assert [[cell.value for (cell,) in sheet.iter_rows()] for sheet in sheets] == [
        ["x", "0", "1"],
        ["x", "2", "3"],
        ["x", "4"],
    ]


def test_nothing_appears_when_rows_fail(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["a"]
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError, match="database gone"):
        write_workbook(tmp_path / "a.xlsx", sheets=[Sheet("a", [Column("x")], rows())])
    assert not (tmp_path / "a.xlsx").exists()


def test_a_workbook_into_an_open_file() -> None:
    target = io.BytesIO()
    write_workbook(target, sheets=[Sheet("a", [Column("x")], [["1"]])])
    assert openpyxl.load_workbook(target)["a"]["A2"].value == "1"


def test_bad_rows_come_back_corrected(tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    bad = BadRow(7, ["张三", 6204.0, "=1"], {"公民身份号码": "位数不对", "": "与第 3 行重复"})
    assert error_workbook(path, columns=[*HEAD, "备注"], rows=[bad]) == 1
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["问题", *HEAD, "备注", "原行号"]
    assert [cell.value for cell in sheet[2]] == ["公民身份号码：位数不对；与第 3 行重复", "张三", "6204", "=1", 7]
    assert sheet["C2"].comment is not None
    assert sheet["C2"].comment.text == "位数不对"
    assert sheet["B2"].comment is None
    assert [row.values for row in rows_of(path, HeadingSet(required=tuple(HEAD)))] == [["张三", "6204"]]


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=30).map(str.strip)] * 2),
        max_size=30,
    )
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_is_read_as_it_was_written(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    columns = [Column(name) for name in HEAD]
    write_workbook(tmp_path / "a.xlsx", title="名单", sheets=[Sheet("a", columns, rows)])
    read = rows_of(tmp_path / "a.xlsx", HeadingSet(required=tuple(HEAD)))
    expected = [(number, list(row)) for number, row in enumerate(rows, start=3) if any(row)]
    assert [(row.number, row.values) for row in read] == expected


def test_csv_opens_in_spreadsheets_and_runs_nothing(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", columns=["姓名", "数"], rows=[["=cmd|'x'", -5], ["-5", "+1.5"], ["-x", None]])
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8-sig").splitlines() == [
        "姓名,数",
        "'=cmd|'x',-5",
        "-5,+1.5",
        "'-x,",
    ]
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_csv_streams_in_blocks() -> None:
    blocks = list(csv_blocks(columns=["x"], rows=([str(n)] for n in range(2_500))))
    assert len(blocks) == 3
    target = io.BytesIO()
    write_csv(target, columns=["x"], rows=([str(n)] for n in range(2_500)))
    assert target.getvalue() == b"".join(blocks)
