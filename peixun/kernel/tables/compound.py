"""Looks into the compound file (OLE) that an old .xls workbook is: passwords, formulas. No Django here."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from peixun.kernel.tables.archive import SheetFacts, column_letters
from peixun.kernel.tables.limits import RefusedInChild

_NO_SECTOR = 0xFFFFFFFA  # this and everything above it ends a chain
_ENTRY_BYTES = 128
_MINI_BYTES = 64
_TABLE_SECTORS_IN_HEADER = 109

_FORMULA = 0x0006
_END_OF_SHEET = 0x000A
_PASSWORD = 0x002F
_SHEET = 0x0085


class _Compound:
    """The streams of a compound file. A broken one raises struct.error, IndexError or RefusedInChild."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in {9, 12}:
            raise RefusedInChild("broken")
        self._sector_bytes = 1 << shift
        directory, self._small_below, mini_table = struct.unpack_from("<I4xII", data, 48)
        self._table = self._sector_table()
        self._entries = dict(self._directory(self._chain(directory)))
        self._mini_table = _numbers(self._chain(mini_table))

    def names(self) -> frozenset[str]:
        """The names of streams and storages."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """One stream."""
        start, size = self._entries[name]
        if size >= self._small_below:
            return self._chain(start)[:size]
        root = self._chain(self._entries["Root Entry"][0])
        sectors = _follow(self._mini_table, start)
        return b"".join(root[at * _MINI_BYTES : (at + 1) * _MINI_BYTES] for at in sectors)[:size]

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._sector_bytes : (number + 2) * self._sector_bytes]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _follow(self._table, start))

    def _sector_table(self) -> Sequence[int]:
        """Which sector follows which: its own sectors are listed in the header, and in a list that goes on."""
        listed = list(struct.unpack_from(f"<{_TABLE_SECTORS_IN_HEADER}I", self._data, 76))
        more, _ = struct.unpack_from("<II", self._data, 68)
        most = len(self._data) // self._sector_bytes
        while more < _NO_SECTOR:
            *numbers, more = _numbers(self._sector(more))
            listed += numbers
            if len(listed) > most + _TABLE_SECTORS_IN_HEADER + self._sector_bytes:
                raise RefusedInChild("broken")
        return _numbers(b"".join(self._sector(number) for number in listed if number < _NO_SECTOR))

    @staticmethod
    def _directory(entries: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            (length,) = struct.unpack_from("<H", entries, at + 64)
            if 2 <= length <= 64:
                name = entries[at : at + length - 2].decode("utf-16-le", "replace")
                yield name, struct.unpack_from("<II", entries, at + 116)


def _numbers(data: bytes) -> tuple[int, ...]:
    count = len(data) // 4
    return struct.unpack_from(f"<{count}I", data)


def _follow(table: Sequence[int], start: int) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if start >= _NO_SECTOR:
            return
        yield start
        start = table[start]
    raise RefusedInChild("broken")  # a chain that bites its own tail


def inspect(path: Path) -> dict[str, SheetFacts]:
    """The first formula of each sheet, by the name on the tab. Raises RefusedInChild."""
    try:
        compound = _Compound(path.read_bytes())
        names = compound.names()
        if "EncryptedPackage" in names:
            raise RefusedInChild("encrypted")
        stream = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in names), None)
        if stream is None:
            raise RefusedInChild("not_a_table")
        return _sheets(compound.read(stream))
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise RefusedInChild("broken") from error


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, position and length of each record from a position to the end of its part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == _END_OF_SHEET:
            return
        at += 4 + length


def _sheets(stream: bytes) -> dict[str, SheetFacts]:
    starts: dict[str, int] = {}
    for kind, at, length in _records(stream, 0):
        if kind == _PASSWORD:
            raise RefusedInChild("encrypted")
        if kind == _SHEET:
            (start,) = struct.unpack_from("<I", stream, at)
            starts[_sheet_name(stream[at + 6 : at + length])] = start
    return {name: SheetFacts(formula=_first_formula(stream, start)) for name, start in starts.items()}


def _sheet_name(data: bytes) -> str:
    length, wide = data[0], data[1] & 1
    return data[2 : 2 + length * 2].decode("utf-16-le") if wide else data[2 : 2 + length].decode("latin-1")


def _first_formula(stream: bytes, start: int) -> str | None:
    for kind, at, _length in _records(stream, start):
        if kind == _FORMULA:
            row, column = struct.unpack_from("<HH", stream, at)
            return f"{column_letters(column)}{row + 1}"
    return None
