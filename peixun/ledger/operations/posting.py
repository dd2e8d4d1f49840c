"""Posting and reversing credits: replay-safe, thousands at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from peixun.kernel import bulk
from peixun.kernel.hours import to_quarters
from peixun.ledger import hooks, rules
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations.lateness import hold_posting, note_late
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_persons
from peixun.people.queries.scope import Actor

CreditKey = tuple[int, str, str, str, str, int]

MAX_QUARTERS = 4 * 1000
COLUMNS = (
    "activity",
    "person",
    "happened_on",
    "hours",
    "source_kind",
    "source",
    "source_ref",
    "part",
    "revision",
    "reverses",
    "reason",
    "posted_at",
    "posted_by",
    "digest",
)


class CreditConflict(Exception):
    """Known keys came with other content."""

    def __init__(self, keys: Sequence[CreditKey]) -> None:
        super().__init__(f"{len(keys)} credits are known with other content")
        self.keys = list(keys)


class NotReversible(Exception):
    """The entry is a reversal, or has been reversed already."""


@dataclass(frozen=True, slots=True)
class NewCredit:
    """Hours earned by one person from one activity on a day; `quarters` of an hour, uncapped."""

    source_kind: str
    source: str
    source_ref: str
    person_id: int
    activity_id: int
    happened_on: date
    quarters: int
    part: str = ""
    revision: int = 1

    @property
    def key(self) -> CreditKey:
        """What makes it the same credit."""
        return (self.person_id, self.source_ref, self.source, self.source_kind, self.part, self.revision)

    @property
    def content(self) -> tuple[int, date, int]:
        """What must be the same when the key is."""
        return (self.activity_id, self.happened_on, self.quarters)


@dataclass(frozen=True, slots=True)
class PostResult:
    """What a post did: entries written, and credits that were known already."""

    written: int
    unchanged: int
    person_ids: frozenset[int]


def entry_digest(values: Sequence[Any], activity_digest: bytes) -> bytes:
    """The digest of a row: its values in the order of `COLUMNS` (quarters, ISO dates, instant text) and its
    activity's digest."""
    return rules.digest((*values, activity_digest.hex()))


def post(credits: Sequence[NewCredit], *, by: Actor, at: datetime, late_reason: str = "") -> PostResult:
    """This operation will write the credits that aren't known yet and tell coverage, in one transaction.

    Known ones with the same content are passed over, so that a replay is harmless. Raises CreditConflict when a
    known key comes with other content, YearClosed when the year of a new one is closed and no `late_reason` is
    given, and ValueError for hours out of range; then nothing is written.
    """
    wanted = _distinct(credits)
    if not wanted:
        return PostResult(0, 0, frozenset())
    with transaction.atomic():
        person_ids = {credit.person_id for credit in wanted.values()}
        hold_posting(alone=False)
        lock_persons(person_ids)
        digests = _activity_digests({credit.activity_id for credit in wanted.values()})
        written = bulk.insert(
            CreditEntry,
            COLUMNS,
            _rows(wanted.values(), digests, by, at),
            ignore_conflicts=True,
            returning=("person", "source_ref", "source", "source_kind", "part", "revision", "id"),
        )
        if len(written) < len(wanted):
            _check_known(wanted, {tuple(row[:-1]) for row in written})
        fresh = [wanted[tuple(row[:-1])] for row in written]
        if fresh:
            placed = zip(written, fresh, strict=True)
            note_late([(row[-1], c.person_id, c.happened_on) for row, c in placed], reason=late_reason, by=by, at=at)
            touched = {credit.person_id for credit in fresh}
            hooks.changed.fire(touched, frozenset(credit.happened_on.year for credit in fresh))
        return PostResult(len(written), len(wanted) - len(written), frozenset(credit.person_id for credit in fresh))


def reverse(
    entry: CreditEntry,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    replacement: NewCredit | None = None,
) -> CreditEntry:
    """This operation will cancel an entry by another one and, where given, post its next revision.

    After the year's closing the reason stands for why it comes late, too. Raises NotReversible for a reversal or an
    entry that has been reversed, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("a reversal needs a reason")
    if entry.reverses_id is not None:
        raise NotReversible("a reversal can't be reversed: post the next revision instead")
    with transaction.atomic():
        hold_posting(alone=False)
        lock_persons({entry.person_id})
        if CreditEntry.objects.filter(reverses=entry).exists():
            raise NotReversible("this entry has been reversed already")
        digests = _activity_digests({entry.activity_id})
        values = [
            entry.activity_id,
            entry.person_id,
            entry.happened_on,
            -to_quarters(entry.hours),
            entry.source_kind,
            entry.source,
            entry.source_ref,
            entry.part,
            entry.revision,
            entry.pk,
            reason,
        ]
        [(reversal_id,)] = bulk.insert(
            CreditEntry, COLUMNS, [_sealed_row(values, digests[entry.activity_id], by, at)], returning=("id",)
        )
        audit.record(
            by=by,
            at=at,
            action="reverse",
            subject="credit",
            subject_id=entry.pk,
            organisation_id=place_of_persons({entry.person_id}),
            reason=reason,
        )
        note_late([(reversal_id, entry.person_id, entry.happened_on)], reason=reason, by=by, at=at)
        years = {entry.happened_on.year}
        if replacement is not None:
            post([replacement], by=by, at=at, late_reason=reason)
            years.add(replacement.happened_on.year)
        hooks.changed.fire({entry.person_id}, frozenset(years))
        return CreditEntry.objects.get(pk=reversal_id)


def lock_persons(person_ids: Collection[int]) -> None:
    """Hold these persons until the transaction ends, so that their kept figures see every credit.

    On SQLite the one writer holds the whole database already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM people_person WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
                [sorted(person_ids)],
            )


def _distinct(credits: Iterable[NewCredit]) -> dict[CreditKey, NewCredit]:
    wanted: dict[CreditKey, NewCredit] = {}
    conflicts = []
    for credit in credits:
        if not 0 < credit.quarters <= MAX_QUARTERS:
            raise ValueError(f"hours out of range: {credit.quarters} quarters")
        known = wanted.setdefault(credit.key, credit)
        if known.content != credit.content:
            conflicts.append(credit.key)
    if conflicts:
        raise CreditConflict(conflicts)
    return wanted


def _activity_digests(ids: set[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for chunk in bulk.chunks(ids, 5000):
        found.update((pk, bytes(d)) for pk, d in Activity.objects.filter(pk__in=chunk).values_list("pk", "digest"))
    return found


def _sealed_row(values: list[Any], activity: bytes, by: Actor, at: datetime) -> list[Any]:
    tail = [at, by.account_id]
    digest = entry_digest([*values, rules.instant_text(at), by.account_id], activity)
    return [*values, *tail, digest]


def _rows(credits: Iterable[NewCredit], digests: dict[int, bytes], by: Actor, at: datetime) -> Iterable[list[Any]]:
    moment, account = rules.instant_text(at), by.account_id
    stored = bulk.instant(at)
    for c in credits:
        values = [
            c.activity_id,
            c.person_id,
            c.happened_on,
            c.quarters,
            c.source_kind,
            c.source,
            c.source_ref,
            c.part,
            c.revision,
            None,
            "",
        ]
        digest = entry_digest([*values, moment, account], digests[c.activity_id])
        yield [*values, stored, account, digest]


def _check_known(wanted: dict[CreditKey, NewCredit], written: set[tuple[Any, ...]]) -> None:
    """Raise CreditConflict unless every credit that was passed over is known with the same content."""
    passed = {key: credit for key, credit in wanted.items() if key not in written}
    content: dict[CreditKey, tuple[int, date, int]] = {}
    for chunk in bulk.chunks(passed, 500):
        rows = CreditEntry.objects.filter(
            person__in={key[0] for key in chunk},
            source_ref__in={key[1] for key in chunk},
            reverses__isnull=True,
        ).values_list(
            "person_id",
            "source_ref",
            "source",
            "source_kind",
            "part",
            "revision",
            "activity_id",
            "happened_on",
            "hours",
        )
        content.update((r[:6], (r[6], r[7], to_quarters(r[8]))) for r in rows)
    conflicts = [key for key, credit in passed.items() if content.get(key) != credit.content]
    if conflicts:
        raise CreditConflict(conflicts)
