"""Looks into the zip file that an xlsx or ods workbook is before any reader touches it. No Django here.

Every part is really inflated and counted, since declared sizes may lie, and scanned on the way for what an
import doesn't take: document types, formulas in place of values, cells in far columns.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree

from peixun.kernel.tables.limits import MEBIBYTE, Limits, RefusedInChild

BLOCK = MEBIBYTE
OVERLAP = 256
MAX_PARTS = 5_000
# Deflate reaches 1,032 : 1; sheets of thousands of alike rows come to some 60 : 1.
MAX_RATIO = 250
RATIO_MATTERS_FROM = 16 * MEBIBYTE

_ENCRYPTED = 0x1
_LOCAL_HEADER = b"PK\x03\x04"
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Lists to choose from and sparklines keep their ranges in <xm:f>: those are no cells.
_XLSX_FORMULA = re.compile(rb"<(?:(?!xm:)\w+:)?f(?:\s[^>]*)?/?>")
_ODS_FORMULA = re.compile(rb"\btable:formula\s*=")
_CELL_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
# Cells beyond column GR (200) that hold something: an empty styled cell closes itself.
_FAR_CELL = re.compile(rb"r=\"((?:G[S-Z]|[H-Z][A-Z]|[A-Z]{3})[0-9]{1,7})\"[^<>]*(?<!/)><(?!/)")


@dataclass
class SheetFacts:
    """What the scan saw in one sheet; cells are named as in "C5" ("" when the file doesn't say)."""

    formula: str | None = None
    far_cell: str | None = None


@dataclass
class Archive:
    """A zip file whose parts were all counted. `sheets` has facts by the name of the part, in lower case."""

    kind: str
    sheets: dict[str, SheetFacts] = field(default_factory=dict)
    sheet_parts: dict[str, str] = field(default_factory=dict)
    ods_sheets: dict[str, SheetFacts] = field(default_factory=dict)

    def of_sheet(self, sheet_name: str) -> SheetFacts:
        """The facts of a sheet by the name on its tab. Raises RefusedInChild when its part wasn't scanned."""
        if self.kind == "ods":
            return self.ods_sheets.get(sheet_name, SheetFacts())
        part = self.sheet_parts.get(sheet_name)
        if part not in self.sheets:
            raise RefusedInChild("broken")
        return self.sheets[part]


def inspect(path: Path, limits: Limits) -> Archive:
    """Count and scan every part. Raises RefusedInChild."""
    try:
        with zipfile.ZipFile(path) as opened, path.open("rb") as raw:
            parts = opened.infolist()
            _check_declared(parts, limits, path.stat().st_size)
            archive = Archive(kind=_kind(frozenset(part.filename for part in parts)))
            _scan_parts(parts, raw, archive, limits)
            if archive.kind == "xlsx":
                archive.sheet_parts = _sheet_parts(opened)
            else:
                _refuse_encrypted_ods(opened)
                if archive.sheets["content.xml"].formula is not None:
                    archive.ods_sheets = _ods_formulas(opened)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ParseError, KeyError) as error:
        raise RefusedInChild("broken") from error
    except (ValueError, OSError, RuntimeError) as error:  # defusedxml's refusals are ValueErrors
        raise RefusedInChild("broken") from error
    return archive


def _kind(names: frozenset[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise RefusedInChild("binary_workbook")
    if "content.xml" in names:
        return "ods"
    raise RefusedInChild("not_a_table")


def _check_declared(parts: list[zipfile.ZipInfo], limits: Limits, file_size: int) -> None:
    names = {part.filename.lower() for part in parts}  # readers look parts up in any case
    if len(parts) > MAX_PARTS or len(names) != len(parts):
        raise RefusedInChild("bomb")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise RefusedInChild("encrypted")
    packed = sum(part.compress_size for part in parts)
    unpacked = sum(part.file_size for part in parts)
    # Parts that overlap claim more packed bytes than the file has.
    if packed > file_size or unpacked > limits.unpacked_bytes:
        raise RefusedInChild("bomb")
    for part in parts:
        _check_ratio(part.file_size, part.compress_size)


def _check_ratio(unpacked: int, packed: int) -> None:
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise RefusedInChild("bomb")


def _scan_parts(parts: list[zipfile.ZipInfo], raw: BinaryIO, archive: Archive, limits: Limits) -> None:
    left = limits.unpacked_bytes
    for part in parts:
        name = part.filename
        facts = SheetFacts()
        is_xml = name.lower().endswith((".xml", ".rels"))
        unpacked = 0
        tail = b""
        for block in _inflate(part, raw):
            unpacked += len(block)
            if unpacked > min(part.file_size, left):
                raise RefusedInChild("bomb")
            if is_xml:
                window = tail + block
                _refuse_document_type(window, first=not tail)
                _scan_sheet(window, facts, archive.kind)
                tail = window[-OVERLAP:]
        if unpacked != part.file_size:
            raise RefusedInChild("broken")
        left -= unpacked
        if is_xml:
            # Any part may be a sheet: the workbook says which ones are, and that is read later.
            archive.sheets[name.lower()] = facts


def _refuse_document_type(window: bytes, *, first: bool) -> None:
    if _DOCTYPE.search(window):
        raise RefusedInChild("entities")
    if first and window[:2] in {b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"}:
        raise RefusedInChild("broken")  # UTF-16 parts would pass every scan here unseen


def _inflate(part: zipfile.ZipInfo, raw: BinaryIO) -> Iterator[bytes]:
    """The part's bytes as they really are, in blocks of bounded size, whatever the directory declares."""
    raw.seek(part.header_offset)
    header = raw.read(30)
    if len(header) < 30 or header[:4] != _LOCAL_HEADER:
        raise RefusedInChild("broken")
    raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        yield from _stored(raw, part.compress_size)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise RefusedInChild("broken")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = part.compress_size
    while not inflater.eof:
        packed = inflater.unconsumed_tail
        if not packed:
            packed = raw.read(min(BLOCK, left))
            left -= len(packed)
        block = inflater.decompress(packed, BLOCK)
        if block:
            yield block
        elif not packed:
            raise RefusedInChild("broken")


def _stored(raw: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        block = raw.read(min(BLOCK, size))
        if not block:
            raise RefusedInChild("broken")
        size -= len(block)
        yield block


def _scan_sheet(window: bytes, facts: SheetFacts, kind: str) -> None:
    if facts.formula is None:
        if kind == "ods":
            facts.formula = "" if _ODS_FORMULA.search(window) else None
        elif b"f" in window and (found := _XLSX_FORMULA.search(window)):
            facts.formula = _cell_before(window, found.start())
    if kind == "xlsx" and facts.far_cell is None and (far := _FAR_CELL.search(window)):
        facts.far_cell = far.group(1).decode()


def _cell_before(window: bytes, position: int) -> str:
    found = ""
    for reference in _CELL_REFERENCE.finditer(window, max(0, position - 2 * OVERLAP), position):
        found = reference.group(1).decode()
    return found


def _sheet_parts(opened: zipfile.ZipFile) -> dict[str, str]:
    """The name on each tab to the part that holds the sheet, in both flavours of OOXML."""
    targets: dict[str, str] = {}
    for element in ElementTree.fromstring(opened.read("xl/_rels/workbook.xml.rels")):
        target = element.get("Target", "")
        inside = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        targets[element.get("Id", "")] = inside
    parts: dict[str, str] = {}
    for element in ElementTree.fromstring(opened.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet"):
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            parts[element.get("name", "")] = targets.get(relation, "").lower()
    return parts


_MANIFEST = "META-INF/manifest.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def _refuse_encrypted_ods(opened: zipfile.ZipFile) -> None:
    if _MANIFEST in opened.namelist() and b"encryption-data" in opened.read(_MANIFEST):
        raise RefusedInChild("encrypted")


def _ods_formulas(opened: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """The first formula of each sheet of an ods document, by the name on the tab."""
    found: dict[str, SheetFacts] = {}
    name, row, column = "", 0, 0
    with opened.open("content.xml") as content:
        for event, element in ElementTree.iterparse(content, events=("start", "end")):
            tag = element.tag
            if event == "end":
                if tag == f"{_TABLE}table-row":
                    row += _repeated(element.get(f"{_TABLE}number-rows-repeated"))
                    element.clear()
            elif tag == f"{_TABLE}table":
                name, row = element.get(f"{_TABLE}name", ""), 0
            elif tag == f"{_TABLE}table-row":
                column = 0
            elif tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
                if name not in found and element.get(f"{_TABLE}formula") is not None:
                    found[name] = SheetFacts(formula=f"{column_letters(column)}{row + 1}")
                column += _repeated(element.get(f"{_TABLE}number-columns-repeated"))
    return found


def _repeated(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 1


def column_letters(column: int) -> str:
    """The name of a column counted from 0, as a sheet shows it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
