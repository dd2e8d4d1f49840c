"""Working out person-years from the roll, the ledger and the packs: the one path that refresh, rebuild and every
question about an uncommon date share."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from peixun.coverage.queries.books import NOWHERE, Books
from peixun.coverage.rules import (
    ActivityFacts,
    CreditRules,
    Earlier,
    Item,
    PersonYearResult,
    Stand,
    Weighed,
    count,
    person_year,
    weigh,
)
from peixun.kernel.dated import holds
from peixun.ledger.queries.reading import EffectiveItem, activity_facts, effective_items
from peixun.people.models import MembershipStatus
from peixun.people.queries.roll import PersonRoll, load_roll
from peixun.people.rules import Standing

DIMENSIONS = ("tier", "delivery", "setting", "strand", "example")
FACTS_AT_MOST = 100_000
"""Activities never change and may be remembered; the bound keeps a long-running process small."""
NOT_DUE = frozenset({"lost", "exempt"})


@dataclass(frozen=True, slots=True)
class Computed:
    """One person's result."""

    person_id: int
    result: PersonYearResult
    branches: frozenset[int]


class PersonYears:
    """Computes person-years of one year at some ascending dates.

    `known_at` leaves out what was posted later.
    """

    def __init__(self, books: Books, *, year: int, dates: Sequence[date], known_at: datetime | None = None) -> None:
        self.books = books
        self.year = year
        self.dates = list(dates)
        self.known_at = known_at
        self._steady_years: dict[int, bool] = {}
        self._stood: dict[tuple[Standing, bool, date], Stand] = {}
        self._marked: tuple[list[date], list[tuple[date, tuple[int, int]]]] | None = None

    def compute(self, person_ids: Collection[int]) -> Iterator[Computed]:
        """Results of these persons; those merged into another are left out, their entries count for the other."""
        rolls = load_roll(person_ids)
        first_year = self._first_year()
        items = effective_items(
            {alias for roll in rolls.values() for alias in roll.ids},
            first=date(first_year, 1, 1),
            last=self.dates[-1],
            known_at=self.known_at,
        )
        facts = self._facts({row[1] for rows in items.values() for row in rows})
        for person_id, roll in rolls.items():
            mine = _items(roll, items, facts)
            by_year = {self.year: mine} if first_year == self.year else _by_year(mine)
            yield Computed(person_id, self._one(roll, by_year, first_year), self._branches(roll))

    def weighed(self, person_ids: Collection[int]) -> Iterator[tuple[int, list[Weighed]]]:
        """Each person's effective entries of the year up to the last date, with what of them counts, in order.

        Entries of records that were merged into a person are the person's; the merged ones are left out.
        """
        rolls = load_roll(person_ids)
        items = effective_items(
            {alias for roll in rolls.values() for alias in roll.ids},
            first=date(self.year, 1, 1),
            last=self.dates[-1],
            known_at=self.known_at,
        )
        facts = self._facts({row[1] for rows in items.values() for row in rows})
        for person_id, roll in rolls.items():
            yield person_id, list(weigh(_items(roll, items, facts), self._rules_on(roll, self.year)))

    def stands(self, person_ids: Collection[int]) -> Iterator[tuple[int, Stand]]:
        """Where each person stands at the last date, without reading credits; merged ones are left out."""
        for person_id, roll in load_roll(person_ids).items():
            yield person_id, self._stand(roll, self.dates[-1])

    def regained(
        self, person_ids: Collection[int], kinds: Collection[str], supposed: Books
    ) -> Iterator[tuple[int, int]]:
        """How many quarters more would count of activities of these kinds by the credit rules of the supposed books.

        No cap may concern both these kinds and others.
        """
        rolls = load_roll(person_ids)
        span = date(self.year, 1, 1), self.dates[-1]
        items = effective_items({alias for roll in rolls.values() for alias in roll.ids}, first=span[0], last=span[1])
        facts = self._facts({row[1] for rows in items.values() for row in rows})
        other = PersonYears(supposed, year=self.year, dates=self.dates)
        for person_id, roll in rolls.items():
            mine = [item for item in _items(roll, items, facts) if item[1][2] in kinds]
            if mine:
                now, then = (sum(i[2] for i in count(mine, y._rules_on(roll, self.year))) for y in (self, other))
                yield person_id, then - now

    def _branches(self, roll: PersonRoll) -> frozenset[int]:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        # Where a merged record stood no longer counts, but did: those branches have to be summed up again, too.
        return frozenset(
            m.organisation_id
            for m in chain(roll.memberships, roll.merged)
            if m.since <= last and (m.until is None or m.until > first)
        )

    def _first_year(self) -> int:
        # Only packs that look beyond their year cost the reading of earlier years.
        return self.year - 4 if self.books.packs.looks_back_from(self.year) else self.year

    def _one(self, roll: PersonRoll, by_year: Mapping[int, list[Item]], first_year: int) -> PersonYearResult:
        earlier = Earlier()
        totals: list[int] = []
        for year in range(first_year, self.year):
            dates = [date(year, 12, 31)]
            past = self._year(roll, year, dates, by_year.get(year, []), earlier)
            totals.append(past.progress.quarters)
            line = self._line(roll, dates[0])
            carried = past.surplus if self.books.credit_rules(line, dates[0]).carries_over else 0
            earlier = Earlier(carried, sum(totals))
        return self._year(roll, self.year, self.dates, by_year.get(self.year, []), earlier)

    def _year(
        self, roll: PersonRoll, year: int, dates: list[date], items: list[Item], earlier: Earlier
    ) -> PersonYearResult:
        counted = count(items, self._rules_on(roll, year)) if items else []
        return person_year(year=year, dates=dates, counted=counted, stands=self._stands(roll, dates), earlier=earlier)

    def _rules_on(self, roll: PersonRoll, year: int) -> Callable[[date], CreditRules]:
        first, last = date(year, 1, 1), date(year, 12, 31)
        if year not in self._steady_years:
            self._steady_years[year] = self._steady_books([first, last])
        if self._steady_years[year] and roll.steady(first, last):
            constant = self.books.credit_rules(self._line(roll, first), first)
            return lambda _: constant
        return lambda day: self.books.credit_rules(self._line(roll, day), day)

    def _line(self, roll: PersonRoll, day: date) -> tuple[int, ...]:
        membership = roll.membership_on(day)
        if membership is None:
            return ()
        return self.books.organisations.at(day).line(membership.organisation_id)

    def _stands(self, roll: PersonRoll, dates: list[date]) -> list[Stand]:
        if len(dates) == 1 or not roll.steady(dates[0], dates[-1]):
            return [self._stand(roll, day) for day in dates]
        if self._steady_books(dates):
            return [self._stand(roll, dates[0])] * len(dates)
        # Nothing changes about the person: where they stand changes with the books only.
        stands: dict[tuple[int, int], Stand] = {}
        for day, stretch in self._stretches(dates):
            if stretch not in stands:
                stands[stretch] = self._stand(roll, day)
        return [stands[stretch] for _, stretch in self._stretches(dates)]

    def _stretches(self, dates: list[date]) -> list[tuple[date, tuple[int, int]]]:
        """Dates with a mark: those with the same one have the same tree and packs."""
        if self._marked is None or self._marked[0] is not dates:
            books = self.books
            marks = [(day, (id(books.organisations.at(day)), books.packs.stretch(day))) for day in dates]
            self._marked = (dates, marks)
        return self._marked[1]

    def _steady_books(self, dates: list[date]) -> bool:
        books = self.books
        return books.organisations.at(dates[0]) is books.organisations.at(dates[-1]) and books.packs.stretch(
            dates[0]
        ) == books.packs.stretch(dates[-1])

    def _stand(self, roll: PersonRoll, day: date) -> Stand:
        membership = roll.membership_on(day)
        if membership is None:
            return NOWHERE
        posts: tuple[tuple[str, int], ...] = ()
        if roll.posts:
            posts = tuple(sorted((p.title, p.organisation_id) for p in roll.posts if holds(p.since, p.until, day)))
        due = not roll.statuses or not any(s.kind in NOT_DUE and holds(s.since, s.until, day) for s in roll.statuses)
        standing = Standing(membership.organisation_id, membership.status or MembershipStatus.FULL, roll.rank, posts)
        key = (standing, due, day)
        stand = self._stood.get(key)
        if stand is None:
            stand = self._stood[key] = self.books.stand(standing, due=due, day=day)
        return stand

    def _facts(self, ids: set[int]) -> dict[int, ActivityFacts]:
        known = self.books.facts
        if len(known) > FACTS_AT_MOST:
            known.clear()
        missing = ids - known.keys()
        for row in activity_facts(missing):
            cuts = tuple(f"{name}:{value}" for name, value in zip(DIMENSIONS, row.dimensions, strict=True) if value)
            known[row.id] = ActivityFacts(row.digest, row.id, row.kind, cuts)
        return known


def _items(roll: PersonRoll, rows: Mapping[int, list[EffectiveItem]], facts: Mapping[int, ActivityFacts]) -> list[Item]:
    """A person's items, those of records merged into the person included."""
    make = tuple.__new__  # there are millions: half the cost of calling the class
    return [
        make(Item, (day, facts[activity_id], quarters, entry_id))
        for alias in roll.ids
        if alias in rows
        for day, activity_id, quarters, entry_id in rows[alias]
    ]


def _by_year(items: Sequence[Item]) -> dict[int, list[Item]]:
    by_year: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_year[item.day.year].append(item)
    return by_year
