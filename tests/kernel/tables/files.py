"""Files that the tests read: ordinary ones of every kind, and parts to build hostile ones from."""

import io
import struct
import zipfile
from pathlib import Path

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from peixun.kernel.tables.headings import HeadingSet
from peixun.kernel.tables.reader import Limits, Row, TableRefused, read_table

HEADINGS = HeadingSet(required=("姓名", "公民身份号码"), optional=("性别",), aliases={"身份证号": "公民身份号码"})
HEAD = ["姓名", "公民身份号码"]
SHEET = "xl/worksheets/sheet1.xml"


def rows_of(path: Path, headings: HeadingSet = HEADINGS, **limits: int) -> list[Row]:
    """All rows of a file."""
    with read_table(path, headings=headings, limits=Limits(**limits)) as table:
        return list(table.rows)


def refusal(path: Path, headings: HeadingSet = HEADINGS, **limits: int) -> TableRefused | None:
    """Why the file is refused, None when it isn't."""
    try:
        rows_of(path, headings, **limits)
    except TableRefused as refused:
        return refused
    return None


def xlsx(path: Path, *sheets: list[list[object]]) -> Path:
    """A workbook with these sheets; None leaves a cell out, text that begins with = is a formula."""
    book = xlsxwriter.Workbook(str(path))
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()
    return path


def xls(path: Path, rows: list[list[object]]) -> Path:
    """An old workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(path))
    return path


def ods(path: Path, rows: list[list[str]], formula_at: tuple[int, int] | None = None) -> Path:
    """An OpenDocument sheet of text, with a formula in one cell where wanted."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="名单")
    for number, row in enumerate(rows):
        line = TableRow()
        for column, value in enumerate(row):
            formula = {"formula": "of:=1+1"} if (number, column) == formula_at else {}
            cell = TableCell(valuetype="string", **formula)
            cell.addElement(P(text=value))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def repacked(source: Path, target: Path, **changes: bytes | None) -> Path:
    """The same zip file with parts replaced (None: left out); keys are names of parts with __ for /, _ for dots."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = name.replace("/", "__").replace(".", "_")
            content = changes.pop(key, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for key, content in changes.items():
            new.writestr(key.replace("__", "/"), content or b"")
    return target


def part(path: Path, name: str = SHEET) -> bytes:
    """One part of a zip file."""
    with zipfile.ZipFile(path) as opened:
        return opened.read(name)


def lying(path: Path, name: str, size: int) -> Path:
    """Change the size that a zip file declares for one of its parts, in both places."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        local = opened.getinfo(name).header_offset
    struct.pack_into("<I", data, local + 22, size)
    position = data.find(b"PK\x01\x02")
    while data[position + 46 : position + 46 + len(name)] != name.encode():
        position = data.find(b"PK\x01\x02", position + 4)
    struct.pack_into("<I", data, position + 24, size)
    path.write_bytes(data)
    return path
