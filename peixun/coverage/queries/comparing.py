"""Two positions of one organisation side by side, and what was known of one at an earlier time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import DIMENSIONS, PersonYears
from peixun.coverage.queries.position import NOTHING, Count, Position, position
from peixun.coverage.rules import ALL, WIDTH, Sums
from peixun.kernel import clock
from peixun.people.models import Membership, Organisation

KNOWN_LIMIT = 5000
"""So many persons a page works out as they were known at an earlier time."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a comparison: two counts of the same cut."""

    key: str
    name: str
    before: Count
    after: Count
    organisation: Organisation | None = None

    @property
    def covered(self) -> int:
        """How many more people are covered; negative for fewer."""
        return self.after.covered - self.before.covered

    @property
    def due(self) -> int:
        """How many more people are due."""
        return self.after.due - self.before.due

    @property
    def fulfilled(self) -> int:
        """How many more people have fulfilled."""
        return self.after.fulfilled - self.before.fulfilled

    @property
    def person_times(self) -> int:
        """How many more person-times."""
        return self.after.person_times - self.before.person_times

    @property
    def hours(self) -> Decimal:
        """How many more counted hours."""
        return self.after.hours - self.before.hours

    @property
    def points(self) -> Decimal | None:
        """By how many percentage points the share covered differs, as both are shown; None where one has no share."""
        return difference(self.before.share, self.after.share)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two positions with their lines in pairs; children with the largest change first, whichever its direction."""

    before: Position
    after: Position
    total: Pair
    audiences: list[Pair]
    dimensions: list[Pair]
    children: list[Pair]

    @property
    def updating(self) -> bool:
        """Whether the figures of either lag."""
        return self.before.updating or self.after.updating


def difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """After less before; None where either is missing."""
    return None if before is None or after is None else after - before


def compare(organisation: Organisation, before: date, after: date, *, books: Books) -> Comparison:
    """An organisation's positions at two dates, of the same year or of different ones, side by side."""
    first = position(organisation, year=before.year, as_of=before, books=books)
    second = position(organisation, year=after.year, as_of=after, books=books)
    names = {a.key: a.name for a in books.organisations.audiences}
    return Comparison(
        before=first,
        after=second,
        total=Pair("", str(organisation), first.total, second.total),
        audiences=_pairs(names, {a.key: a.count for a in first.audiences}, {a.key: a.count for a in second.audiences}),
        dimensions=[
            pair
            for name in DIMENSIONS
            for pair in _dimension(name, first.dimensions.get(name, {}), second.dimensions.get(name, {}))
        ],
        children=_children(first, second),
    )


def _pairs(names: Mapping[str, str], before: Mapping[str, Count], after: Mapping[str, Count]) -> list[Pair]:
    return [
        Pair(key, name, before.get(key, NOTHING), after.get(key, NOTHING))
        for key, name in names.items()
        if key in before or key in after
    ]


def _dimension(name: str, before: Mapping[str, Count], after: Mapping[str, Count]) -> Iterable[Pair]:
    for value in sorted(before.keys() | after.keys()):
        yield Pair(f"{name}:{value}", value, before.get(value, NOTHING), after.get(value, NOTHING))


def _children(first: Position, second: Position) -> list[Pair]:
    before = {c.organisation.pk: c.count for c in first.children}
    after = {c.organisation.pk: c.count for c in second.children}
    every = {c.organisation.pk: c.organisation for c in (*first.children, *second.children)}
    pairs = [Pair(o.code, o.name, before.get(pk, NOTHING), after.get(pk, NOTHING), o) for pk, o in every.items()]
    return sorted(pairs, key=lambda p: (-abs(p.covered), -abs(p.due), p.key))


def total_known_at(organisation: Organisation, day: date, moment: datetime, *, books: Books) -> Count | None:
    """The count of a subtree at a date from the entries posted by a moment; None for more than `KNOWN_LIMIT` persons.

    Only entries tell when they were recorded: the roll, the tree and the rules are those that are known now.
    """
    below = frozenset(books.organisations.at(day).subtree(organisation.pk))
    rows = Membership.objects.on(day).filter(organisation__in=below)
    persons = set(rows.values_list("person_id", flat=True)[: KNOWN_LIMIT * 2])
    if len(persons) > KNOWN_LIMIT:
        return None
    sums = Sums(1, books.audience_keys, below)
    for computed in PersonYears(books, year=day.year, dates=[day], known_at=moment).compute(persons):
        sums.add(computed.result)
    numbers = [0] * WIDTH
    for (_branch, cut), row in sums.totals().items():
        if cut == ALL:
            numbers = [a + b for a, b in zip(numbers, row, strict=True)]
    return Count(*numbers)


@dataclass(frozen=True, slots=True)
class Month:
    """One month's end, or the date itself in the month that runs; `pair` sets it beside the month before."""

    day: date
    count: Count
    pair: Pair | None


def month_by_month(at: Position) -> list[Month]:
    """The month ends of a position's year, each beside the one before."""
    found: list[Month] = []
    for number, count in enumerate(at.months, 1):
        day = min(clock.month_end(at.year, number), at.as_of)
        pair = Pair("", "", found[-1].count, count) if found else None
        found.append(Month(day, count, pair))
    return found
