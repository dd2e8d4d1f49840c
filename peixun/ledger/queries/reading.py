"""Reading effective entries in bulk, for rooms that work figures out of them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from peixun.kernel import bulk


class EffectiveItem(NamedTuple):
    """An entry that no reversal has cancelled."""

    day: date
    activity_id: int
    quarters: int
    entry_id: int


class ActivityRow(NamedTuple):
    """What figures need of an activity; `dimensions` are tier, delivery, setting, strand, example."""

    id: int
    digest: bytes
    kind: str
    dimensions: tuple[str, str, str, str, str]


ENTRY_SQL = """
    SELECT id, person_id, {day}, activity_id, reverses_id, hours
    FROM ledger_creditentry
    WHERE {{ids}} AND happened_on BETWEEN %s AND %s {known}
"""

ACTIVITY_SQL = """
    SELECT id, digest, kind, tier, delivery, setting, strand, example FROM ledger_activity WHERE {ids}
"""


def effective_items(
    person_ids: Collection[int], *, first: date, last: date, known_at: datetime | None = None
) -> dict[int, list[EffectiveItem]]:
    """Effective entries by person, of days from `first` to `last`; only those posted by `known_at`, if given."""
    found: dict[int, list[EffectiveItem]] = defaultdict(list)
    known, moment = ("", []) if known_at is None else ("AND posted_at <= %s", [bulk.instant(known_at)])
    span = [first.isoformat(), last.isoformat(), *moment]
    day_of = bulk.Days()
    make = tuple.__new__  # there are millions: half the cost of calling the class
    # Read as text, SQLite's dates are parsed once each and not once a row.
    stored_day = "CAST(happened_on AS text)" if connection.vendor == "sqlite" else "happened_on"
    for rows in bulk.select(ENTRY_SQL.format(known=known, day=stored_day), "person_id", person_ids, span):
        cancelled = {row[4] for row in rows if row[4] is not None}
        for entry_id, person_id, day, activity_id, reverses, quarters in rows:
            if reverses is None and entry_id not in cancelled:
                found[person_id].append(make(EffectiveItem, (day_of[day], activity_id, quarters, entry_id)))
    return found


def activity_facts(ids: Collection[int]) -> Iterator[ActivityRow]:
    """What figures need of these activities."""
    for rows in bulk.select(ACTIVITY_SQL, "id", ids):
        for pk, digest, kind, *dimensions in rows:
            yield ActivityRow(pk, bytes(digest), kind, tuple(dimensions))
