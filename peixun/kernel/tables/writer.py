"""Writing tables: workbooks ready to read and print, CSV, and the workbook of bad rows to correct.

Rows stream: nothing is kept in memory. Text always stays text, never a formula or a link.

    write_workbook(
        "欠学.xlsx",
        title="2017 年欠学名单",
        sheets=[Sheet("欠学", [Column("姓名"), Column("欠学时", 8, "hours")], [("张三", Decimal("3.5"))])],
    )
"""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from peixun.kernel.tables.headings import ORIGINAL_ROW, PROBLEM

Kind: TypeAlias = Literal["text", "int", "hours", "date", "percent"]
Target: TypeAlias = str | Path | BinaryIO

ROWS_PER_SHEET = 1_048_000  # a sheet takes 1,048,576, headings and title included
LONGEST_TEXT = 32_767
MOST_COMMENTS = 2_000

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "default_format_properties": {"font_name": "宋体", "font_size": 11},
}
_NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "int": "0",
    "hours": "0.00",
    "date": "yyyy-mm-dd",
    "percent": "0.0%",
}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_A4 = 9


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters, what its values are.

    Values: text for `text`; numbers for `int` and `hours`; dates for `date`; 0 to 1 for `percent`.
    None leaves the cell empty; text is written as text in any kind of column.
    """

    heading: str
    width: float = 12
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """One sheet with rows of as many values as there are columns."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class BadRow:
    """A row that couldn't be taken: its number in the file, its values, and the reason for each heading.

    A reason that concerns no single column stands under the key "".
    """

    number: int
    values: Sequence[Any]
    reasons: dict[str, str]


def write_workbook(target: Target, *, sheets: Iterable[Sheet], title: str | None = None) -> None:
    """Write an .xlsx with frozen headings, filters and A4 landscape pages that repeat the headings.

    `target` is a path or a binary file. Nothing appears there before the whole workbook is written.
    """
    with _Book(target) as book:
        taken: set[str] = set()
        for sheet in sheets:
            rows = iter(sheet.rows)
            part = list(islice(rows, 1))
            while True:
                book.add(sheet, _sheet_name(sheet.name, taken), chain(part, rows), title)
                part = list(islice(rows, 1))
                if not part:
                    break


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and that no other sheet of the workbook has."""
    base = _NOT_IN_SHEET_NAMES.sub(" ", name).strip("' ")[:31] or "Sheet"
    made, number = base, 1
    while made.casefold() in taken:
        number += 1
        ending = f" ({number})"
        made = base[: 31 - len(ending)] + ending
    taken.add(made.casefold())
    return made


class _Book:
    """An XlsxWriter workbook that reaches its target only when all went well."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = tempfile.TemporaryDirectory()
        self._part = Path(self._folder.name) / "part.xlsx"
        self.workbook = Workbook(str(self._part), {**_OPTIONS, "tmpdir": self._folder.name})
        border = {"border": 1, "valign": "vcenter"}
        self._heading = self.workbook.add_format(
            {**border, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#EDEDED"}
        )
        self._title = self.workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.formats = {
            kind: self.workbook.add_format({**border, "num_format": pattern})
            for kind, pattern in _NUMBER_FORMATS.items()
        }
        self.plain = self.workbook.add_format(border)
        self.bad = self.workbook.add_format({**border, "num_format": "@", "bg_color": "#FFD6D6"})

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            self.workbook.close()
            if kind is None:
                _deliver(self._part, self._target)
        except FileCreateError:
            if kind is None:
                raise
        finally:
            self._folder.cleanup()

    def start(self, name: str, columns: Sequence[Column], title: str | None) -> tuple[Worksheet, int]:
        """A sheet with its headings, and the first row for values."""
        paper = self.workbook.add_worksheet(name)
        heading_row = 1 if title else 0
        if title:
            paper.set_row(0, 30)
            if len(columns) > 1:
                paper.merge_range(0, 0, 0, len(columns) - 1, "", self._title)
            paper.write_string(0, 0, title, self._title)
        for index, column in enumerate(columns):
            paper.set_column(index, index, column.width, self.formats[column.kind])
            paper.write_string(heading_row, index, column.heading, self._heading)
        paper.freeze_panes(heading_row + 1, 0)
        paper.repeat_rows(heading_row)
        paper.set_landscape()
        paper.set_paper(_A4)
        paper.fit_to_pages(1, 0)
        paper.set_footer("&C" + _("第 &P 页，共 &N 页"))
        return paper, heading_row + 1

    def add(self, sheet: Sheet, name: str, rows: Iterable[Sequence[Any]], title: str | None) -> None:
        """One sheet with as many of the rows as it can hold."""
        paper, first = self.start(name, sheet.columns, title)
        formats = [self.formats[column.kind] for column in sheet.columns]
        row = first - 1
        for row, values in enumerate(islice(rows, ROWS_PER_SHEET), start=first):
            for column, (value, style) in enumerate(zip(values, formats, strict=True)):
                _write_cell(paper, row, column, value, style)
        paper.autofilter(first - 1, 0, max(row, first - 1), max(len(sheet.columns) - 1, 0))


def _write_cell(paper: Worksheet, row: int, column: int, value: Any, style: Any) -> None:
    if isinstance(value, str):
        paper.write_string(row, column, value[:LONGEST_TEXT], style)
    elif value is None:
        paper.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        paper.write_string(row, column, _("是") if value else _("否"), style)
    elif isinstance(value, int | float | Decimal | Fraction):
        paper.write_number(row, column, float(value), style)
    elif isinstance(value, date) and value.year >= 1900 and style.num_format == _NUMBER_FORMATS["date"]:
        # A datetime is a date too; sheets know none before 1900.
        paper.write_datetime(row, column, _without_zone(value), style)
    else:
        paper.write_string(row, column, str(value)[:LONGEST_TEXT], style)


def _without_zone(value: date) -> date:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _deliver(part: Path, target: Target) -> None:
    if isinstance(target, str | Path):
        shutil.copyfile(part, target)
        return
    with part.open("rb") as written:
        shutil.copyfileobj(written, target)


def error_workbook(target: Target, *, columns: Sequence[str], rows: Iterable[BadRow]) -> int:
    """Write bad rows so that they can be corrected and imported again; gives back how many there were.

    The first column says what is wrong, the cells to correct are coloured and carry the reason as a comment,
    the last column has the row's number in the original file. The reader ignores the first and the last.
    """
    shown = [Column(PROBLEM, 40), *(Column(name, 16) for name in columns), Column(ORIGINAL_ROW, 8, "int")]
    position = {name: index for index, name in enumerate(columns, start=1)}
    count = 0
    with _Book(target) as book:
        paper, first = book.start(_("需要修改的行"), shown, None)
        for count, bad in enumerate(rows, start=1):
            row = first + count - 1
            paper.write_string(row, 0, _all_reasons(bad)[:LONGEST_TEXT], book.plain)
            for index, value in enumerate(bad.values, start=1):
                _write_cell(paper, row, index, _as_typed(value), book.formats["text"])
            for name, reason in bad.reasons.items():
                if name in position:
                    index = position[name]
                    _write_cell(paper, row, index, _as_typed(bad.values[index - 1]), book.bad)
                    if count <= MOST_COMMENTS:  # they are kept in memory, and thousands make a sheet crawl
                        paper.write_comment(row, index, reason)
            paper.write_number(row, len(columns) + 1, bad.number, book.formats["int"])
        paper.autofilter(first - 1, 0, first + count - 1, len(columns) + 1)
    return count


def _all_reasons(bad: BadRow) -> str:
    return "；".join(f"{name}：{reason}" if name else reason for name, reason in bad.reasons.items())


def _as_typed(value: Any) -> Any:
    """Short whole numbers as text: a code stays a code when it is corrected."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return value


def write_csv(target: Target, *, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write CSV that Excel and WPS open rightly: UTF-8 with BOM, and no text that acts as a formula."""
    if isinstance(target, str | Path):
        with Path(target).open("wb") as file:
            file.writelines(csv_blocks(columns=columns, rows=rows))
    else:
        target.writelines(csv_blocks(columns=columns, rows=rows))


def csv_blocks(*, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The bytes of `write_csv` in blocks, for an answer that streams."""
    lines = chain([columns], rows)
    mark = "\ufeff"
    while block := list(islice(lines, 1_000)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_csv_cell(value) for value in row] for row in block)
        yield (mark + text.getvalue()).encode()
        mark = ""


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if not isinstance(value, str) or value[:1] not in {"=", "+", "-", "@", "\t", "\r"}:
        return value
    return value if _PLAIN_NUMBER.fullmatch(value) else f"'{value}"


_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
