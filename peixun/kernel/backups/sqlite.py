"""Backups on SQLite: a read transaction is the snapshot, a new file beside the old one is what is being built."""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from peixun.kernel.backups.lines import Table, blocks, decode, encode, quoted
from peixun.kernel.backups.occupied import MIGRATIONS, ours, refuse_occupied
from peixun.kernel.backups.refusals import BackupRefused

KINDS = {"bool": "bool", "datetime": "instant", "blob": "bytes"}
WAIT = 20.0


class SqliteSnapshot:
    """Reads through a connection in whose transaction nothing changes."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def tables(self) -> list[Table]:
        """Every table of the product with its columns."""
        known = ours()
        names = [row[0] for row in self._raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [self._table(name) for name in sorted(names) if name in known]

    def _table(self, name: str) -> Table:
        sql = self._raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", [name]).fetchone()[0]
        info = self._raw.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
        columns = [(column, _kind(column, declared, sql)) for _, column, declared, *_ in info]
        key = [column for _, column, _, _, _, position in sorted(info, key=lambda row: row[5]) if position]
        return Table(name, tuple(columns), tuple(key))

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows in the order of the key."""
        order = ", ".join(map(quoted, table.key)) or "rowid"
        rows = self._raw.execute(f"SELECT {table.listed} FROM {quoted(table.name)} ORDER BY {order}")  # noqa: S608
        return blocks(encode(rows, table.kinds))

    def counters(self) -> dict[str, int]:
        """What AUTOINCREMENT has given out."""
        return dict(self._raw.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall())

    def migrations(self) -> list[tuple[str, str]]:
        """The migrations that were applied."""
        return self._raw.execute(f"SELECT app, name FROM {MIGRATIONS} ORDER BY id").fetchall()  # noqa: S608


def _kind(column: str, declared: str, sql: str) -> str:
    if f'JSON_VALID("{column}")' in sql:
        return "json"
    return KINDS.get(declared.lower(), "plain")


class SqliteBuilding(SqliteSnapshot):
    """Fills the new file through Django's own connection."""

    def __init__(self, raw: Any, path: Path) -> None:
        super().__init__(raw)
        self._path = path

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows as they stand in the file: Django's connection would turn dates and truth values into its own."""
        with closing(_open(self._path)) as raw:
            yield from SqliteSnapshot(raw).lines(table)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Indexes are made when the rows are in; then every foreign key is checked."""
        indexes = self._raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        connection.disable_constraint_checking()
        with transaction.atomic():
            for name, _sql in indexes:
                self._raw.execute(f"DROP INDEX {quoted(name)}")
            yield
            for _name, sql in indexes:
                self._raw.execute(sql)
        connection.enable_constraint_checking()
        connection.check_constraints()

    def load(self, table: Table, blocks: Iterable[bytes]) -> None:
        """Put rows into an empty table."""
        places = ", ".join("?" * len(table.columns))
        self._raw.executemany(
            f"INSERT INTO {quoted(table.name)} ({table.listed}) VALUES ({places})",  # noqa: S608
            decode(blocks, table.kinds),
        )

    def set_counters(self, counters: dict[str, int]) -> None:
        """Go on counting where the tables left off."""
        self._raw.execute("DELETE FROM sqlite_sequence")
        self._raw.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", counters.items())


class SqliteStore:
    """The file of this installation."""

    engine = "sqlite"

    def __init__(self) -> None:
        self._path = Path(connection.settings_dict["NAME"])

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """A read transaction: writers go on, and it sees none of what they write."""
        if not self._path.exists():
            raise BackupRefused(_("没有数据库文件 %(file)s") % {"file": self._path})
        with closing(_open(self._path)) as raw:
            raw.execute("BEGIN")
            raw.execute("SELECT 1 FROM sqlite_master").fetchone()  # the transaction begins with its first read
            yield SqliteSnapshot(raw)

    @contextmanager
    def building(self) -> Iterator[SqliteBuilding]:
        """A file beside the place where it belongs; it is renamed when all is well."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(self._path.name + ".restoring")
        connection.close()
        with _only_one(self._path.parent), self._held():
            _remove(new)
            connection.settings_dict["NAME"] = str(new)
            try:
                yield SqliteBuilding(_begin(), new)
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA journal_mode = DELETE")
                connection.close()
                _flush(new)
                new.replace(self._path)
                _flush(self._path.parent)
            finally:
                connection.close()
                connection.settings_dict["NAME"] = str(self._path)
                _remove(new)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the old file, so that no server starts on it before the new one is in place."""
        if not self._path.exists():
            yield
            return
        with closing(_open(self._path)) as raw:
            try:
                _refuse_occupied(raw)
                # Leaving WAL needs every other connection gone, and takes the old log away from beside the new file.
                raw.execute("PRAGMA busy_timeout = 2000")
                raw.execute("PRAGMA journal_mode = DELETE")
                raw.execute("BEGIN EXCLUSIVE")
                _refuse_occupied(raw)
            except sqlite3.OperationalError as error:
                raise BackupRefused(_("数据库正在使用，请先停止系统再恢复")) from error
            except sqlite3.DatabaseError as error:
                raise BackupRefused(_("%(file)s 不是数据库文件") % {"file": self._path}) from error
            yield


def _refuse_occupied(raw: sqlite3.Connection) -> None:
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    refuse_occupied(
        (name for name in names if name != "sqlite_sequence"),
        lambda name: raw.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1").fetchone() is not None,  # noqa: S608
    )


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=WAIT)


def _begin() -> Any:
    """Django's connection on the new file, which no power cut has to spare: it counts only when it is renamed."""
    connection.ensure_connection()
    raw = connection.connection
    raw.execute("PRAGMA journal_mode = MEMORY")
    raw.execute("PRAGMA synchronous = OFF")
    return raw


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BackupRefused(_("另一个恢复正在进行")) from error
    finally:
        os.close(held)


def _remove(path: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
