"""The child process that reads a file: `python -m peixun.kernel.tables.child`. No Django: it starts at once.

It takes one JSON document on standard input (path, headings, limits), puts limits on itself, and writes
frames to standard output: four bytes of length, then JSON. The first frame describes the table, the next ones
bring rows, the last one says that it was the last; or one says why the file is refused. JSON holds plain
values only: whatever the file made of this process, the parent never builds objects from its words.
"""

import gc
import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from peixun.kernel.tables import archive, compound, text
from peixun.kernel.tables.headings import SEARCHED_ROWS, HeadingRow, HeadingSet, find_headings
from peixun.kernel.tables.limits import Limits, RefusedInChild

ROWS_PER_FRAME = 1_000
EXIT_MEMORY = 86
_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Beginnings of what people take for a table by mistake: PDF, RTF, pictures, RAR, 7-Zip, gzip.
_OTHERS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")

_Values = Sequence[Any]
_Frame = dict[str, Any]
_FactsOf = Callable[[str], archive.SheetFacts]


@dataclass(frozen=True)
class _Found:
    """A sheet that holds the headings, with its rows from the first one on."""

    sheet_name: str
    headings: HeadingRow
    rows: Iterable[_Values]


def main() -> None:
    """Read the request, then write frames. Exit status 0 whenever a frame says what happened."""
    gc.disable()  # millions of cells, no cycles
    request = orjson.loads(sys.stdin.buffer.read())
    limits = Limits.from_json(request["limits"])
    _limit_this_process(limits)
    out = sys.stdout.buffer
    try:
        _write_frames(out, Path(request["path"]), HeadingSet.from_json(request["headings"]), limits)
    except RefusedInChild as refusal:
        _write(out, {"refused": refusal.code, "facts": refusal.facts})
    except BrokenPipeError:
        sys.exit(0)  # the parent has heard enough
    except MemoryError:
        sys.exit(EXIT_MEMORY)
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception, and is the file's fault
        _write(out, {"refused": "broken", "facts": {}, "detail": repr(error)[:500]})


def _limit_this_process(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _write(out: BinaryIO, frame: _Frame) -> None:
    body = orjson.dumps(frame, default=str)
    out.write(len(body).to_bytes(4, "little"))
    out.write(body)
    out.flush()


def _write_frames(out: BinaryIO, path: Path, headings: HeadingSet, limits: Limits) -> None:
    found = _open(path, headings, limits)
    columns = found.headings.columns
    _write(
        out,
        {
            "sheet": found.sheet_name,
            "columns": list(columns),
            "unknown": found.headings.unknown,
            "heading_row": found.headings.row + 1,
        },
    )
    positions = [columns.get(name) for name in headings.names]
    project = _projection(positions)
    rows = enumerate(found.rows, start=1)
    filled = _filled(islice(rows, found.headings.row + 1, None), project)
    while batch := list(islice(filled, ROWS_PER_FRAME)):
        numbers, values = zip(*batch, strict=True)
        _write(out, {"numbers": numbers, "rows": values})
    _write(out, {"end": True})


def _projection(positions: list[int | None]) -> Callable[[_Values], _Values]:
    """Picks the wanted values; a heading that the file lacks gives ""."""
    if len(positions) == 1:
        (only,) = positions
        return lambda row: (row[only] if only is not None else "",)
    if None not in positions:
        return itemgetter(*positions)
    pick = itemgetter(*(-1 if position is None else position for position in positions))
    return lambda row: pick([*row, ""])


def _filled(
    rows: Iterable[tuple[int, _Values]], project: Callable[[_Values], _Values]
) -> Iterator[tuple[int, _Values]]:
    for number, row in rows:
        values = project(row)
        first = values[0]
        # Nearly every row has its first value, so the rest is looked at for few.
        if (isinstance(first, str) and not first.strip()) and _blank(values):
            continue
        yield number, values


def _blank(values: _Values) -> bool:
    return all(isinstance(value, str) and not value.strip() for value in values)


def _open(path: Path, headings: HeadingSet, limits: Limits) -> _Found:
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(_ZIP):
        return _open_workbook(path, headings, limits, archive.inspect(path, limits).of_sheet)
    if start.startswith(_OLE):
        facts = compound.inspect(path)
        return _open_workbook(path, headings, limits, lambda name: facts.get(name, archive.SheetFacts()))
    if start.startswith(_OTHERS):
        raise RefusedInChild("not_a_table")
    return _open_text(path, headings, limits)


def _open_text(path: Path, headings: HeadingSet, limits: Limits) -> _Found:
    content = text.read_text(path)
    if not content.strip():
        raise RefusedInChild("empty")
    rows = text.text_rows(content, headings, limits)
    first = list(islice(rows, SEARCHED_ROWS))
    heading_row = find_headings(first, headings)
    if heading_row is None or not heading_row.complete:
        raise _no_headings(heading_row, "", headings)
    _check_twice(heading_row)
    width = max(heading_row.columns.values()) + 1
    return _Found("", heading_row, _padded(chain(first, rows), width))


def _padded(rows: Iterable[list[str]], width: int) -> Iterator[list[str]]:
    for row in rows:
        yield row if len(row) >= width else row + [""] * (width - len(row))


def _open_workbook(path: Path, headings: HeadingSet, limits: Limits, facts_of: _FactsOf) -> _Found:
    try:
        # The file's name may lie about its kind, so the reader gets the bytes and not the name.
        with path.open("rb") as file:
            workbook = CalamineWorkbook.from_filelike(file)
        return _find_sheet(workbook, headings, limits, facts_of)
    except PasswordError as error:
        raise RefusedInChild("encrypted") from error
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedInChild("broken") from error


def _find_sheet(workbook: CalamineWorkbook, headings: HeadingSet, limits: Limits, facts_of: _FactsOf) -> _Found:
    closest: tuple[HeadingRow, str] | None = None
    anything = False
    for name in _sheet_names(workbook):
        sheet_facts = facts_of(name)
        if sheet_facts.far_cell:
            raise RefusedInChild("far_column", cell=sheet_facts.far_cell, columns=limits.columns)
        sheet = workbook.get_sheet_by_name(name)
        anything = _check_size(sheet, limits) or anything
        heading_row = find_headings(sheet.iter_rows(), headings)
        if heading_row is not None and sheet_facts.formula is not None:
            raise RefusedInChild("formula", cell=sheet_facts.formula, sheet=name)
        if heading_row is not None and heading_row.complete:
            _check_twice(heading_row)
            return _Found(name, heading_row, sheet.iter_rows())
        if heading_row and (closest is None or len(heading_row.columns) > len(closest[0].columns)):
            closest = heading_row, name
    if not anything:
        raise RefusedInChild("empty")
    heading_row, closest_sheet = closest or (None, "")
    raise _no_headings(heading_row, closest_sheet, headings)


def _sheet_names(workbook: CalamineWorkbook) -> list[str]:
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return visible or [sheet.name for sheet in sheets]


def _check_size(sheet: CalamineSheet, limits: Limits) -> bool:
    """Whether the sheet holds anything. Raises RefusedInChild when it holds too much."""
    if sheet.end is None:
        return False
    rows, columns = sheet.end[0] + 1, sheet.end[1] + 1
    if columns > limits.columns:
        raise RefusedInChild("far_column", cell=archive.column_letters(sheet.end[1]), columns=limits.columns)
    if rows * columns > limits.cells:
        raise RefusedInChild("too_many_cells", cells=limits.cells)
    return True


def _check_twice(heading_row: HeadingRow) -> None:
    if heading_row.twice:
        raise RefusedInChild("heading_twice", heading=heading_row.twice, row=heading_row.row + 1)


def _no_headings(closest: HeadingRow | None, sheet: str, headings: HeadingSet) -> RefusedInChild:
    if closest is None:
        return RefusedInChild("headings_none", missing=list(headings.required))
    return RefusedInChild("headings_missing", missing=closest.missing, row=closest.row + 1, sheet=sheet)


if __name__ == "__main__":
    main()
