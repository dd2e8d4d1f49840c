"""What a year would look like if the books were others: nothing is written, both sides run the one function.

Most people's kept hours settle what would come of them; the credits of the others are read.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import NamedTuple

from peixun.coverage.models import StaleBranch
from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.queries.shortcuts import Outcome, Shortcut, kept_outcomes
from peixun.coverage.queries.years import kept_years
from peixun.kernel import bulk
from peixun.people.models import Membership
from peixun.people.queries.roll import fold

PERSONS_AT_ONCE = 5000
NAMED = 20
Progress = Callable[[int, int], None]


NOT_THERE = Outcome(None, due=False, covered=False, fulfilled=False, quarters=0)


class Amount(NamedTuple):
    """People due, covered, fulfilled, and counted hours in quarters."""

    due: int = 0
    covered: int = 0
    fulfilled: int = 0
    quarters: int = 0

    def plus(self, one: Outcome) -> "Amount":
        """With one person more."""
        return Amount(
            self.due + one.due,
            self.covered + one.covered,
            self.fulfilled + one.fulfilled,
            self.quarters + one.quarters,
        )


@dataclass
class Effect:
    """A year before and after, at its last day as known now: in all, and by the organisations below the one asked.

    `sample` holds some of those who change, as `(person, before, after)`: first who would no longer be fulfilled,
    then who would be, then others; `changed` says how many there are in all.
    """

    year: int
    persons: int = 0
    before: Amount = field(default_factory=Amount)
    after: Amount = field(default_factory=Amount)
    children: dict[int, tuple[Amount, Amount]] = field(default_factory=dict)
    lost: int = 0
    gained: int = 0
    changed: int = 0
    sample: list[tuple[int, Outcome, Outcome]] = field(default_factory=list)


def years_between(first: int, last: int, *, supposed: Books) -> list[int]:
    """The kept years from first to last, with later ones that would look back at them."""
    kept = kept_years()
    return [y for y in kept if first <= y <= last or (y > last and supposed.packs.looks_back_from(y))]


def suppose(books: Books, supposed: Books, *, under: int, year: int, progress: Progress | None = None) -> Effect:
    """What replacing the books by the supposed ones does to the persons below an organisation, in a year."""
    day = date(year, 12, 31)
    persons = sorted(_persons(books, supposed, under=under, year=year))
    kept = year in kept_years() and not StaleBranch.objects.filter(year=year).exists()
    now = PersonYears(books, year=year, dates=[day])
    then = PersonYears(supposed, year=year, dates=[day])
    looks_back = books.packs.looks_back_from(year) or supposed.packs.looks_back_from(year)
    shortcut = Shortcut(books, supposed, year=year) if kept and not looks_back else None
    tally = _Tally(books, under, day, Effect(year, len(persons)))
    for start in range(0, len(persons), PERSONS_AT_ONCE):
        chunk = persons[start : start + PERSONS_AT_ONCE]
        rows = kept_outcomes(chunk, year) if kept else {}
        before = {person: row.outcome for person, row in rows.items()} if kept else dict(_computed(now, chunk))
        told = dict(shortcut.outcomes(rows)) if shortcut is not None else {}
        for person, after in chain(told.items(), _computed(then, [pk for pk in chunk if pk not in told])):
            tally.add(person, before.get(person, NOT_THERE), after)
        if progress is not None:
            progress(min(start + PERSONS_AT_ONCE, len(persons)), len(persons))
    return tally.effect()


def _persons(books: Books, supposed: Books, *, under: int, year: int) -> set[int]:
    """Everybody who belonged to the subtree on some day that the year's figures look at."""
    looks_back = books.packs.looks_back_from(year) or supposed.packs.looks_back_from(year)
    first, last = date(year - 4 if looks_back else year, 1, 1), date(year, 12, 31)
    days = [first, *(day for day in books.organisations.boundaries if first < day <= last)]
    branches: set[int] = set()
    for day in days:
        branches |= books.organisations.at(day).subtree(under)
    found: set[int] = set()
    for chunk in bulk.chunks(branches, 5000):
        rows = Membership.objects.within(first, last).filter(organisation__in=chunk)
        found.update(rows.values_list("person_id", flat=True))
    return fold(found)


def _computed(years: PersonYears, persons: Collection[int]) -> Iterator[tuple[int, Outcome]]:
    for computed in years.compute(persons):
        slot = computed.result.slots[-1]
        stand = slot.stand
        yield computed.person_id, Outcome(stand.branch, stand.due, slot.covered, slot.fulfilled, slot.quarters)


class _Tally:
    """Adds persons up."""

    def __init__(self, books: Books, under: int, day: date, effect: Effect) -> None:
        self._line = books.organisations.at(day).line
        self._under = under
        self._groups: dict[int | None, int | None] = {}
        self._sums: dict[int, list[Amount]] = defaultdict(lambda: [Amount(), Amount()])
        self._effect = effect
        self._samples: dict[str, list[tuple[int, Outcome, Outcome]]] = {"lost": [], "gained": [], "other": []}

    def add(self, person: int, before: Outcome, after: Outcome) -> None:
        """Take in one person."""
        effect = self._effect
        group = self._group(after.branch)
        if group is not None:
            effect.before, effect.after = effect.before.plus(before), effect.after.plus(after)
            sums = self._sums[group]
            sums[0], sums[1] = sums[0].plus(before), sums[1].plus(after)
        if before == after:
            return
        effect.changed += 1
        if before.fulfilled and not after.fulfilled:
            effect.lost += 1
            which = "lost"
        elif after.fulfilled and not before.fulfilled:
            effect.gained += 1
            which = "gained"
        else:
            which = "other"
        if len(self._samples[which]) < NAMED:
            self._samples[which].append((person, before, after))

    def effect(self) -> Effect:
        """The sum of all."""
        self._effect.children = {group: (sums[0], sums[1]) for group, sums in self._sums.items()}
        self._effect.sample = list(_first(self._samples.values()))
        return self._effect

    def _group(self, branch: int | None) -> int | None:
        """The organisation directly below the one asked, to which a branch belongs; None outside of it."""
        if branch not in self._groups:
            line = self._line(branch) if branch is not None else ()
            below = line[line.index(self._under) :] if self._under in line else ()
            self._groups[branch] = below[1] if len(below) > 1 else (below[0] if below else None)
        return self._groups[branch]


def _first(lists: Iterable[list[tuple[int, Outcome, Outcome]]]) -> Iterator[tuple[int, Outcome, Outcome]]:
    """A few of each list, as many as are named in all."""
    every = list(lists)
    share = [rows[: NAMED // 2] for rows in every]
    yield from [row for rows in share for row in rows][:NAMED]
