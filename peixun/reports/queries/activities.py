"""What the year's activities were, and how they were attended by the people who are due."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, KeysView, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from peixun.catalog.models import ActivityKind, Delivery, Example, Setting, Strand
from peixun.kernel import bulk
from peixun.ledger.models import Activity
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
    attended more than one.
    """

    held: dict[int, Held] = field(default_factory=dict)
    entries: Counter[int] = field(default_factory=Counter)
    person_times: Counter[int] = field(default_factory=Counter)
    entries_by_person: dict[int, int] = field(default_factory=dict)
    entries_by_month: Counter[int] = field(default_factory=Counter)
    several_classes: dict[int, list[int]] = field(default_factory=dict)
    bits: dict[int, int] = field(default_factory=dict)
    people: Counter[int] = field(default_factory=Counter)

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
        chosen = [pk for pk in self.entries if self.bits[pk] & bit]
        return Tally(
            activities=len(chosen),
            people=sum(count for bits, count in self.people.items() if bits & bit),
            person_times=sum(self.person_times[pk] for pk in chosen),
            entries=sum(self.entries[pk] for pk in chosen),
        )

    def selected(self, takes: Callable[[Held], bool]) -> list[Held]:
        """The attended activities that a condition takes, in the order of their days."""
        return self._ordered(pk for pk in self.entries if takes(self.held[pk]))

    def chosen(self, selection: str) -> list[Held]:
        """The attended activities of a selection, in the order of their days."""
        bit = 1 << list(SELECTIONS).index(selection)
        return self._ordered(pk for pk in self.entries if self.bits[pk] & bit)

    def _ordered(self, ids: Iterable[int]) -> list[Held]:
        return sorted(map(self.held.__getitem__, ids), key=lambda a: (a.starts_on, a.id))


class _Walk:
    """Gathers what people attended. Entries come as codes, `16 × activity + month`: there are millions of them."""

    def __init__(self) -> None:
        self.found = Attended()
        self._entries: Counter[str] = Counter()
        self._activity: dict[str, int] = {}

    def add(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Take in people with the codes of all their entries."""
        found, activity, bits = self.found, self._activity, self.found.bits
        self._learn({code for _, codes in rows for code in codes} - activity.keys())
        for person, codes in rows:
            if not codes:
                continue
            self._entries.update(codes)
            attended = {activity[code] for code in codes}
            found.person_times.update(attended)
            found.entries_by_person[person] = len(codes)
            joined = 0
            for pk in attended:
                joined |= bits[pk]
            found.people[joined] += 1
            if joined & CLASS_BIT:
                self._note_classes(person, attended)

    def finish(self) -> Attended:
        """What was gathered."""
        for code, number in self._entries.items():
            self.found.entries[self._activity[code]] += number
            self.found.entries_by_month[int(code) % MONTHS] += number
        return self.found

    def _learn(self, codes: set[str]) -> None:
        self._activity.update((code, int(code) // MONTHS) for code in codes)
        fresh = held({self._activity[code] for code in codes} - self.found.held.keys())
        self.found.held.update(fresh)
        for pk, activity in fresh.items():
            taken = (1 << number for number, takes in enumerate(SELECTIONS.values()) if takes(activity))
            self.found.bits[pk] = sum(taken)

    def _note_classes(self, person: int, attended: set[int]) -> None:
        classes = sorted(pk for pk in attended if self.found.bits[pk] & CLASS_BIT)
        if len(classes) > 1:
            self.found.several_classes[person] = classes


MONTHS = 16
"""What an activity's id is multiplied with to make room for the month."""
CODES_SQL = """
    SELECT person_id, {joined}
    FROM ledger_creditentry
    WHERE {{ids}} AND happened_on BETWEEN %s AND %s
    GROUP BY person_id
"""
CODE_SQL = "(CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END) * (activity_id * 16 + {month})"
MONTH_SQL = {
    "sqlite": "CAST(substr(happened_on, 6, 2) AS integer)",
    "postgresql": "CAST(EXTRACT(MONTH FROM happened_on) AS bigint)",
}
JOINED_SQL = {"sqlite": "group_concat({code})", "postgresql": "string_agg(({code})::text, ',')"}


def attended(roll: Roll, *, first: date, last: date) -> Attended:
    """What due people attended from `first` to `last`."""
    walk = _Walk()
    several = Counter(roll.ids.values())
    merged: dict[int, list[str]] = {person: [] for person, number in several.items() if number > 1}
    code = CODE_SQL.format(month=MONTH_SQL[connection.vendor])
    sql = CODES_SQL.format(joined=JOINED_SQL[connection.vendor].format(code=code))
    days = [first.isoformat(), last.isoformat()]
    for rows in bulk.select(sql, "person_id", roll.ids, days, size=PERSONS_AT_ONCE):
        plain = []
        for pk, codes in rows:
            person = roll.ids[pk]
            if person in merged:
                merged[person] += _effective(codes)
            else:
                plain.append((person, _effective(codes)))
        walk.add(plain)
    walk.add(list(merged.items()))
    return walk.finish()


def _effective(joined: str) -> list[str]:
    """The codes that no reversal (a negative one) has cancelled."""
    codes = joined.split(",")
    if "-" not in joined:
        return codes
    left = Counter(code for code in codes if not code.startswith("-"))
    left.subtract(code[1:] for code in codes if code.startswith("-"))
    return list(left.elements())
