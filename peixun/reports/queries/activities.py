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


@dataclass(slots=True)
class Attendance:
    """Effective entries of one activity by due people, and how many of them attended."""

    entries: int = 0
    person_times: int = 0


@dataclass(slots=True)
class Tally:
    """A selection added up: activities, people (each once), person-times, entries."""

    activities: int = 0
    people: int = 0
    person_times: int = 0
    entries: int = 0


@dataclass
class Attended:
    """One walk over the year's effective entries of due people.

    `people` counts each person once for each selection; `several_classes` names the classes of those who attended
    more than one.
    """

    activities: dict[int, Attendance] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)
    entries_by_person: Counter[int] = field(default_factory=Counter)
    entries_by_month: Counter[int] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    several_classes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _labels: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def covered(self) -> KeysView[int]:
        """People with at least one of them."""
        return self.entries_by_person.keys()

    @property
    def entries(self) -> int:
        """All of them."""
        return self.entries_by_month.total()

    @cached_property
    def tallies(self) -> dict[str, Tally]:
        """Each selection added up."""
        found = {name: Tally(people=self.people[name]) for name in SELECTIONS}
        for pk, attendance in self.activities.items():
            for name in self._labels[pk]:
                tally = found[name]
                tally.activities += 1
                tally.person_times += attendance.person_times
                tally.entries += attendance.entries
        return found

    def selected(self, takes: Callable[[Held], bool]) -> list[Held]:
        """The attended activities that a condition takes, in the order of their days."""
        return sorted(
            (a for pk, a in self.held.items() if pk in self.activities and takes(a)),
            key=lambda a: (a.starts_on, a.id),
        )

    def add(self, person: int, items: Iterable[EffectiveItem]) -> None:
        """Take in all entries of one person."""
        times: Counter[int] = Counter()
        for day, activity, _quarters, _entry in items:
            times[activity] += 1
            self.entries_by_month[day.month] += 1
        for activity, entries in times.items():
            attendance = self.activities.setdefault(activity, Attendance())
            attendance.entries += entries
            attendance.person_times += 1
        if times:
            self.entries_by_person[person] = times.total()
            self.people.update(frozenset().union(*(self._labels[a] for a in times)))
            classes = tuple(a for a in times if "class" in self._labels[a])
            if len(classes) > 1:
                self.several_classes[person] = classes

    def learn(self, ids: set[int]) -> None:
        """Read what isn't known yet of these activities."""
        fresh = held(ids - self.held.keys())
        self.held.update(fresh)
        self._labels.update(
            (pk, frozenset(n for n, takes in SELECTIONS.items() if takes(a))) for pk, a in fresh.items()
        )


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
