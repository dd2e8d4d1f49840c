"""Whose task a missing person is: plain Python, no database, no clock.

Duties are read from the highest level down. A yearly duty binds in its year, a five-year duty in the last year of
its period; before that it is named as running. The first duty that binds says whose task the person is; where none
does, it is the grassroots committee's. Training by a level settles its duty and, where a duty is only for those whom
nobody above has trained, training by any higher level does so too: training never moves a task upward.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

PROVINCE, CITY, COUNTY, TOWNSHIP, GRASSROOTS = "province", "city", "county", "township", "grassroots"
RANK = {GRASSROOTS: 0, TOWNSHIP: 1, COUNTY: 2, CITY: 3, PROVINCE: 4}
TIER_LEVELS = {"provincial": PROVINCE, "city_key": CITY, "county": COUNTY, "grassroots": TOWNSHIP}
"""Who holds activities of a tier."""
COMMITTEES = frozenset({"committee", "work_committee"})
PERIOD_YEARS = 5

Training = tuple[str, int]
"""A level that trained the person and the year in which it did."""


class Duty(NamedTuple):
    """One row of a pack: a level trains an audience, by its bit. `first_year` is the year in which the pack begins."""

    id: int
    bit: int
    level: str
    five_years: bool
    only_untrained_above: bool
    first_year: int

    def period(self, year: int) -> tuple[int, int]:
        """First and last year of the period that the year lies in."""
        if not self.five_years:
            return year, year
        first = year - (year - self.first_year) % PERIOD_YEARS
        return first, first + PERIOD_YEARS - 1

    def binds(self, year: int) -> bool:
        """Whether somebody untrained in the period is this level's task in the year itself."""
        return self.period(year)[1] == year

    def settled(self, year: int, trained: Iterable[Training]) -> bool:
        """Whether the duty has been done for a person by the trainings up to the year."""
        first, _last = self.period(year)
        return any(first <= when <= year and self._serves(level) for level, when in trained)

    def _serves(self, level: str) -> bool:
        return level == self.level or (self.only_untrained_above and RANK[level] > RANK[self.level])


class Step(NamedTuple):
    """An organisation on a person's line."""

    id: int
    level: str
    kind: str


class Running(NamedTuple):
    """A five-year duty that has not been done and has until the end of `until`."""

    duty: Duty
    until: int


class Task(NamedTuple):
    """Whose task a person is this year.

    `level` is the level obliged, "" where no pack says anything; `organisation` the committee on the person's line,
    None where that level stands above all organisations here; `duty` the row that says so, None for the fall-back.
    """

    level: str
    organisation: int | None
    duty: Duty | None
    running: tuple[Running, ...]


NO_RULES = Task("", None, None, ())


def task_of(
    *, mask: int, line: Sequence[Step], duties: Sequence[Duty] | None, year: int, trained: Collection[Training] = ()
) -> Task:
    """Whose task somebody is who is due and not covered in the year; `line` leads from the root to the branch.

    Always an answer: `NO_RULES` without a pack (`duties` is None), else a level.
    """
    decided = duty_of(mask=mask, duties=duties, year=year, trained=trained)
    return decided._replace(organisation=responsible(line, decided.level)) if decided.level else decided


def duty_of(*, mask: int, duties: Sequence[Duty] | None, year: int, trained: Collection[Training] = ()) -> Task:
    """The level and the duty of `task_of`, which are the same wherever the pack holds; `organisation` is left None."""
    if duties is None:
        return NO_RULES
    concerned = sorted((d for d in duties if mask >> d.bit & 1), key=lambda d: -RANK[d.level])
    open_ = [d for d in concerned if not d.settled(year, trained)]
    bound = next((d for d in open_ if d.binds(year)), None)
    level = bound.level if bound else TOWNSHIP
    running = tuple(Running(d, d.period(year)[1]) for d in open_ if not d.binds(year))
    return Task(level, None, bound, running)


def responsible(line: Sequence[Step], level: str) -> int | None:
    """The committee on a line that answers for a level.

    The one of that level nearest to the branch. Where there is none: for a level in between the nearest above it, for
    the grassroots committee the nearest above the branch. None when the level stands above the whole line.
    """
    above = [step for step in line[:-1] if step.kind in COMMITTEES] or list(line[:1])
    exact = [step for step in above if step.level == level]
    if exact:
        return exact[-1].id
    if level == TOWNSHIP:
        return above[-1].id if above else None
    higher = [step for step in above if RANK[step.level] > RANK[level]]
    return min(reversed(higher), key=lambda step: RANK[step.level]).id if higher else None
