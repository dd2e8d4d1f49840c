"""What the year's activities were, and how they were attended by the people who are due."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, KeysView
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from peixun.catalog.models import ActivityKind, Delivery, Example, Setting, Strand
from peixun.kernel import bulk
from peixun.ledger.models import Activity
from peixun.ledger.queries.reading import EffectiveItem, effective_items
from peixun.reports.queries.roll import Roll

PERSONS_AT_ONCE = 5000


class Held(NamedTuple):
    """An activity that took place; `topics` are keys of the catalog."""

    id: int
    title: str
    kind: str
    tier: str
    programme_kind: str
    audience: str
    place: str
    mode: str
    topics: list[str]
    delivery: str
    setting: str
    strand: str
    example: str
    organiser_id: int
    starts_on: date
    ends_on: date


def held(ids: Collection[int]) -> dict[int, Held]:
    """These activities by id."""
    found: dict[int, Held] = {}
    for chunk in bulk.chunks(ids, 5000):
        found.update((row[0], Held(*row)) for row in Activity.objects.filter(pk__in=chunk).values_list(*Held._fields))
    return found


SELECTIONS: dict[str, Callable[[Held], bool]] = {
    "all": lambda _: True,
    "online": lambda a: a.delivery == Delivery.ONLINE,
    "offline": lambda a: a.delivery == Delivery.OFFLINE,
    "classroom": lambda a: a.setting == Setting.CLASSROOM,
    "field": lambda a: a.setting == Setting.FIELD,
    "practice": lambda a: a.strand == Strand.PRACTICE,
    "theory": lambda a: a.strand == Strand.THEORY,
    "positive": lambda a: a.example == Example.POSITIVE,
    "warning": lambda a: a.example == Example.WARNING,
    "class": lambda a: a.kind == ActivityKind.CLASS,
    "lecture": lambda a: a.kind == ActivityKind.LECTURE,
    "branch_study": lambda a: a.kind == ActivityKind.BRANCH_STUDY,
    "group_viewing": lambda a: a.kind == ActivityKind.GROUP_VIEWING,
    "theme_day": lambda a: a.kind == ActivityKind.THEME_DAY,
    "online_lesson": lambda a: a.kind == ActivityKind.ONLINE_LESSON,
}
"""By which activities are picked out for a figure."""
CLASS_BIT = 1 << list(SELECTIONS).index("class")


@dataclass(frozen=True, slots=True)
class Tally:
    """A selection added up: activities, people (each once), person-times, entries."""

    activities: int
    people: int
    person_times: int
    entries: int


@dataclass
class Attended:
    """One walk over the year's effective entries of due people.

    `entries` and `person_times` are counted for each activity, `several_classes` names the classes of those who
    attended more than one. Selections are bits, so that a person's are joined quickly: there are millions of entries.
    """

    held: dict[int, Held] = field(default_factory=dict)
    entries: Counter[int] = field(default_factory=Counter)
    person_times: Counter[int] = field(default_factory=Counter)
    entries_by_person: dict[int, int] = field(default_factory=dict)
    entries_by_month: Counter[int] = field(default_factory=Counter)
    several_classes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _bits: dict[int, int] = field(default_factory=dict)
    _people: Counter[int] = field(default_factory=Counter)

    @property
    def covered(self) -> KeysView[int]:
        """People with at least one entry."""
        return self.entries_by_person.keys()

    @property
    def total(self) -> int:
        """All entries."""
        return self.entries_by_month.total()

    @cached_property
    def tallies(self) -> dict[str, Tally]:
        """Each selection added up."""
        return {name: self._tally(1 << number) for number, name in enumerate(SELECTIONS)}

    def _tally(self, bit: int) -> Tally:
        chosen = [pk for pk in self.entries if self._bits[pk] & bit]
        return Tally(
            activities=len(chosen),
            people=sum(count for bits, count in self._people.items() if bits & bit),
            person_times=sum(self.person_times[pk] for pk in chosen),
            entries=sum(self.entries[pk] for pk in chosen),
        )

    def selected(self, takes: Callable[[Held], bool]) -> list[Held]:
        """The attended activities that a condition takes, in the order of their days."""
        chosen = (a for pk, a in self.held.items() if pk in self.entries and takes(a))
        return sorted(chosen, key=lambda a: (a.starts_on, a.id))

    def add(self, person: int, items: Iterable[EffectiveItem]) -> None:
        """Take in all entries of one person."""
        entries, bits = self.entries, self._bits
        seen: set[int] = set()
        joined = number = 0
        for day, activity, _quarters, _entry in items:
            number += 1
            entries[activity] += 1
            self.entries_by_month[day.month] += 1
            if activity not in seen:
                seen.add(activity)
                joined |= bits[activity]
        self.person_times.update(seen)
        if number:
            self.entries_by_person[person] = number
            self._people[joined] += 1
        if joined & CLASS_BIT:
            self._note_classes(person, seen)

    def learn(self, ids: set[int]) -> None:
        """Read what isn't known yet of these activities."""
        fresh = held(ids - self.held.keys())
        self.held.update(fresh)
        for pk, activity in fresh.items():
            self._bits[pk] = sum(1 << number for number, takes in enumerate(SELECTIONS.values()) if takes(activity))

    def _note_classes(self, person: int, activities: set[int]) -> None:
        classes = tuple(sorted(pk for pk in activities if self._bits[pk] & CLASS_BIT))
        if len(classes) > 1:
            self.several_classes[person] = classes


def attended(roll: Roll, *, first: date, last: date) -> Attended:
    """What due people attended from `first` to `last`."""
    found = Attended()
    merged = {pk for pk, person in roll.ids.items() if pk != person}
    owners = {roll.ids[pk] for pk in merged}
    plain = sorted(pk for pk in roll.ids if pk not in merged and pk not in owners)
    for chunk in bulk.chunks(plain, PERSONS_AT_ONCE):
        items = effective_items(chunk, first=first, last=last)
        found.learn({row[1] for rows in items.values() for row in rows})
        for person, rows in items.items():
            found.add(person, rows)
    if merged:
        _add_merged(found, effective_items(merged | owners, first=first, last=last), roll.ids)
    return found


def _add_merged(found: Attended, items: dict[int, list[EffectiveItem]], owner: dict[int, int]) -> None:
    found.learn({row[1] for rows in items.values() for row in rows})
    together: dict[int, list[EffectiveItem]] = {}
    for pk, rows in items.items():
        together.setdefault(owner[pk], []).extend(rows)
    for person, rows in together.items():
        found.add(person, rows)
