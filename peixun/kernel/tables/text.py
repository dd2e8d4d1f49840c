"""CSV and other plain text with one row on a line: encoding and separator are found, not asked for."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from peixun.kernel.tables.headings import SEARCHED_ROWS, HeadingSet, find_headings
from peixun.kernel.tables.limits import Limits, RefusedInChild

SEPARATORS = (",", ";", "\t")
LONGEST_CELL = 32_767  # what a cell of a workbook can hold
_UTF16_SAMPLE = 2_000


def read_text(path: Path) -> str:
    """The whole text. Raises RefusedInChild for what is no text, or text in no known encoding."""
    data = path.read_bytes()
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text)
    raise RefusedInChild("not_a_table" if b"\x00" in data else "encoding")


def _candidates(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    sample = data[:_UTF16_SAMPLE]
    if b"\x00" in sample:  # text has none, save in UTF-16, where separators and line ends bring them
        odd, even = sample[1::2].count(0), sample[0::2].count(0)
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ("utf-8-sig", "gb18030")


def _checked(text: str) -> str:
    if "\x00" in text:
        raise RefusedInChild("not_a_table")
    head = text[:_UTF16_SAMPLE]
    # Random bytes in an unlucky encoding become private, unassigned or control characters.
    strange = sum(not (char.isprintable() or char.isspace()) for char in head)
    if strange * 20 > len(head):
        raise RefusedInChild("not_a_table")
    if head.lstrip()[:1] == "<":
        raise RefusedInChild("web_page")
    return text


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    guarded = "'" in text
    try:
        for row in reader:
            yield [_unguarded(cell) for cell in row] if guarded else row
    except csv.Error as error:
        raise RefusedInChild("quotes", line=reader.line_num) from error


def _unguarded(cell: str) -> str:
    """Our own CSV files put ' before text that looks like a formula; take it off again."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "\t"} else cell


def _separator(text: str, headings: HeadingSet) -> str:
    def known(separator: str) -> int:
        try:
            found = find_headings(islice(_rows(text, separator), SEARCHED_ROWS), headings)
        except RefusedInChild:
            return 0  # with the wrong separator, a row may be one cell too long
        return len(found.columns) if found else 0

    return max(SEPARATORS, key=known)


def text_rows(text: str, headings: HeadingSet, limits: Limits) -> Iterator[list[str]]:
    """Rows of cells, all of them text. Raises RefusedInChild when limits are passed."""
    csv.field_size_limit(LONGEST_CELL)
    cells = 0
    for index, row in enumerate(_rows(text, _separator(text, headings))):
        cells += len(row)
        if cells > limits.cells:
            raise RefusedInChild("too_many_cells", cells=limits.cells)
        if len(row) > limits.columns and any(row[limits.columns :]):
            raise RefusedInChild("far_row", row=index + 1, columns=limits.columns)
        yield row
