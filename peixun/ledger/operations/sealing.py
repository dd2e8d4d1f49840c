"""Sealing chains committed rows into batches without locking writers; verifying names what doesn't fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from peixun.kernel import snapshots
from peixun.kernel.hours import to_quarters
from peixun.ledger import rules
from peixun.ledger.models import Activity, CreditEntry, CreditQuerySet, Seal
from peixun.ledger.operations.activities import NAMES, activity_digest
from peixun.ledger.operations.posting import COLUMNS, entry_digest

BATCH = 20000
LEAF = 8
GENESIS = bytes(32)
SEALING_LOCK = 7301  # any constant: PostgreSQL's advisory lock that keeps sealing to one process


@transaction.atomic
def seal(*, at: datetime) -> int:
    """This operation will chain every committed row that no seal covers yet; it returns how many.

    On PostgreSQL a row may commit later than one with a higher id: such an id stays open until its row appears or
    every transaction of its time has ended.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING_LOCK])
    sealed = 0
    while True:
        last = Seal.objects.order_by("number").last()
        rows = _unsealed(last)
        if not rows:
            return sealed
        _write_seal(last, rows, at)
        sealed += len(rows)


def _unsealed(last: Seal | None) -> list[tuple[int, bytes]]:
    watermark = last.watermark if last else 0
    rows: list[tuple[int, bytes]] = []
    for first, end, _ in last.open_ids if last else ():
        rows.extend(_digests(CreditEntry.objects.filter(pk__gte=first, pk__lte=end)))
    rows.extend(_digests(CreditEntry.objects.filter(pk__gt=watermark).order_by("pk")[:BATCH]))
    return sorted(rows)


def _digests(entries: CreditQuerySet) -> list[tuple[int, bytes]]:
    return [(pk, bytes(digest)) for pk, digest in entries.values_list("pk", "digest")]


def _write_seal(last: Seal | None, rows: list[tuple[int, bytes]], at: datetime) -> None:
    watermark = last.watermark if last else 0
    runs = rules.to_runs([pk for pk, _ in rows])
    above = [run for run in runs if run[1] > watermark]
    still_open = _still_open(last, {pk for pk, _ in rows})
    horizon = snapshots.newest_transaction()
    if horizon >= snapshots.oldest_running_transaction():
        still_open += [[first, end, horizon] for first, end in rules.gaps(above, watermark)]
    Seal.objects.create(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        rows=len(rows),
        runs=runs,
        leaves=b"".join(digest[:LEAF] for _, digest in rows),
        watermark=max(watermark, rows[-1][0]),
        open_ids=still_open,
        digest=rules.chain(bytes(last.digest) if last else GENESIS, rows),
    )


def _still_open(last: Seal | None, sealed: set[int]) -> list[list[int]]:
    if last is None:
        return []
    oldest = snapshots.oldest_running_transaction()
    kept: list[list[int]] = []
    for first, end, horizon in last.open_ids:
        if horizon >= oldest:
            left = [pk for pk in range(first, end + 1) if pk not in sealed]
            kept.extend([a, b, horizon] for a, b in rules.to_runs(left))
    return kept


@dataclass
class Verification:
    """What verifying found: rows sealed and right, rows not yet sealed, and each fault in plain words."""

    sealed: int = 0
    unsealed: int = 0
    head: str = ""
    faults: list[dict[str, object]] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, removed or slipped in."""
        return not self.faults

    def fault(self, kind: str, entry: int | None, **detail: object) -> None:
        """Note a fault: `changed`, `removed`, `slipped_in`, `activity_changed` or `seal_broken`."""
        self.faults.append({"fault": kind, "entry": entry, **detail})


def verify() -> Verification:
    """This operation will recompute every digest and the chain, and name what doesn't fit. It writes nothing.

    No transaction spans it, so that nobody who writes has to wait: the seals are read first, and whatever is posted
    after that lies beyond them and counts as not yet sealed.
    """
    result = Verification()
    seals = list(Seal.objects.order_by("number"))
    activities = _verify_activities(result)
    leaves: dict[int, bytes] = {}
    for number, seal_row in enumerate(seals, 1):
        if seal_row.number != number:
            result.fault("seal_broken", None, seal=number)
        leaves.update(_leaves(seal_row))
    members, broken = _verify_rows(result, _rows(activities), leaves, seals[-1] if seals else None)
    previous = GENESIS
    for seal_row in seals:
        ids = [pk for first, end in seal_row.runs for pk in range(first, end + 1)]
        chained = rules.chain(previous, ((pk, members.get(pk, b"")) for pk in ids))
        if chained != bytes(seal_row.digest) and not broken.intersection(ids):
            result.fault("seal_broken", None, seal=seal_row.number)
        previous = bytes(seal_row.digest)
    result.head = previous.hex() if seals else ""
    return result


class _ActivityDigests(dict[int, bytes]):
    """Digests by activity; one that was opened while we were reading is looked up."""

    def __missing__(self, activity_id: int) -> bytes:
        found = Activity.objects.filter(pk=activity_id).values_list("digest", flat=True).first()
        self[activity_id] = bytes(found or b"")
        return self[activity_id]


def _leaves(seal_row: Seal) -> Iterator[tuple[int, bytes]]:
    position, stored = 0, bytes(seal_row.leaves)
    for first, end in seal_row.runs:
        for pk in range(first, end + 1):
            yield pk, stored[position : position + LEAF]
            position += LEAF


def _verify_activities(result: Verification) -> _ActivityDigests:
    digests = _ActivityDigests()
    names = ["organiser_id" if n == "organiser_id" else n for n in NAMES]
    for pk, stored, *values in Activity.objects.values_list("pk", "digest", *names).iterator(chunk_size=5000):
        digests[pk] = bytes(stored)
        if activity_digest(*values) != bytes(stored):
            result.fault("activity_changed", None, activity=pk)
    return digests


def _rows(activities: _ActivityDigests) -> Iterator[tuple[int, bytes, bytes]]:
    names = [f"{n}_id" if n in {"activity", "person", "reverses"} else n for n in COLUMNS[:-1]]
    entries = CreditEntry.objects.order_by("pk").values_list("pk", "digest", *names)
    for pk, stored, *values in entries.iterator(chunk_size=5000):
        values[3] = to_quarters(values[3])
        values[11] = rules.instant_text(values[11])
        yield pk, bytes(stored), entry_digest(values, activities[values[0]])


def _verify_rows(
    result: Verification,
    rows: Iterator[tuple[int, bytes, bytes]],
    leaves: dict[int, bytes],
    last: Seal | None,
) -> tuple[dict[int, bytes], set[int]]:
    watermark = last.watermark if last else 0
    open_ids = [(first, end) for first, end, _ in last.open_ids] if last else []
    members: dict[int, bytes] = {}
    broken: set[int] = set()
    for pk, stored, computed in rows:
        leaf = leaves.get(pk)
        if stored != computed or (leaf is not None and stored[:LEAF] != leaf):
            result.fault("changed", pk)
            broken.add(pk)
        if leaf is not None:
            members[pk] = stored
            result.sealed += 1
        elif pk > watermark or any(first <= pk <= end for first, end in open_ids):
            result.unsealed += 1
        else:
            result.fault("slipped_in", pk)
    for pk in leaves.keys() - members.keys():
        result.fault("removed", pk)
        broken.add(pk)
    return members, broken
