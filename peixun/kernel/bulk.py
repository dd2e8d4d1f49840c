"""Inserting thousands of rows in few statements: multi-row VALUES on SQLite, `unnest` on PostgreSQL.

Django's `bulk_create` builds an object and a parameter list per row; these paths take prepared tuples and are the
reason why posting and importing hold their bars (docs/adr/0003-two-databases.md).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

SQLITE_VARIABLES = 30000
Row = TypeVar("Row")


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of at most `size` rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def instant(moment: datetime) -> Any:
    """An instant as the database at hand stores it."""
    if connection.vendor == "sqlite":
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return moment


class Days(dict[Any, Any]):
    """Dates as the database gives them (text on SQLite) to dates, each parsed once."""

    def __missing__(self, stored: Any) -> date:
        """Parse a date that wasn't seen yet."""
        day = self[stored] = stored if isinstance(stored, date) else date.fromisoformat(stored)
        return day


def select(
    sql: str, column: str, ids: Iterable[int], parameters: Sequence[Any] = (), *, size: int = 20000
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a SELECT whose `{ids}` stands for a condition on many ids, in chunks that each database plans well."""
    with connection.cursor() as cursor:
        for chunk in chunks(ids, size):
            if connection.vendor == "postgresql":
                # As the column's own type: against smaller numbers PostgreSQL couldn't look them up by hash.
                cursor.execute(sql.format(ids=f"{column} = ANY(%s::bigint[])"), [chunk, *parameters])
            else:
                # Whole numbers stand in the statement itself: thousands of parameters cost more than the search.
                cursor.execute(sql.format(ids=f"{column} IN ({','.join(map(str, chunk))})"), parameters)
            yield cursor.fetchall()


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]


def _cast(field: models.Field[Any, Any]) -> str:
    db_type = field.db_type(connection) or "text"
    return db_type.split(" COLLATE ")[0].split("(")[0]


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _flat(rows: Iterable[Sequence[Any]], dated: Sequence[int]) -> list[Any]:
    """The values of all rows in one list, dates as SQLite stores them."""
    flat: list[Any] = []
    for row in rows:
        if dated:
            values = list(row)
            for index in dated:
                values[index] = _text(values[index])
            flat += values
        else:
            flat += row
    return flat


def _insert_sqlite(
    cursor: Any, head: str, tail: str, rows: Iterable[Sequence[Any]], *, width: int, dated: Sequence[int]
) -> list[tuple[Any, ...]]:
    written: list[tuple[Any, ...]] = []
    one = f"({', '.join('?' * width)})"
    statements: dict[int, str] = {}
    for chunk in chunks(rows, max(1, SQLITE_VARIABLES // width)):
        sql = statements.get(len(chunk))
        if sql is None:
            sql = statements[len(chunk)] = f"{head}{', '.join([one] * len(chunk))}{tail}"
        written.extend(_execute_sqlite(cursor, sql, _flat(chunk, dated)))
    return written


def _execute_sqlite(cursor: Any, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """Run a statement with SQLite's own placeholders: Django would look for its own in every copy of the text."""
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        sqlite3.Cursor.execute(cursor.cursor, sql, parameters)
        return sqlite3.Cursor.fetchall(cursor.cursor)


def analyse(*models_: type[models.Model]) -> None:
    """Have PostgreSQL look at what these tables hold (without any, at all), so that it plans well after a large load.

    It does so by itself a minute later; SQLite plans by the shape of the indexes alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models_)}")


def insert(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    ignore_conflicts: bool = False,
    update_on: Sequence[str] = (),
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows of prepared values (hours as quarters, JSON as text, foreign keys as ids).

    Returns the `returning` columns of the rows that were really written; with `ignore_conflicts`, rows whose unique
    key exists are passed over; with `update_on` (the fields of a unique key), they are overwritten.
    """
    fields = [model._meta.get_field(name) for name in names]
    columns = [_column(model, name) for name in names]
    head = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if update_on:
        key = [_column(model, name) for name in update_on]
        overwritten = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key)
        tail = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {overwritten}"
    if returning:
        tail += " RETURNING " + ", ".join(_column(model, name) for name in returning)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            written: list[tuple[Any, ...]] = []
            casts = [_cast(field) for field in fields]  # type: ignore[arg-type]
            arrays = ", ".join(f"%s::{'text' if cast == 'jsonb' else cast}[]" for cast in casts)
            picked = ", ".join(f"c{i}::jsonb" if cast == "jsonb" else f"c{i}" for i, cast in enumerate(casts))
            aliases = ", ".join(f"c{i}" for i in range(len(casts)))
            sql = f"{head} SELECT {picked} FROM unnest({arrays}) AS t({aliases}){tail}"  # noqa: S608
            for chunk in chunks(rows, 10000):
                cursor.execute(sql, [list(column) for column in zip(*chunk, strict=True)])
                if returning:
                    written.extend(cursor.fetchall())
            return written
        dated = [i for i, field in enumerate(fields) if isinstance(field, models.DateField)]
        return _insert_sqlite(cursor, f"{head} VALUES ", tail, rows, width=len(columns), dated=dated)
