"""The person-year function: plain Python, no database, no clock.

One person's entries of a year, ordered by day and activity, become counted hours (same-day rule, once-a-year
lessons, caps) and then, at each of some dates, what the person has and still owes. The result at a date depends
only on what happened on or before it, so arrival order never matters.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

ONLINE = "online_lesson"
CONCENTRATED = "class"


class ActivityFacts(NamedTuple):
    """What the function must know of an activity. `order`, by which facts sort, is its digest; `cuts` are its
    dimensions as roll-up cuts."""

    order: bytes
    id: int
    kind: str
    cuts: tuple[str, ...]


class Item(NamedTuple):
    """Effective hours of a person on a day, as earned; `entry_id` names the ledger entry behind it, where known."""

    day: date
    facts: ActivityFacts
    quarters: int
    entry_id: int = 0


class Weighed(NamedTuple):
    """An item with the hours of it that count; `why` says what took the rest: one of `SAME_DAY`, `REPEATED`, `CAP`."""

    item: Item
    quarters: int
    why: str = ""


SAME_DAY = "same_day"
REPEATED = "repeated"
CAP = "cap"
LEFT_OUT = frozenset({SAME_DAY, REPEATED})
"""Items that count neither hours nor as attended."""


class Cap(NamedTuple):
    """At most `max_quarters` count per period from activities of these kinds."""

    name: str
    kinds: frozenset[str]
    period: str
    max_quarters: int


class CreditRules(NamedTuple):
    """The caps of a credit pack, whether surplus is carried over, and the kinds that any cap concerns."""

    caps: tuple[Cap, ...] = ()
    carries_over: bool = False
    capped_kinds: frozenset[str] = frozenset()


class RequirementRule(NamedTuple):
    """One requirement; `within` is a tuple of `(cut, quarters)`, `first_year` the start of its five-year count."""

    id: int
    bit: int
    five_years: bool
    first_year: int
    min_quarters: int
    min_days: int | None
    min_concentrated: int
    within: tuple[tuple[str, int], ...]

    def counts_in(self, year: int) -> bool:
        """Five-year requirements count only in their last year."""
        return not self.five_years or (year - self.first_year) % 5 == 4


class Stand(NamedTuple):
    """Where a person stands on a date: branch, due or not, audiences as bits, what is asked."""

    branch: int | None
    due: bool
    mask: int
    requirements: tuple[RequirementRule, ...]


class Slot(NamedTuple):
    """The position of a person at a date."""

    stand: Stand
    covered: bool
    fulfilled: bool
    quarters: int
    person_times: int


class Shortfall(NamedTuple):
    """What is missing for one requirement: quarters of hours, concentrated trainings."""

    requirement_id: int
    quarters: int
    concentrated: int


@dataclass(slots=True)
class Progress:
    """What a person has gathered up to a date."""

    quarters: int = 0
    activities: set[int] = field(default_factory=set)
    concentrated: set[int] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    by_cut: dict[str, int] | None = None
    carried: int = 0
    earlier: int = 0

    def add(self, items: Sequence[Item]) -> None:
        """Take in counted items."""
        self.quarters += sum([item[2] for item in items])
        self.activities.update([item[1][1] for item in items])
        classes = [item for item in items if item[1][2] == CONCENTRATED]
        self.concentrated.update([item[1][1] for item in classes])
        self.days.update([item[0] for item in classes])
        if self.by_cut is not None:
            for _, facts, quarters, _ in items:
                for cut in facts[3]:
                    self.by_cut[cut] = self.by_cut.get(cut, 0) + quarters

    def shortfall(self, rule: RequirementRule) -> Shortfall | None:
        """What is missing for a requirement, or None when it is met."""
        total = self.quarters + (self.earlier if rule.five_years else self.carried)
        quarters = max(0, rule.min_quarters - total)
        if rule.min_days is not None and len(self.days) >= rule.min_days:
            quarters = 0
        for cut, least in rule.within:
            quarters = max(quarters, least - (self.by_cut or {}).get(cut, 0))
        concentrated = max(0, rule.min_concentrated - len(self.concentrated))
        if quarters or concentrated:
            return Shortfall(rule.id, quarters, concentrated)
        return None


class Earlier(NamedTuple):
    """What earlier years leave: surplus that is carried over, and counted quarters of the four years before."""

    carried: int = 0
    five_year_quarters: int = 0


def weigh(items: Iterable[Item], rules_on: Callable[[date], CreditRules]) -> Iterator[Weighed]:
    """Each item in order with the hours of it that count, and why the rest doesn't.

    The same activity on the same day counts once (the larger entry), an online lesson once a year; caps cut what
    exceeds them in the order of days.
    """
    for item, quarters, why in _weigh(items, rules_on):
        yield Weighed(item, quarters, why)


def _weigh(items: Iterable[Item], rules_on: Callable[[date], CreditRules]) -> Iterator[tuple[Item, int, str]]:
    # The hot loop of every post and rebuild: plain tuples, and no call where nothing is capped.
    lessons: set[int] = set()
    attended: set[int] = set()
    current: date | None = None
    capped_kinds: frozenset[str] = frozenset()
    used: dict[tuple[object, ...], int] = {}
    for item in _in_order(items):
        day, (_, number, kind, _), quarters, _ = item
        if day != current:
            current, attended, capped_kinds = day, set(), rules_on(day).capped_kinds
        if number in lessons:
            yield item, 0, REPEATED
            continue
        if number in attended:
            yield item, 0, SAME_DAY
            continue
        attended.add(number)
        if kind == ONLINE:
            lessons.add(number)
        if kind in capped_kinds:
            counted = _capped(item, rules_on(day).caps, used)
            yield item, counted, CAP if counted < quarters else ""
        else:
            yield item, quarters, ""


def _in_order(items: Iterable[Item]) -> list[Item]:
    """By day, by the activity's digest, the larger entry first. Keys in C: a call for each item would cost more."""
    rows = sorted(items, key=itemgetter(0))
    if len({row[0] for row in rows}) < len(rows):
        rows.sort(key=itemgetter(2), reverse=True)
        rows.sort(key=itemgetter(0, 1))
    return rows


def count(items: Iterable[Item], rules_on: Callable[[date], CreditRules]) -> list[Item]:
    """The items that count, with the hours that count, in order; see `weigh`."""
    counted = []
    for item, quarters, why in _weigh(items, rules_on):
        if not why:
            counted.append(item)
        elif why == CAP:
            counted.append(item._replace(quarters=quarters))
    return counted


def _capped(item: Item, caps: Sequence[Cap], used: dict[tuple[object, ...], int]) -> int:
    quarters = item.quarters
    touched = []
    for cap in caps:
        if item.facts.kind in cap.kinds:
            span = {"day": item.day, "activity": item.facts.id}.get(cap.period)
            key = (cap.name, span)
            quarters = min(quarters, cap.max_quarters - used.get(key, 0))
            touched.append(key)
    quarters = max(0, quarters)
    for key in touched:
        used[key] = used.get(key, 0) + quarters
    return quarters


def _shortfalls(progress: Progress, stand: Stand, year: int) -> list[Shortfall] | None:
    """What is missing for the requirements that count this year; None where there are none to fulfil."""
    asked = [rule for rule in stand.requirements if rule.counts_in(year)]
    return [gap for rule in asked if (gap := progress.shortfall(rule)) is not None] if asked else None


class Verdict(NamedTuple):
    """Whether somebody is covered, and fulfilled; `missing` is None where nothing is to be fulfilled."""

    covered: bool
    fulfilled: bool
    missing: list[Shortfall] | None


def judge(progress: Progress, stand: Stand, year: int) -> Verdict:
    """What somebody who has gathered this and stands there has reached in a year."""
    missing = _shortfalls(progress, stand, year) if stand.due else None
    covered = stand.due and progress.quarters > 0
    return Verdict(covered, covered and missing == [], missing)


EVERY_DAY = frozenset(date.fromordinal(number) for number in range(1, 367))
"""As many days as a year can have."""


def fulfilled_by_hours(quarters: int, person_times: int, stand: Stand, year: int) -> bool | None:
    """Whether counted hours and the number of activities settle that somebody is fulfilled; None: see the credits.

    Whoever has gathered more never owes more: when the least that the hours can mean is enough, so is anything; when
    the most isn't, nothing is. Holds only where earlier years leave nothing.
    """
    if judge(Progress(quarters=quarters), stand, year).fulfilled:
        return True
    cuts = {cut: quarters for rule in stand.requirements for cut, _least in rule.within}
    most = Progress(quarters, concentrated=set(range(person_times)), days=set(EVERY_DAY), by_cut=cuts)
    return None if judge(most, stand, year).fulfilled else False


@dataclass(frozen=True, slots=True)
class PersonYearResult:
    """Slots at the dates asked, the counted items with the index of their slot, and what is missing at the end."""

    slots: list[Slot]
    counted: list[tuple[int, Item]]
    missing: list[Shortfall]
    surplus: int
    progress: Progress


def person_year(
    *,
    year: int,
    dates: Sequence[date],
    counted: Sequence[Item],
    stands: Sequence[Stand],
    earlier: Earlier = Earlier(),  # noqa: B008 - an immutable tuple
) -> PersonYearResult:
    """Positions at ascending dates of one year, from counted items and where the person stands at each date."""
    cuts_asked = any(rule.within for stand in stands for rule in stand.requirements)
    progress = Progress(by_cut={} if cuts_asked else None, carried=earlier.carried, earlier=earlier.five_year_quarters)
    slots: list[Slot] = []
    placed: list[tuple[int, Item]] = []
    missing: list[Shortfall] | None = None
    for index, (stand, items) in enumerate(zip(stands, _by_date(counted, dates), strict=True)):
        if items:
            progress.add(items)
            placed += [(index, item) for item in items]
        elif slots and stand is slots[-1].stand:
            slots.append(slots[-1])
            continue
        covered, fulfilled, missing = judge(progress, stand, year)
        slots.append(Slot(stand, covered, fulfilled, progress.quarters, len(progress.activities)))
    most = max((rule.min_quarters for rule in stands[-1].requirements if not rule.five_years), default=0)
    return PersonYearResult(slots, placed, missing or [], max(0, progress.quarters - most), progress)


def _by_date(counted: Sequence[Item], dates: Sequence[date]) -> list[Sequence[Item]]:
    """The items that each date adds to the one before it."""
    if len(dates) == 1 and (not counted or counted[-1][0] <= dates[0]):
        return [counted]
    borders = [0, *(bisect_right(counted, day, key=itemgetter(0)) for day in dates)]
    return [counted[start:end] for start, end in pairwise(borders)]
