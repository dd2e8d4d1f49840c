"""Finding many entries by person and reference, for sources that must know what they have posted."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from peixun.kernel import bulk

AT_ONCE = 5000
# SQLite keeps the order of a CROSS JOIN, the keys first; left to itself it would take the index on reverses_id, in
# which nearly every entry is null.
_SELECT = """
    SELECT e.person_id, e.source_ref, e.source, e.revision, e.part, e.activity_id, e.happened_on, e.hours
    FROM {keys} CROSS JOIN ledger_creditentry e {by_index}
    WHERE e.person_id = k.person_id AND e.source_ref = k.source_ref AND e.source_kind = %s AND e.reverses_id IS NULL
"""


class KeyedEntry(NamedTuple):
    """An entry that is no reversal, reversed or not."""

    person_id: int
    source_ref: str
    source: str
    revision: int
    part: str
    activity_id: int
    day: date
    quarters: int


def entries_by_reference(keys: Collection[tuple[int, str]], *, source_kind: str) -> Iterator[KeyedEntry]:
    """Entries of one kind of source under these persons and references, by one index look-up for each key."""
    with connection.cursor() as cursor:
        for chunk in bulk.chunks(keys, AT_ONCE):
            table, parameters = _keys(chunk)
            by_index = "" if connection.vendor == "postgresql" else "INDEXED BY credit_key"
            cursor.execute(_SELECT.format(keys=table, by_index=by_index), [*parameters, source_kind])
            for person, reference, source, revision, part, activity, day, quarters in cursor.fetchall():
                known_day = day if isinstance(day, date) else date.fromisoformat(day)
                yield KeyedEntry(person, reference, source, revision, part, activity, known_day, quarters)


def _keys(chunk: list[tuple[int, str]]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        arrays = [[person for person, _ in chunk], [reference for _, reference in chunk]]
        return "unnest(%s::bigint[], %s::text[]) AS k(person_id, source_ref)", arrays
    values = ", ".join(["(%s, %s)"] * len(chunk))
    head = "(SELECT column1 AS person_id, column2 AS source_ref FROM (VALUES "
    return f"{head}{values})) AS k", [value for key in chunk for value in key]
