"""A year's records of one organisation, each part read when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from peixun.catalog.models import Topic
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.position import Position, position
from peixun.people.models import Audience, Organisation
from peixun.reports.queries.activities import Attended, Held, attended
from peixun.reports.queries.classes import (
    ClassEntry,
    audience_book,
    class_entries,
    is_city_key,
    is_for_secretaries,
    is_off_site,
    year_classes,
)
from peixun.reports.queries.roll import Roll


@dataclass(frozen=True, slots=True)
class AudienceReach:
    """An audience of the city's key classes: who is due on the day, and who of them took part in one."""

    audience: Audience
    due: tuple[int, ...]
    reached: tuple[int, ...]

    @property
    def is_full(self) -> bool:
        """Whether everybody took part."""
        return len(self.due) == len(self.reached)


@dataclass
class YearRecords:
    """What figures are counted from: an organisation's subtree in a year, up to a date of that year.

    Raises ValueError when the date lies outside the year.
    """

    organisation: Organisation
    year: int
    as_of: date
    books: Books = field(default_factory=current_books)
    _positions: dict[int, Position] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the date."""
        if self.as_of.year != self.year:
            raise ValueError("the date lies outside the year")

    @property
    def first(self) -> date:
        """The first day that counts."""
        return date(self.year, 1, 1)

    @property
    def is_whole_year(self) -> bool:
        """Whether the date is the year's last day."""
        return self.as_of == date(self.year, 12, 31)

    @cached_property
    def roll(self) -> Roll:
        """Who is due on the date."""
        return Roll(self.organisation, day=self.as_of, books=self.books)

    @cached_property
    def attended(self) -> Attended:
        """What due people attended."""
        return attended(self.roll, first=self.first, last=self.as_of)

    @cached_property
    def position(self) -> Position:
        """The coverage of the subtree, with children and audiences, from what is kept."""
        return self.position_of(self.organisation)

    def position_of(self, part: Organisation) -> Position:
        """The coverage of a part of the subtree, read once."""
        if part.pk not in self._positions:
            self._positions[part.pk] = position(part, year=self.year, as_of=self.as_of, books=self.books)
        return self._positions[part.pk]

    @cached_property
    def audiences(self) -> dict[str, Audience]:
        """Audiences by key and by name."""
        return audience_book()

    def audience_name(self, key: str) -> str:
        """The name of an audience by its key; the word itself where there is no such audience."""
        return self.audiences[key].name if key in self.audiences else key

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """Topics of the catalog by key."""
        return {topic.key: topic for topic in Topic.objects.all()}

    @cached_property
    def classes(self) -> dict[int, Held]:
        """Classes of key, special and rotation programmes in the year, held for whomever."""
        return year_classes(first=self.first, last=self.as_of)

    @cached_property
    def class_entries(self) -> list[ClassEntry]:
        """Their effective entries, of whomever."""
        return class_entries(self.classes, roll=self.roll, first=self.first, last=self.as_of)

    @cached_property
    def city_key(self) -> list[ClassEntry]:
        """Entries of the city's key classes by people of the subtree."""
        return self._entries_of(is_city_key)

    @property
    def city_key_of_anybody(self) -> list[ClassEntry]:
        """Entries of the city's key classes by whomever."""
        return [row for row in self.class_entries if is_city_key(self.classes[row.activity_id])]

    @cached_property
    def off_site(self) -> list[ClassEntry]:
        """Entries of special classes held outside by people of the subtree."""
        return self._entries_of(is_off_site)

    @cached_property
    def secretaries(self) -> list[ClassEntry]:
        """Entries of secretaries' classes by those who were secretary of a grassroots organisation then."""
        rows = self._entries_of(lambda a: is_for_secretaries(a, self.audiences))
        return [row for row in rows if row.secretary]

    @cached_property
    def key_reach(self) -> list[AudienceReach]:
        """The audiences of the city's key classes with anybody due in the subtree."""
        keys = {a.audience for a in self.classes.values() if is_city_key(a)}
        wanted = {self.audiences[key].pk: self.audiences[key] for key in keys if key in self.audiences}
        trained = {row.person for row in self.city_key_of_anybody}
        found = []
        for audience in sorted(wanted.values(), key=lambda a: (a.position, a.bit)):
            due = self.roll.audience(audience)
            if due:
                found.append(AudienceReach(audience, tuple(due), tuple(p for p in due if p in trained)))
        return found

    def held_in(self, rows: list[ClassEntry]) -> list[Held]:
        """The classes that entries belong to, in the order of their days."""
        ids = {row.activity_id for row in rows}
        return [activity for pk, activity in self.classes.items() if pk in ids]

    def taught_topics(self, group: str) -> list[Topic]:
        """Topics of a group that were taught in attended activities, in the catalog's order."""
        taught = {key for activity in self.attended.held.values() for key in activity.topics}
        return [topic for key, topic in self.topics.items() if topic.group == group and key in taught]

    def _entries_of(self, takes: Callable[[Held], bool]) -> list[ClassEntry]:
        wanted = {pk for pk, activity in self.classes.items() if takes(activity)}
        return [row for row in self.class_entries if row.belongs and row.activity_id in wanted]
