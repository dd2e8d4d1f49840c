"""The person-year function: plain Python, no database, no clock.

One person's entries of a year, ordered by day and activity, become counted hours (same-day rule, once-a-year
lessons, caps) and then, at each of some dates, what the person has and still owes. The result at a date depends
only on what happened on or before it, so arrival order never matters.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import NamedTuple

ONLINE = "online_lesson"
CONCENTRATED = "class"


class ActivityFacts(NamedTuple):
    """What the function must know of an activity. `order` is its digest; `cuts` its dimensions as roll-up cuts."""

    id: int
    order: bytes
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
        self.activities.update([item[1][0] for item in items])
        for day, facts, quarters, _ in items:
            if facts[2] == CONCENTRATED:
                self.concentrated.add(facts[0])
                self.days.add(day)
            if self.by_cut is not None:
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
    used: dict[tuple[object, ...], int] = {}
    for item in _in_order(items):
        day, (number, _, kind, _), quarters, _ = item
        if number in lessons:
            yield item, 0, REPEATED
            continue
        if day != current:
            current, attended = day, {number}
        elif number in attended:
            yield item, 0, SAME_DAY
            continue
        else:
            attended.add(number)
        if kind == ONLINE:
            lessons.add(number)
        rules = rules_on(day)
        if kind in rules.capped_kinds:
            counted = _capped(item, rules.caps, used)
            yield item, counted, CAP if counted < quarters else ""
        else:
            yield item, quarters, ""


def _in_order(items: Iterable[Item]) -> list[Item]:
    rows = list(items)
    if len({row[0] for row in rows}) == len(rows):
        rows.sort(key=itemgetter(0))
    else:
        rows.sort(key=_order)
    return rows


def _order(item: Item) -> tuple[date, bytes, int]:
    return item[0], item[1].order, -item[2]


def count(items: Iterable[Item], rules_on: Callable[[date], CreditRules]) -> list[Item]:
    """The items that count, with the hours that count, in order; see `weigh`."""
    return [
        item if why != CAP else item._replace(quarters=quarters)
        for item, quarters, why in _weigh(items, rules_on)
        if why not in LEFT_OUT
    ]


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


def is_fulfilled(progress: Progress, stand: Stand, year: int) -> bool:
    """Every requirement that counts this year is met; with none, nothing can be fulfilled."""
    asked = [rule for rule in stand.requirements if rule.counts_in(year)]
    return bool(asked) and all(progress.shortfall(rule) is None for rule in asked)


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
    placed = [(index, item) for item in counted if (index := bisect_left(dates, item.day)) < len(dates)]
    slots: list[Slot] = []
    position = 0
    previous: Slot | None = None
    for index, stand in enumerate(stands):
        start = position
        while position < len(placed) and placed[position][0] == index:
            position += 1
        if position > start:
            progress.add([item for _, item in placed[start:position]])
        if previous is not None and position == start and stand is previous.stand:
            slots.append(previous)
            continue
        covered = stand.due and progress.quarters > 0
        previous = Slot(
            stand=stand,
            covered=covered,
            fulfilled=covered and is_fulfilled(progress, stand, year),
            quarters=progress.quarters,
            person_times=len(progress.activities),
        )
        slots.append(previous)
    last = stands[-1]
    missing = []
    if last.due:
        asked = (rule for rule in last.requirements if rule.counts_in(year))
        missing = [gap for rule in asked if (gap := progress.shortfall(rule)) is not None]
    most = max((rule.min_quarters for rule in last.requirements if not rule.five_years), default=0)
    return PersonYearResult(slots, placed, missing, max(0, progress.quarters - most), progress)
