"""Rows as lines of text, in the format of PostgreSQL's COPY, whichever database they come from.

PostgreSQL writes and reads it by itself. For SQLite the values are turned here: truth values become `t` and `f`,
instants get their zone, bytes become hex. Restored into the same kind of database, every value is what it was;
restored into the other kind, JSON is the same document in another spelling, and `canonical` compares it as such.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

NULL = "\\N"
BLOCK = 256 * 1024
ZONE = "+00"
ESCAPES = str.maketrans({"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_BOOL = {1: "t", 0: "f"}

Value = Any
Kinds = Sequence[str]
"""`plain`, `bool`, `instant`, `bytes`, `json`, `uuid`: what the database says of each column."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its columns with their kinds, and the columns that order its rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the columns, in order."""
        return tuple(kind for _, kind in self.columns)

    @property
    def listed(self) -> str:
        """The columns as SQL lists them."""
        return ", ".join(quoted(name) for name, _ in self.columns)


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Whole lines in blocks of some size, as bytes."""
    kept: list[str] = []
    size = 0
    for line in lines:
        kept.append(line)
        size += len(line)
        if size > BLOCK:
            yield "".join(kept).encode()
            kept, size = [], 0
    if kept:
        yield "".join(kept).encode()


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks that end with a line."""
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        kept.append(bytes(piece))
        size += len(piece)
        if size > BLOCK:
            head, _, tail = b"".join(kept).rpartition(b"\n")
            if head:
                yield head + b"\n"
            kept, size = [tail], len(tail)
    if rest := b"".join(kept):
        yield rest


def _plain(value: Value) -> str:
    if value is None:
        return NULL
    return str(value).translate(ESCAPES)


def _bool(value: Value) -> str:
    return NULL if value is None else _BOOL.get(value, str(value))


def _instant(value: Value) -> str:
    return NULL if value is None else f"{value}{ZONE}"


def _bytes(value: Value) -> str:
    return NULL if value is None else f"\\\\x{value.hex()}"


_ENCODE: dict[str, Callable[[Value], str]] = {"bool": _bool, "instant": _instant, "bytes": _bytes}


def encode(rows: Iterable[Sequence[Value]], kinds: Kinds) -> Iterator[str]:
    """Rows of SQLite as lines."""
    encoders = [_ENCODE.get(kind, _plain) for kind in kinds]
    for row in rows:
        yield "\t".join([put(value) for put, value in zip(encoders, row, strict=True)]) + "\n"


def unescape(text: str) -> str:
    """The text that was escaped."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    return "\\".join([_unescape_part(part) for part in parts])


def _unescape_part(part: str) -> str:
    first, *rest = part.split("\\")
    return first + "".join([_PLAIN.get(piece[:1], piece[:1]) + piece[1:] for piece in rest])


def instant(text: str) -> str:
    """An instant as SQLite keeps it: without a zone, with six digits where there is a fraction."""
    text = text.removesuffix(ZONE)
    seconds, dot, fraction = text.partition(".")
    return f"{seconds}.{fraction.ljust(6, '0')}" if dot else text


def _to_bool(text: str) -> Value:
    return {"t": 1, "f": 0}.get(text, text)


def _to_bytes(text: str) -> Value:
    return bytes.fromhex(text[3:])


def _to_uuid(text: str) -> Value:
    return text.replace("-", "")


_DECODE: dict[str, Callable[[str], Value]] = {
    "bool": _to_bool,
    "instant": instant,
    "bytes": _to_bytes,
    "uuid": _to_uuid,
}


def decode(pieces: Iterable[bytes], kinds: Kinds) -> Iterator[list[Value]]:
    """Lines as rows for SQLite; a number stands as text, which the column's affinity makes a number again."""
    decoders = [_DECODE.get(kind, unescape) for kind in kinds]
    for block in pieces:
        for line in block.decode().split("\n")[:-1]:
            yield [None if text == NULL else take(text) for take, text in zip(decoders, line.split("\t"), strict=True)]


def _same_json(text: str) -> str:
    return orjson.dumps(orjson.loads(unescape(text)), option=orjson.OPT_SORT_KEYS).decode()


_CANONICAL: dict[str, Callable[[str], str]] = {"json": _same_json, "instant": instant, "uuid": _to_uuid}


def canonical(block: bytes, kinds: Kinds) -> bytes:
    """The lines in a spelling that doesn't depend on the database they come from."""
    spelt = [(index, _CANONICAL[kind]) for index, kind in enumerate(kinds) if kind in _CANONICAL]
    if not spelt:
        return block
    out = []
    for line in block.decode().split("\n")[:-1]:
        fields = line.split("\t")
        for index, spell in spelt:
            if fields[index] != NULL:
                fields[index] = spell(fields[index])
        out.append("\t".join(fields) + "\n")
    return "".join(out).encode()


def spelt_alike(one: Table, other: Table) -> Table:
    """A table of one database with the kinds that either of the two gives a reason to spell alike."""
    kinds = dict(other.columns)
    columns = ((name, kind if kind in _CANONICAL else kinds.get(name, kind)) for name, kind in one.columns)
    return Table(one.name, tuple(columns), one.key)
