"""What lies behind a figure: people on the roll, or effective entries; read page by page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from peixun.ledger.models import CreditEntry

IDS_AT_ONCE = 40
ACTIVITIES_AT_ONCE = 5


class Row(NamedTuple):
    """One record: a person on the roll (no entry), or one of a person's effective entries."""

    person: int
    entry: int = 0
    activity: int = 0
    day: date | None = None

    @property
    def token(self) -> str:
        """Where the next page begins."""
        return f"{self.person}.{self.activity}.{self.entry}"


class Group(NamedTuple):
    """One of the things counted (a class, a topic, an audience): its name, and how much lies behind it."""

    name: str
    detail: str
    people: int | None = None


@dataclass(frozen=True)
class People:
    """People on the roll, in a fixed order."""

    persons: Sequence[int]

    def rows(self, after: str = "") -> Iterator[Row]:
        """Everybody behind the token."""
        start = _index(list(self.persons), _numbers(after)[0]) if after else 0
        for person in self.persons[start:]:
            yield Row(person)


@dataclass(frozen=True)
class LaterPeople:
    """People on the roll who are worked out only when they are listed."""

    load: Callable[[], Sequence[int]]

    def rows(self, after: str = "") -> Iterator[Row]:
        """Everybody behind the token."""
        return People(self.load()).rows(after)


@dataclass(frozen=True)
class PeopleEntries:
    """Effective entries of people in some days; `ids` maps each id that has entries to its person, in order."""

    ids: Mapping[int, int]
    first: date
    last: date

    def rows(self, after: str = "") -> Iterator[Row]:
        """The entries behind the token, person by person, each in the order of days."""
        ids = list(self.ids)
        start, seen = 0, (date.min, 0)
        if after:
            _, _, entry = _numbers(after)
            last = CreditEntry.objects.filter(pk=entry).values_list("person_id", "happened_on").first()
            if last is not None:
                start, seen = max(0, _index(ids, last[0]) - 1), (last[1], entry)
        resumed = ids[start] if after and ids else 0
        for chunk in growing(ids[start:], IDS_AT_ONCE):
            yield from self._chunk(chunk, resumed, seen)

    def _chunk(self, ids: list[int], resumed: int, seen: tuple[date, int]) -> Iterator[Row]:
        order = {pk: number for number, pk in enumerate(ids)}
        entries = CreditEntry.objects.effective().happened(self.first, self.last).filter(person__in=ids)
        found = sorted(
            entries.values_list("person_id", "happened_on", "pk", "activity_id"),
            key=lambda row: (order[row[0]], row[1], row[2]),
        )
        for pk, day, entry, activity in found:
            if pk != resumed or (day, entry) > seen:
                yield Row(self.ids[pk], entry, activity, day)


@dataclass(frozen=True)
class ActivityEntries:
    """Effective entries of activities, in the activities' order, by the people that `ids` lead to.

    `load` gives the activities' ids when the entries are listed.
    """

    load: Callable[[], Sequence[int]]
    ids: Mapping[int, int]
    first: date
    last: date

    def rows(self, after: str = "") -> Iterator[Row]:
        """The entries behind the token."""
        start, seen, activities = 0, 0, list(self.load())
        if after:
            _, activity, seen = _numbers(after)
            start = max(0, _index(activities, activity) - 1)
        resumed = activities[start] if after and activities else 0
        for chunk in growing(activities[start:], ACTIVITIES_AT_ONCE):
            yield from self._chunk(chunk, resumed, seen)

    def _chunk(self, activities: list[int], resumed: int, seen: int) -> Iterator[Row]:
        order = {pk: number for number, pk in enumerate(activities)}
        entries = CreditEntry.objects.effective().happened(self.first, self.last).filter(activity__in=activities)
        rows = entries.values_list("activity_id", "pk", "person_id", "happened_on")
        for activity, entry, pk, day in sorted(rows, key=lambda row: (order[row[0]], row[1])):
            if pk in self.ids and (activity != resumed or entry > seen):
                yield Row(self.ids[pk], entry, activity, day)


@dataclass(frozen=True)
class Listed:
    """Entries that have been read already."""

    entries: Sequence[Row]

    def rows(self, after: str = "") -> Iterator[Row]:
        """The entries behind the token."""
        if not after:
            yield from self.entries
            return
        place = next((n for n, row in enumerate(self.entries) if row.token == after), len(self.entries))
        yield from self.entries[place + 1 :]


Source: TypeAlias = People | LaterPeople | PeopleEntries | ActivityEntries | Listed


def growing(items: Sequence[int], first: int) -> Iterator[list[int]]:
    """Lists of items, each twice as long as the one before: a page reads little, a recount reads quickly."""
    place, size = 0, first
    while place < len(items):
        yield list(items[place : place + size])
        place, size = place + size, min(size * 2, first * 64)


def _numbers(token: str) -> tuple[int, int, int]:
    """The parts of a token; zeros for one that was tampered with."""
    parts = token.split(".")
    if len(parts) != 3 or not all(part.isdigit() and len(part) < 19 for part in parts):
        return 0, 0, 0
    person, activity, entry = map(int, parts)
    return person, activity, entry


def _index(items: list[int], item: int) -> int:
    """The place after an item; the end for an unknown one."""
    return items.index(item) + 1 if item in items else len(items)
