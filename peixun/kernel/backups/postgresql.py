"""Backups on PostgreSQL, by COPY: a REPEATABLE READ transaction is the snapshot, one transaction builds anew."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from peixun.kernel.backups.lines import Table, quoted, whole_lines
from peixun.kernel.backups.occupied import MIGRATIONS, ours, refuse_occupied
from peixun.kernel.backups.refusals import BackupRefused

KINDS = {
    "boolean": "bool",
    "timestamp with time zone": "instant",
    "bytea": "bytes",
    "jsonb": "json",
    "uuid": "uuid",
}
SPELLING = (
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL maintenance_work_mem = '256MB'",
)
TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
KEY = """
    SELECT a.attname, a.attcollation <> 0 FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)"""
COUNTERS = """
    SELECT c.relname, s.relname, n.nspname FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
    JOIN pg_class c ON c.oid = d.refobjid
    WHERE d.deptype IN ('a', 'i') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"""
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1"""


class PostgresqlSnapshot:
    """Reads through a connection in whose transaction nothing changes."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def _rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        with self._raw.cursor() as cursor:
            cursor.execute(sql, list(parameters) or None)
            return [tuple(row) for row in cursor.fetchall()]

    def _do(self, sql: str) -> None:
        with self._raw.cursor() as cursor:
            cursor.execute(sql)

    def names(self) -> list[str]:
        """The names of all tables."""
        return sorted(row[0] for row in self._rows(TABLES))

    def tables(self) -> list[Table]:
        """Every table of the product with its columns."""
        known = ours()
        return [self._table(name) for name in self.names() if name in known]

    def _table(self, name: str) -> Table:
        columns = [(column, KINDS.get(kind, "plain")) for column, kind in self._rows(COLUMNS, [quoted(name)])]
        key = [column for column, _ in self._rows(KEY, [quoted(name)])]
        return Table(name, tuple(columns), tuple(key))

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows in the order of the key; texts by their bytes, whatever the database's own order is."""
        texts = {column for column, text in self._rows(KEY, [quoted(table.name)]) if text}
        order = ", ".join(quoted(c) + (' COLLATE "C"' if c in texts else "") for c in table.key)
        ordered = f" ORDER BY {order}" if order else ""
        sql = f"COPY (SELECT {table.listed} FROM {quoted(table.name)}{ordered}) TO STDOUT"  # noqa: S608
        with self._raw.cursor() as cursor, cursor.copy(sql) as copy:
            yield from whole_lines(copy)

    def counters(self) -> dict[str, int]:
        """What the sequences have given out."""
        found = {}
        for table, sequence, schema in self._rows(COUNTERS):
            sql = f"SELECT last_value, is_called FROM {quoted(schema)}.{quoted(sequence)}"  # noqa: S608
            last, called = self._rows(sql)[0]
            if called:
                found[table] = last
        return found

    def migrations(self) -> list[tuple[str, str]]:
        """The migrations that were applied."""
        return [(app, name) for app, name in self._rows(f"SELECT app, name FROM {MIGRATIONS} ORDER BY id")]  # noqa: S608


class PostgresqlBuilding(PostgresqlSnapshot):
    """Fills new tables within the transaction of Django's own connection."""

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Foreign keys and indexes are made when the rows are in: each is checked as a whole, which is far quicker."""
        keys, indexes = self._rows(FOREIGN_KEYS), self._rows(INDEXES)
        for table, name, _definition in keys:
            self._do(f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}")
        for name, _definition in indexes:
            self._do(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            self._do(definition)
        for table, name, definition in keys:
            self._do(f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} {definition}")
        self._do("ANALYZE")

    def load(self, table: Table, blocks: Iterable[bytes]) -> None:
        """Put rows into an empty table."""
        sql = f"COPY {quoted(table.name)} ({table.listed}) FROM STDIN"
        with self._raw.cursor() as cursor, cursor.copy(sql) as copy:
            for block in blocks:
                copy.write(block)

    def set_counters(self, counters: dict[str, int]) -> None:
        """Go on counting where the tables left off."""
        for table, sequence, schema in self._rows(COUNTERS):
            if counters.get(table):
                self._rows("SELECT setval(%s, %s)", [f"{quoted(schema)}.{quoted(sequence)}", counters[table]])


class PostgresqlStore:
    """The database of this installation."""

    engine = "postgresql"

    @contextmanager
    def snapshot(self) -> Iterator[PostgresqlSnapshot]:
        """A transaction of its own connection: writers go on, and it sees none of what they write."""
        with closing(connection.get_new_connection(connection.get_connection_params())) as raw:
            raw.autocommit = True
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for statement in SPELLING:
                raw.execute(statement)
            yield PostgresqlSnapshot(raw)

    @contextmanager
    def building(self) -> Iterator[PostgresqlBuilding]:
        """One transaction around everything, the making of the tables too."""
        with transaction.atomic():
            raw = connection.connection
            for statement in SPELLING:
                raw.execute(statement)
            building = PostgresqlBuilding(raw)
            _clear(building)
            yield building


def _clear(building: PostgresqlBuilding) -> None:
    """Take away empty tables, so that the new ones are those of the backup's own version."""
    names = building.names()
    listed = ", ".join(map(quoted, names))
    with connection.cursor() as cursor:
        if names:
            try:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                cursor.execute(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
            except OperationalError as error:
                raise BackupRefused(_("数据库正在使用，请先停止系统再恢复")) from error

        def has_rows(name: str) -> bool:
            cursor.execute(f"SELECT 1 FROM {quoted(name)} LIMIT 1")  # noqa: S608
            return cursor.fetchone() is not None

        refuse_occupied(names, has_rows)
        if names:
            cursor.execute(f"DROP TABLE {listed} CASCADE")
