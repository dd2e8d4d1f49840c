"""What stands in a backup: a head, each table's rows, each file, and at the end the manifest that they must match."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from peixun.kernel.backups.lines import Table
from peixun.kernel.backups.sealed import SealedReader, SealedWriter, damaged

PRODUCT = "peixun"
HEAD, TABLE, ROWS, FILE, BYTES, MANIFEST = b"H", b"T", b"R", b"F", b"B", b"M"
MOST = 256 * 1024 * 1024
"""No part is longer: one row at most, since rows come in blocks that end with a line."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the backup is of."""

    version: str
    engine: str
    made_at: str
    migrations: list[tuple[str, str]]
    tables: list[Table]
    counters: dict[str, int]
    """The last number that each table has given out, so that none is given twice."""
    product: str = PRODUCT

    def as_json(self) -> bytes:
        """The head as it is written."""
        return orjson.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows (or bytes) there are, and the SHA-256 over them."""

    count: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What the backup must hold: each table's rows, each file's bytes."""

    head: Head
    tables: dict[str, Sum] = field(default_factory=dict)
    files: dict[str, Sum] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.count for table in self.tables.values())

    def as_json(self) -> bytes:
        """The manifest as it is written; the head stands in the archive already."""
        return orjson.dumps(
            {part: {name: asdict(s) for name, s in getattr(self, part).items()} for part in ("tables", "files")}
        )


class Summing:
    """Passes blocks through and sums them up."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._count = 0

    def rows(self, blocks: Iterable[bytes], spelling: Callable[[bytes], bytes] = bytes) -> Iterator[bytes]:
        """Blocks of lines, counted by lines; summed up in another spelling where one is given."""
        for block in blocks:
            self._sha.update(spelling(block))
            self._count += block.count(b"\n")
            yield block

    def bytes(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks of a file, counted by bytes."""
        for block in blocks:
            self._sha.update(block)
            self._count += len(block)
            yield block

    def sum(self) -> Sum:
        """What passed through."""
        return Sum(self._count, self._sha.hexdigest())


class ArchiveWriter:
    """Writes head, tables and files in their order, and the manifest last."""

    def __init__(self, sealed: SealedWriter, head: Head) -> None:
        self._sealed = sealed
        self.manifest = Manifest(head)
        self._put(HEAD, head.as_json())

    def table(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write the rows of a table."""
        summing = Summing()
        self._put(TABLE, name.encode())
        for block in summing.rows(blocks):
            self._put(ROWS, block)
        self.manifest.tables[name] = summing.sum()

    def file(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file of the data folder."""
        summing = Summing()
        self._put(FILE, name.encode())
        for block in summing.bytes(blocks):
            self._put(BYTES, block)
        self.manifest.files[name] = summing.sum()

    def close(self) -> None:
        """Write the manifest and seal the end."""
        self._put(MANIFEST, self.manifest.as_json())
        self._sealed.close()

    def _put(self, kind: bytes, payload: bytes) -> None:
        self._sealed.write(kind + len(payload).to_bytes(4, "big"))
        self._sealed.write(payload)


@dataclass(frozen=True, slots=True)
class Part:
    """A table (`TABLE`) or a file (`FILE`) and its blocks, which must be read before the next part is asked for."""

    kind: bytes
    name: str
    blocks: Iterator[bytes]


class ArchiveReader:
    """Reads what `ArchiveWriter` wrote, once, in order. Raises BackupRefused when it isn't that."""

    def __init__(self, sealed: SealedReader) -> None:
        self._sealed = sealed
        self._next = self._get()
        self.manifest = Manifest(_head(self._take(HEAD)))

    def parts(self) -> Iterator[Part]:
        """Every table and every file; at the end the manifest is complete."""
        while self._next[0] in (TABLE, FILE):
            kind, name = self._next
            self._next = self._get()
            blocks = self._blocks(ROWS if kind == TABLE else BYTES)
            yield Part(kind, name.decode(), blocks)
            for _ in blocks:  # what the reader left
                pass
        sums = orjson.loads(self._take(MANIFEST))
        self.manifest.tables = {name: Sum(**values) for name, values in sums["tables"].items()}
        self.manifest.files = {name: Sum(**values) for name, values in sums["files"].items()}
        if self._next != (b"", b""):
            raise damaged()

    def _blocks(self, kind: bytes) -> Iterator[bytes]:
        while self._next[0] == kind:
            block = self._next[1]
            self._next = self._get()
            yield block

    def _take(self, kind: bytes) -> bytes:
        found, payload = self._next
        if found != kind:
            raise damaged()
        self._next = self._get()
        return payload

    def _get(self) -> tuple[bytes, bytes]:
        start = self._sealed.read(5)
        if not start:
            return b"", b""
        length = int.from_bytes(start[1:], "big")
        if length > MOST:
            raise damaged()
        payload = self._sealed.read(length)
        if len(payload) != length:
            raise damaged()
        return start[:1], payload


def _head(written: bytes) -> Head:
    values: dict[str, Any] = orjson.loads(written)
    tables = [
        Table(t["name"], tuple((name, kind) for name, kind in t["columns"]), tuple(t["key"])) for t in values["tables"]
    ]
    migrations = [(app, name) for app, name in values["migrations"]]
    return Head(**{**values, "tables": tables, "migrations": migrations})


@contextmanager
def reading(path: Path, key: bytes) -> Iterator[ArchiveReader]:
    """An archive that is open for reading."""
    with path.open("rb") as file:
        yield ArchiveReader(SealedReader(file, key))


def inspect(path: Path, key: bytes) -> Manifest:
    """Read a backup through and hold it against its manifest. Raises BackupRefused or OSError."""
    found: dict[bytes, dict[str, Sum]] = {TABLE: {}, FILE: {}}
    with reading(path, key) as archive:
        for part in archive.parts():
            if part.name in found[part.kind]:
                raise damaged()
            summing = Summing()
            for _ in (summing.rows if part.kind == TABLE else summing.bytes)(part.blocks):
                pass
            found[part.kind][part.name] = summing.sum()
    manifest = archive.manifest
    named = {table.name for table in manifest.head.tables}
    if (found[TABLE], found[FILE]) != (manifest.tables, manifest.files) or named != set(manifest.tables):
        raise damaged()
    return manifest


def safe_path(root: Path, name: str) -> Path:
    """Where a file of the backup belongs. Raises BackupRefused for a name that leads out of the folder."""
    target = Path(os.path.normpath(root / name))
    if not target.is_relative_to(root) or target == root:
        raise damaged()
    return target
