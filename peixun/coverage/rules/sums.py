"""Roll-ups of many persons: what each adds where it changes. Plain Python, no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from peixun.coverage.rules.person_years import PersonYearResult

WIDTH = 5
DUE, COVERED, FULFILLED, TIMES, QUARTERS = range(WIDTH)
ALL = "all"


@dataclass
class Sums:
    """Differences from one date to the next, per branch and cut; `totals` adds them up.

    Each series has `WIDTH` numbers a date: due, covered, fulfilled, person-times, quarters.
    """

    length: int
    audiences: Mapping[int, str]
    only: frozenset[int] | None = None
    series: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    _mask_cuts: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, result: PersonYearResult) -> None:
        """Take in one person."""
        slots = result.slots
        start = 0
        while start < self.length:
            stand = slots[start].stand
            end = start + 1
            while end < self.length and slots[end].stand is stand:
                end += 1
            if stand.due and stand.branch is not None and (self.only is None or stand.branch in self.only):
                self._add_run(stand.branch, self._cuts(stand.mask), result, (start, end))
            start = end

    def _cuts(self, mask: int) -> tuple[str, ...]:
        cuts = self._mask_cuts.get(mask)
        if cuts is None:
            names = (f"audience:{key}" for bit, key in self.audiences.items() if mask >> bit & 1)
            cuts = self._mask_cuts[mask] = (ALL, *names)
        return cuts

    def _row(self, branch: int, cut: str) -> list[int]:
        row = self.series.get((branch, cut))
        if row is None:
            row = self.series[branch, cut] = [0] * (WIDTH * self.length)
        return row

    def _add_run(self, branch: int, cuts: tuple[str, ...], result: PersonYearResult, run: tuple[int, int]) -> None:
        start, end = run
        changes = _changes(result, start, end)
        rows = [self._row(branch, cut) for cut in cuts]
        for offset, numbers in changes:
            for row in rows:
                for index, number in numbers:
                    row[offset + index] += number
        self._add_dimensions(branch, result, run)

    def _add_dimensions(self, branch: int, result: PersonYearResult, run: tuple[int, int]) -> None:
        # The hot loop of a rebuild. An activity has the same cuts whenever it occurs, so whether it is new to the
        # person is asked once an item.
        start, end = run
        seen: set[int] = set()
        gathered: dict[str, list[int]] = {}
        for index, item in result.counted:
            if index >= end:
                break
            facts, quarters = item.facts, item.quarters
            new = facts.id not in seen
            seen.add(facts.id)
            offset = max(index, start) * WIDTH
            for cut in facts.cuts:
                row = self._row(branch, cut)
                total = gathered.get(cut)
                if total is None:
                    total = gathered[cut] = [0, 0, 0]
                if quarters and not total[0]:
                    total[0] = 1
                    row[offset + COVERED] += 1
                total[1] += new
                row[offset + TIMES] += new
                total[2] += quarters
                row[offset + QUARTERS] += quarters
        if end < self.length:
            self._take_away(branch, gathered, end * WIDTH)

    def _take_away(self, branch: int, gathered: dict[str, list[int]], offset: int) -> None:
        for cut, numbers in gathered.items():
            row = self._row(branch, cut)
            for column, number in zip((COVERED, TIMES, QUARTERS), numbers, strict=True):
                row[offset + column] -= number

    def totals(self) -> dict[tuple[int, str], list[int]]:
        """Per branch and cut, the sums at each date: `WIDTH` numbers a date, flat."""
        for row in self.series.values():
            for index in range(WIDTH, len(row)):
                row[index] += row[index - WIDTH]
        return self.series


def _changes(result: PersonYearResult, start: int, end: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """What one person adds at each date of a run where it differs from the date before, and takes away after it."""
    slots = result.slots
    changes = []
    before = (0, 0, 0, 0, 0)
    for index in range(start, end):
        slot = slots[index]
        now = (1, int(slot.covered), int(slot.fulfilled), slot.person_times, slot.quarters)
        if now != before:
            numbers = [(i, now[i] - before[i]) for i in range(WIDTH) if now[i] != before[i]]
            changes.append((index * WIDTH, numbers))
            before = now
    if end < len(slots):
        changes.append((end * WIDTH, [(i, -before[i]) for i in range(WIDTH) if before[i]]))
    return changes
