"""What real files hold is read; the rest is said clearly."""

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.kernel.cells import parse_date
from peixun.kernel.tables.headings import HeadingSet, normalise
from peixun.kernel.tables.reader import read_table
from tests.kernel.tables.files import HEAD, HEADINGS, ods, part, refusal, repacked, rows_of, xls, xlsx

PERSON = ["张三", "620402199003071236"]


def test_values_come_in_the_order_of_the_headings_asked_for(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["备注", "身份证号", "姓名"], ["好", *reversed(PERSON)]])
    with read_table(path, headings=HEADINGS) as table:
        assert table.columns == {"姓名": 0, "公民身份号码": 1}
        assert table.unknown_headings == ("备注",)
        assert table.sheet_name == "Sheet1"
        assert table.heading_row == 1
        assert list(table.rows) == [(2, [*PERSON, ""])]


def test_headings_on_the_third_line_under_merged_titles(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 3, "白银市党员花名册")
    sheet.merge_range(1, 0, 1, 3, "填报单位：市委组织部")
    sheet.write_row(2, 1, ["姓 名", "公民身份\n号码（必填）"])
    sheet.write_row(3, 1, PERSON)
    sheet.write_row(6, 1, ["李四", "6204"])
    sheet.write_blank(900, 1, None, book.add_format({"bold": True}))
    sheet.write_string(30, 1, "   ")
    book.close()
    assert [row.number for row in rows_of(path)] == [4, 7]


@pytest.mark.parametrize(
    "written",
    ["姓名", " 姓　名 ", "*姓名", "姓名*", "姓\n名", "姓名（必填）", "姓名(必填)", "姓名：", "【必填】姓名", "＊姓名"],
)
def test_headings_match_after_normalisation(written: str) -> None:
    assert normalise(written) == "姓名"


def test_case_and_width_of_headings_dont_matter() -> None:
    assert normalise("ＡＰＰ编号") == normalise("app编号")


def test_the_first_sheet_that_holds_the_headings_is_taken(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["说明"], ["=1+1"]], [HEAD, PERSON], [HEAD, PERSON, PERSON])
    assert len(rows_of(path)) == 1


def test_a_hidden_sheet_isnt_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    hidden, shown = book.add_worksheet("旧"), book.add_worksheet("新")
    for sheet in (hidden, shown):
        sheet.write_row(0, 0, HEAD)
    shown.write_row(1, 0, PERSON)
    shown.activate()
    shown.set_first_sheet()
    hidden.hide()
    book.close()
    assert [row.values[:2] for row in rows_of(path)] == [PERSON]


def test_types_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    names = ("文本", "数", "日期", "时间", "真", "空")
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, names)
    sheet.write_string(1, 0, "007")
    sheet.write_number(1, 1, 42799)
    sheet.write_datetime(1, 2, datetime(2017, 3, 5), book.add_format({"num_format": "yyyy/m/d"}))  # noqa: DTZ001
    sheet.write_datetime(1, 3, datetime(2017, 3, 5, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))  # noqa: DTZ001
    sheet.write_boolean(1, 4, True)
    book.close()
    (row,) = rows_of(path, HeadingSet(required=names))
    assert row.values == ["007", 42799.0, "2017-03-05", "2017-03-05T08:30:00", True, ""]
    assert {parse_date(row.values[index]) for index in (1, 2, 3)} == {date(2017, 3, 5)}


def test_old_workbooks(tmp_path: Path) -> None:
    assert rows_of(xls(tmp_path / "a.xls", [["名单"], HEAD, PERSON])) == [(3, [*PERSON, ""])]


def test_open_documents(tmp_path: Path) -> None:
    assert rows_of(ods(tmp_path / "a.ods", [["名单"], HEAD, PERSON])) == [(3, [*PERSON, ""])]


def test_the_name_of_a_file_may_lie_about_its_kind(tmp_path: Path) -> None:
    assert rows_of(xlsx(tmp_path / "a.xls", [HEAD, PERSON])) == [(2, [*PERSON, ""])]


def test_a_single_heading(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x", "姓名"], ["1", "张三"], ["2", None]])
    assert rows_of(path, HeadingSet(required=("姓名",))) == [(2, ["张三"])]


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8", ";"),
        ("utf-8-sig", "\t"),
        ("gb18030", ","),
        ("gb18030", "\t"),
        ("utf-16", "\t"),
        ("utf-16-le", ";"),
        ("utf-16-be", ","),
    ],
)
def test_csv_in_every_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["党员花名册"], HEAD, ["欧阳𠮷" if encoding != "gb18030" else "镕基䶮", "6204"], [], ["李,四;五\t", "+1"]]
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    (path := tmp_path / "a.csv").write_bytes(text.encode(encoding))
    rows = rows_of(path)
    assert [row.number for row in rows] == [3, 5]
    assert rows[1].values == ["李,四;五\t", "+1", ""]


def test_text_that_looks_like_a_formula_is_text_in_csv(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text("姓名,公民身份号码\n=1+1,@x\n-5,'=2", encoding="utf-8")
    assert [row.values[:2] for row in rows_of(path)] == [["=1+1", "@x"], ["-5", "=2"]]


def test_a_file_with_headings_only_has_no_rows(tmp_path: Path) -> None:
    assert rows_of(xlsx(tmp_path / "a.xlsx", [HEAD])) == []


def test_missing_headings_are_named_with_the_row_that_came_closest(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["花名册"], ["姓名", "性别"], ["张三", "男"]])
    refused = refusal(path)
    assert refused is not None
    assert refused.code == "headings_missing"
    assert "公民身份号码" in refused.reason
    assert "第 2 行" in refused.reason
    assert "姓名、" not in refused.reason


def test_no_heading_at_all_names_every_required_one(tmp_path: Path) -> None:
    refused = refusal(xlsx(tmp_path / "a.xlsx", [["花名册"], ["张三", "男"]]))
    assert refused is not None
    assert refused.code == "headings_none"
    assert "姓名、公民身份号码" in refused.reason


def test_the_same_heading_twice_is_refused(tmp_path: Path) -> None:
    refused = refusal(xlsx(tmp_path / "a.xlsx", [["姓名", "身份证号", "公民身份号码"], ["张三", "1", "2"]]))
    assert refused is not None
    assert refused.code == "heading_twice"
    assert "公民身份号码" in refused.reason


def test_closing_early_ends_the_child(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEAD, *[PERSON] * 30_000])
    with read_table(path, headings=HEADINGS) as table:
        assert next(table.rows).number == 2
    assert table._child._process.returncode is not None


@given(
    st.lists(
        st.lists(
            st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20), min_size=2, max_size=2
        ),
        max_size=20,
    )
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_csv_gives_back_what_was_put_in(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [HEAD, *rows]
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    (path := tmp_path / "a.csv").write_text(text, encoding="utf-8")
    unguarded = [
        [cell[1:] if cell[0] == "'" and cell[1:2] in "=+-@" and cell[1:] else cell for cell in row] for row in rows
    ]
    assert [row.values[:2] for row in rows_of(path)] == unguarded


def test_open_documents_repeat_empty_cells_to_the_end_of_the_sheet(tmp_path: Path) -> None:
    content = part(original := ods(tmp_path / "a.ods", [HEAD, PERSON]), "content.xml").replace(
        b"</table:table>",
        b'<table:table-row table:number-rows-repeated="1048574">'
        b'<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>',
    )
    content = content.replace(
        b"</table:table-row>", b'<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
    )
    assert rows_of(repacked(original, tmp_path / "b.ods", content_xml=content)) == [(2, [*PERSON, ""])]


def test_lists_to_choose_from_and_sparklines_are_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, codes = book.add_worksheet("名单"), book.add_worksheet("代码")
    codes.write_column(0, 0, [1, 2])
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, PERSON)
    sheet.data_validation(1, 2, 9, 2, {"validate": "list", "source": "=代码!$A$1:$A$2"})
    sheet.conditional_format(1, 0, 9, 0, {"type": "formula", "criteria": "=$A2=1", "format": None})
    sheet.add_sparkline(1, 3, {"range": "代码!A1:A2"})
    book.close()
    assert b"<xm:f>" in part(path)
    assert len(rows_of(path)) == 1
