"""The ledger entries behind a figure: every effective entry of those who are due, with what of it counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from django.db.models import Max

from peixun.coverage.queries.computing import DIMENSIONS, PersonYears
from peixun.coverage.queries.listing import Roster, Row
from peixun.coverage.rules import LEFT_OUT, Weighed
from peixun.kernel import bulk
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import AuditEntry
from peixun.people.queries.roll import fold

FEW = 30_000
"""So many entries of a cut are looked up from its activities; with more of them, going through the persons is as
quick."""
FIRST_STEP, LARGEST_STEP = 60, 4000
EntryCursor = tuple[int, int, int]
"""Where a page ends: branch, person, entry."""


class EntryLine(NamedTuple):
    """One entry of a person, with what of it counts."""

    person: Row
    weighed: Weighed


class Recount(NamedTuple):
    """A figure recomputed from its entries: how many there are, people, person-times and quarters of hours."""

    entries: int = 0
    people: int = 0
    person_times: int = 0
    quarters: int = 0


@dataclass
class Entries:
    """The entries of a roster's persons in its year up to its day, in the order of the roster and then of days.

    With a cut such as `delivery:online`, only those of activities of that kind.
    """

    roster: Roster
    cut: str = ""

    @cached_property
    def _narrowed(self) -> Roster:
        """The roster, without those who can't have entries of the cut where that is quick to find out."""
        if not self.cut:
            return self.roster
        name, _, value = self.cut.partition(":")
        selection = self.roster.selection
        first, last = date(selection.year, 1, 1), selection.day
        rows = CreditEntry.objects.filter(activity__in=Activity.objects.filter(**{name: value})).happened(first, last)
        persons = list(rows.values_list("person_id", flat=True)[: FEW + 1])
        if len(persons) > FEW:
            return self.roster
        return self.roster.narrowed(frozenset(fold(set(persons))))

    def walk(self, *, after: EntryCursor | None = None, reverse: bool = False) -> Iterator[EntryLine]:
        """Entries after a cursor, in order or in reverse."""
        persons = self._narrowed.walk(after=after[:2] if after else None, reverse=reverse, itself=True)
        for person, weighed in self._weighed(persons):
            mine = list(reversed(weighed)) if reverse else weighed
            if after is not None and person.person_id == after[1]:
                mine = _after(mine, after[2])
            yield from (EntryLine(person, w) for w in mine)

    def recount(self) -> Recount:
        """The figure from exactly these entries, by the rule of the person-year function."""
        entries = people = times = quarters = 0
        for _, weighed in self._of_persons(self._narrowed.person_ids()):
            entries += len(weighed)
            people += any(w.quarters for w in weighed)
            times += len({w.item.facts.id for w in weighed if w.why not in LEFT_OUT})
            quarters += sum(w.quarters for w in weighed)
        return Recount(entries, people, times, quarters)

    @property
    def persons(self) -> int:
        """How many persons a recount goes through at most; only where the roster is kept."""
        return self._narrowed.total

    def _weighed(self, persons: Iterator[Row]) -> Iterator[tuple[Row, list[Weighed]]]:
        step = FIRST_STEP
        while rows := list(islice(persons, step)):
            found = dict(self._of_persons(row.person_id for row in rows))
            for row in rows:
                if row.person_id in found:
                    yield row, found[row.person_id]
            step = min(step * 4, LARGEST_STEP)

    def _of_persons(self, person_ids: Iterable[int]) -> Iterator[tuple[int, list[Weighed]]]:
        """What of each person's entries counts, for those who have any in the cut."""
        selection = self.roster.selection
        years = PersonYears(self.roster.books, year=selection.year, dates=[selection.day])
        for chunk in bulk.chunks(person_ids, LARGEST_STEP):
            for person, weighed in years.weighed(chunk):
                mine = [w for w in weighed if self.cut in w.item.facts.cuts] if self.cut else weighed
                if mine:
                    yield person, mine


def _after(weighed: list[Weighed], entry_id: int) -> list[Weighed]:
    """What comes after an entry; everything when it isn't there any more, since it was reversed meanwhile."""
    for index, w in enumerate(weighed):
        if w.item.entry_id == entry_id:
            return weighed[index + 1 :]
    return weighed


def state_of_records() -> tuple[object, ...]:
    """What changes whenever an entry, a membership, a post, an audience or a pack does: every write is audited."""
    entry = CreditEntry.objects.aggregate(last=Max("pk"))["last"]
    trace = AuditEntry.objects.aggregate(last=Max("pk"))["last"]
    return entry, trace


def is_cut(text: str) -> bool:
    """Whether a text names a cut of activities: a dimension and one of its values."""
    name, _, value = text.partition(":")
    return name in DIMENSIONS and any(value == key for key, _ in Activity._meta.get_field(name).choices or ())  # type: ignore[union-attr]
