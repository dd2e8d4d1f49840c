"""The position of a subtree at a date: who is due, covered and fulfilled; by audience, dimension, child and month.

Month ends are read from the kept roll-ups. For other dates, and for branches whose roll-up is stale, the branches
concerned are worked out afresh and put in place of what is kept, so that an answer is right at any time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import orjson
from django.db import connection
from django.db.models import Q

from peixun.coverage.models import RollUp, StaleBranch
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.computing import DIMENSIONS, PersonYears
from peixun.coverage.rules import ALL, WIDTH, Sums
from peixun.kernel import clock
from peixun.kernel.hours import from_quarters
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Organisation, Post, StatusPeriod
from peixun.people.queries.organisation_book import Snapshot

LIVE_LIMIT = 60
"""So many stale branches a page works out by itself; with more of them it says that figures are being updated."""


class Count(NamedTuple):
    """People due, covered and fulfilled, person-times, and counted hours, of one cut."""

    due: int = 0
    covered: int = 0
    fulfilled: int = 0
    person_times: int = 0
    quarters: int = 0

    @property
    def hours(self) -> Decimal:
        """Counted hours."""
        return from_quarters(self.quarters)

    @property
    def missing(self) -> int:
        """People who are due and not covered."""
        return self.due - self.covered

    @property
    def unfulfilled(self) -> int:
        """People who are covered and still owe something, or have nothing to fulfil."""
        return self.covered - self.fulfilled

    @property
    def share(self) -> Decimal | None:
        """Covered of due in percent with one decimal, rounded down so that 100 means everybody; None if none is due."""
        return percent(self.covered, self.due)

    @property
    def fulfilled_share(self) -> Decimal | None:
        """Fulfilled of due in percent."""
        return percent(self.fulfilled, self.due)


def percent(part: int, whole: int) -> Decimal | None:
    """Percent with one decimal, rounded down; None of nothing."""
    return Decimal(part * 1000 // whole) / 10 if whole else None


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """One audience's count."""

    key: str
    name: str
    count: Count


@dataclass(frozen=True, slots=True)
class ChildCount:
    """One child organisation's count; `months` its series over the year."""

    organisation: Organisation
    count: Count
    months: list[Count]


@dataclass(frozen=True, slots=True)
class Position:
    """The answer. `months` are the organisation's month ends up to the date; `updating` says that figures lag."""

    organisation: Organisation
    year: int
    as_of: date
    total: Count
    audiences: list[AudienceCount]
    dimensions: dict[str, dict[str, Count]]
    children: list[ChildCount]
    months: list[Count]
    updating: bool = False

    def as_json(self) -> dict[str, object]:
        """The shape of the contract."""
        return {
            "organisation": {"code": self.organisation.code, "name": self.organisation.name},
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "members": _people(self.total),
            "person_times": self.total.person_times,
            "hours": str(self.total.hours),
            "audiences": [{"key": a.key, "name": a.name, **_people(a.count)} for a in self.audiences],
            "dimensions": {
                name: {
                    value: {"people": c.covered, "person_times": c.person_times, "hours": str(c.hours)}
                    for value, c in values.items()
                }
                for name, values in self.dimensions.items()
            },
            "children": [
                {"code": c.organisation.code, "name": c.organisation.name, **_people(c.count)} for c in self.children
            ],
        }


def _people(count: Count) -> dict[str, int]:
    return {"due": count.due, "covered": count.covered, "fulfilled": count.fulfilled}


NOTHING = Count()


@dataclass
class _Kept:
    """Kept roll-ups of some organisations as `{(organisation, cut): months}`, corrected where they are stale."""

    month: int
    series: dict[tuple[int, str], list[list[int]]]
    corrections: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * WIDTH))

    def count(self, organisation: int, cut: str) -> Count:
        """The count at the date asked."""
        months = self.series.get((organisation, cut))
        numbers = months[self.month - 1] if months else [0] * WIDTH
        extra = self.corrections.get((organisation, cut))
        if extra:
            numbers = [a + b for a, b in zip(numbers, extra, strict=True)]
        return Count(*numbers)

    def months(self, organisation: int, cut: str) -> list[Count]:
        """The month ends up to the date asked; the last one is the date itself."""
        months = self.series.get((organisation, cut)) or [[0] * WIDTH] * (self.month - 1)
        counts = [Count(*numbers) for numbers in months[: self.month - 1]]
        return [*counts, self.count(organisation, cut)]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Which counts a position shows: everybody's, an audience's, or those reached by a tier of those due in all."""

    kept: _Kept
    audience: str
    tier: str

    @property
    def _name(self) -> str:
        if self.tier:
            return f"tier:{self.tier}"
        return f"audience:{self.audience}" if self.audience else ALL

    def count(self, organisation: int) -> Count:
        """The count at the date asked."""
        count = self.kept.count(organisation, self._name)
        return count._replace(due=self.kept.count(organisation, ALL).due) if self.tier else count

    def months(self, organisation: int) -> list[Count]:
        """The counts at the month ends."""
        counts = self.kept.months(organisation, self._name)
        if not self.tier:
            return counts
        everybody = self.kept.months(organisation, ALL)
        return [count._replace(due=all_.due) for count, all_ in zip(counts, everybody, strict=True)]


def position(
    organisation: Organisation,
    *,
    year: int,
    as_of: date | None = None,
    audience: str = "",
    tier: str = "",
    books: Books | None = None,
) -> Position:
    """The position of an organisation's subtree in a year, at a date of that year (default: its end, or today).

    With the key of an audience, total, children and months count that audience. With a tier they count, of all who
    are due, those who took part in activities of the tier (nothing is fulfilled by a tier alone); the two aren't
    kept crossed: ValueError for both, or for a date outside the year.
    """
    if audience and tier:
        raise ValueError("an audience and a tier aren't kept crossed")
    day = as_of or clock.as_of_default(year)
    if day.year != year:
        raise ValueError("the date lies outside the year")
    books = books or current_books()
    snapshot = books.organisations.at(day)
    children = snapshot.children.get(organisation.pk, [])
    wanted = [organisation.pk, *children]
    kept = _Kept(day.month, _read(wanted, year))
    updating = _correct(kept, books, snapshot, wanted=wanted, year=year, day=day)
    audiences = [
        AudienceCount(a.key, a.name, kept.count(organisation.pk, f"audience:{a.key}"))
        for a in books.organisations.audiences
    ]
    rows = Organisation.objects.defer("unit", "contact").in_bulk(children)
    cut = _Cut(kept, audience, tier)
    listed = [ChildCount(rows[c], cut.count(c), cut.months(c)) for c in children]
    return Position(
        organisation=organisation,
        year=year,
        as_of=day,
        total=cut.count(organisation.pk),
        audiences=[a for a in audiences if a.count.due],
        dimensions=_dimensions(kept, organisation.pk),
        children=sorted(listed, key=lambda c: c.organisation.code),
        months=cut.months(organisation.pk),
        updating=updating,
    )


def _dimensions(kept: _Kept, organisation: int) -> dict[str, dict[str, Count]]:
    found: dict[str, dict[str, Count]] = {name: {} for name in DIMENSIONS}
    cuts = {cut for pk, cut in kept.series.keys() | kept.corrections.keys() if pk == organisation}
    for cut in sorted(cuts):
        name, _, value = cut.partition(":")
        if name in found:
            count = kept.count(organisation, cut)
            if count != NOTHING:
                found[name][value] = count
    return found


def _read(organisations: Collection[int], year: int) -> dict[tuple[int, str], list[list[int]]]:
    """One plain SELECT: this is the hot path of every page."""
    places = ",".join(map(str, organisations))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT organisation_id, cut, months FROM coverage_rollup "  # noqa: S608 - ids are whole numbers
            f"WHERE organisation_id IN ({places}) AND year = %s",
            [year],
        )
        return {
            (pk, cut): orjson.loads(months) if isinstance(months, str) else months
            for pk, cut, months in cursor.fetchall()
        }


def _correct(kept: _Kept, books: Books, snapshot: Snapshot, *, wanted: list[int], year: int, day: date) -> bool:
    """Work out what the kept figures miss; True when that is too much for a page."""
    stale = set(StaleBranch.objects.filter(year=year).values_list("branch_id", flat=True).distinct()[:20001])
    month_end = clock.month_end(year, day.month)
    stale_dates = _moved_within(books, day, month_end) if day != month_end else set()
    if not stale and not stale_dates:
        return False
    root_noted = any(len(snapshot.line(pk)) == 1 for pk in stale)
    below = snapshot.subtree(wanted[0])
    concerned = {
        pk for pk in stale_dates | stale if pk in below or wanted[0] in books.organisations.kept_line(pk, month_end)
    }
    if root_noted or (len(concerned) > LIVE_LIMIT and not stale_dates):
        return True
    _replace(kept, books, concerned, wanted=set(wanted), year=year, day=day)
    return False


def _moved_within(books: Books, day: date, month_end: date) -> set[int]:
    """Branches for which the date and the month's end may differ: something dated lies between them."""
    window = Q(since__gt=day, since__lte=month_end) | Q(until__gt=day, until__lte=month_end)
    persons: set[int] = set()
    for model in (Membership, Post, StatusPeriod):
        persons.update(model.objects.filter(window).values_list("person_id", flat=True))
    later = CreditEntry.objects.filter(happened_on__gt=day, happened_on__lte=month_end)
    persons.update(later.values_list("person_id", flat=True).distinct())
    branches = set(books.organisations.moved_between(day, month_end))
    if persons:
        rows = Membership.objects.within(day, month_end)
        if len(persons) < 20000:
            rows = rows.filter(person__in=persons)
        branches.update(rows.values_list("organisation_id", flat=True).distinct())
    for moved in list(branches):
        branches.update(books.organisations.at(day).subtree(moved))
    return branches


def _replace(kept: _Kept, books: Books, branches: set[int], *, wanted: set[int], year: int, day: date) -> None:
    """Take out what is kept of these branches and put in what holds on the day."""
    month_end = clock.month_end(year, day.month)
    at_month_end = books.organisations.at(month_end)
    for row in RollUp.objects.filter(organisation__in=branches, year=year):
        if not row.organisation_id or at_month_end.children.get(row.organisation_id):
            continue
        numbers = row.months[day.month - 1]
        _add(
            kept, books.organisations.kept_line(row.organisation_id, month_end), row.cut, [-n for n in numbers], wanted
        )
    sums = Sums(1, books.audience_keys, frozenset(branches))
    persons = Membership.objects.on(day).filter(organisation__in=branches).values_list("person_id", flat=True)
    for computed in PersonYears(books, year=year, dates=[day]).compute(set(persons)):
        sums.add(computed.result)
    snapshot = books.organisations.at(day)
    for (branch, cut), numbers in sums.totals().items():
        _add(kept, snapshot.line(branch), cut, numbers, wanted)


def _add(kept: _Kept, line: Iterable[int], cut: str, numbers: list[int], wanted: set[int]) -> None:
    for organisation in line:
        if organisation in wanted:
            row = kept.corrections[organisation, cut]
            for index, number in enumerate(numbers):
                row[index] += number
