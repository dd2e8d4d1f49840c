"""What a change would do to coverage: carried out, looked at, and taken back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.rules import Slot


@dataclass(frozen=True, slots=True)
class Tally:
    """People due, covered and fulfilled."""

    due: int = 0
    covered: int = 0
    fulfilled: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.due + other.due, self.covered + other.covered, self.fulfilled + other.fulfilled)


NOBODY = Tally()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to the persons it concerns, by their branch: before and after."""

    before: dict[int, Tally]
    after: dict[int, Tally]

    @property
    def branches(self) -> list[int]:
        """Branches whose figures change."""
        every = self.before.keys() | self.after.keys()
        return sorted(b for b in every if self.before.get(b, NOBODY) != self.after.get(b, NOBODY))

    def of(self, branch: int) -> tuple[Tally, Tally]:
        """A branch before and after."""
        return self.before.get(branch, NOBODY), self.after.get(branch, NOBODY)

    @property
    def whole(self) -> tuple[Tally, Tally]:
        """Everybody concerned, before and after."""
        return sum(self.before.values(), NOBODY), sum(self.after.values(), NOBODY)


class _TakenBack(Exception):
    """Ends the transaction in which the change was tried."""


def preview(change: Callable[[], None], *, person_ids: Collection[int], day: date) -> Effect:
    """This operation will carry out a change, work out what it does to these persons on a day, and take it back.

    Exceptions of the change pass through; nothing is written either way.
    """
    before = _tallies(person_ids, day)
    after: dict[int, Tally] = {}
    try:
        with transaction.atomic():
            change()
            after = _tallies(person_ids, day)
            raise _TakenBack
    except _TakenBack:
        return Effect(before, after)


def _tallies(person_ids: Collection[int], day: date) -> dict[int, Tally]:
    found: dict[int, Tally] = {}
    for computed in PersonYears(current_books(), year=day.year, dates=[day]).compute(person_ids):
        slot: Slot = computed.result.slots[-1]
        if slot.stand.branch is not None:
            one = Tally(int(slot.stand.due), int(slot.covered), int(slot.fulfilled))
            found[slot.stand.branch] = found.get(slot.stand.branch, NOBODY) + one
    return found
