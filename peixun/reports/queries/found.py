"""A figure together with what lies behind it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from django.urls import reverse

from peixun.coverage.queries.position import percent
from peixun.kernel.figures import Figure, Part, Value
from peixun.people.models import Organisation
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import Group, Row, Source

Recount: TypeAlias = Callable[[Iterable[Row]], int]


def people(rows: Iterable[Row]) -> int:
    """People among the rows, each once."""
    return len({row.person for row in rows})


def person_times(rows: Iterable[Row]) -> int:
    """Attendances: each person once for each activity."""
    return len({(row.person, row.activity) for row in rows})


def activities(rows: Iterable[Row]) -> int:
    """Activities that the rows belong to."""
    return len({row.activity for row in rows})


def records(rows: Iterable[Row]) -> int:
    """The rows themselves."""
    return sum(1 for _ in rows)


@dataclass(frozen=True)
class Found:
    """A figure, the records behind it, and how its numerator is counted from them.

    `groups` names the things counted where they aren't people (classes, topics, audiences).
    """

    figure: Figure
    source: Source
    recount: Recount
    groups: Sequence[Group] = ()

    @property
    def counts_people(self) -> bool:
        """Whether people are counted for each of the groups."""
        return any(group.people is not None for group in self.groups)

    def recounted(self) -> int:
        """The numerator, counted afresh from every record behind the figure."""
        return self.recount(self.source.rows())


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a figure says of itself before it is given its date and address. `of` is a denominator, for shares."""

    key: str
    label: str
    unit: str
    rule: str
    count: int
    entries: int
    of: Part | None = None
    share: bool = False


def found(year: YearRecords, draft: Draft, source: Source, recount: Recount, groups: Sequence[Group] = ()) -> Found:
    """A figure of the year; its value is the count, or the share of the denominator in percent."""
    figure = Figure(
        key=draft.key,
        label=draft.label,
        value=_share(draft) if draft.share else draft.count,
        unit=draft.unit,
        rule=draft.rule,
        numerator=Part(draft.count, draft.rule),
        denominator=draft.of,
        as_of=year.as_of,
        entries_url=figure_url(year.organisation, year=year.year, key=draft.key, as_of=year.as_of),
        entries=draft.entries,
    )
    return Found(figure, source, recount, groups)


def _share(draft: Draft) -> Value:
    whole = int(draft.of.value) if draft.of else 0
    return percent(draft.count, whole) or Decimal(0)


def figure_url(organisation: Organisation, *, year: int, key: str, as_of: date) -> str:
    """The page that lists what a figure was counted from."""
    return f"{reverse('reports:figure', args=[organisation.code, year, key])}?as_of={as_of.isoformat()}"
