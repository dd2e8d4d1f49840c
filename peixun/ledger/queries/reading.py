"""Reading effective entries in bulk, for rooms that work figures out of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from peixun.kernel import bulk


class EffectiveItem(NamedTuple):
    """An entry that no reversal has cancelled."""

    entry_id: int
    day: date
    activity_id: int
    quarters: int


class ActivityRow(NamedTuple):
    """What figures need of an activity; `dimensions` are tier, delivery, setting, strand, example."""

    id: int
    digest: bytes
    kind: str
    dimensions: tuple[str, str, str, str, str]


ENTRY_SQL = """
    SELECT id, person_id, happened_on, activity_id, hours, reverses_id
    FROM ledger_creditentry
    WHERE {persons} AND happened_on BETWEEN %s AND %s {known}
"""

ACTIVITY_SQL = """
    SELECT id, digest, kind, tier, delivery, setting, strand, example FROM ledger_activity WHERE {ids}
"""


def id_filter(column: str, ids: Collection[int]) -> tuple[str, list[Any]]:
    """A condition for many ids that each database plans well, with its parameters."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(ids)]
    ordered = sorted(ids)
    if ordered and ordered[-1] - ordered[0] + 1 == len(ordered):
        return f"{column} BETWEEN %s AND %s", [ordered[0], ordered[-1]]
    return f"{column} IN ({','.join(map(str, ordered)) or 'NULL'})", []


def effective_items(
    person_ids: Collection[int], *, first: date, last: date, known_at: datetime | None = None
) -> dict[int, list[EffectiveItem]]:
    """Effective entries by person, of days from `first` to `last`; only those posted by `known_at`, if given."""
    found: dict[int, list[EffectiveItem]] = defaultdict(list)
    days: dict[Any, date] = {}
    with connection.cursor() as cursor:
        for chunk in bulk.chunks(person_ids, 20000):
            condition, parameters = id_filter("person_id", chunk)
            known, moment = ("", []) if known_at is None else ("AND posted_at <= %s", [bulk.instant(known_at)])
            cursor.execute(
                ENTRY_SQL.format(persons=condition, known=known),
                [*parameters, first.isoformat(), last.isoformat(), *moment],
            )
            rows = cursor.fetchall()
            cancelled = {row[5] for row in rows if row[5] is not None}
            for entry_id, person_id, day, activity_id, quarters, reverses in rows:
                if reverses is None and entry_id not in cancelled:
                    known_day = days.get(day)
                    if known_day is None:
                        known_day = days[day] = day if isinstance(day, date) else date.fromisoformat(day)
                    found[person_id].append(EffectiveItem(entry_id, known_day, activity_id, quarters))
    return found


def activity_facts(ids: Collection[int]) -> Iterator[ActivityRow]:
    """What figures need of these activities."""
    with connection.cursor() as cursor:
        for chunk in bulk.chunks(ids, 20000):
            condition, parameters = id_filter("id", chunk)
            cursor.execute(ACTIVITY_SQL.format(ids=condition), parameters)
            for pk, digest, kind, *dimensions in cursor.fetchall():
                yield ActivityRow(pk, bytes(digest), kind, tuple(dimensions))
