"""The statistical table: coverage by organisation and by audience, down to a chosen level."""

from collections.abc import Iterator
from dataclasses import dataclass

from peixun.coverage.queries.position import ChildCount, Count
from peixun.people.models import Organisation
from peixun.reports.queries.records import YearRecords


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One organisation's count; `depth` is 0 for the organisation that the table is about."""

    organisation: Organisation
    depth: int
    count: Count


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """One audience's count in one organisation."""

    organisation: Organisation
    depth: int
    audience: str
    count: Count


def unit_rows(year: YearRecords, *, levels: int) -> Iterator[UnitRow]:
    """The organisation and those below it, each before its own children."""
    yield UnitRow(year.organisation, 0, year.position.total)
    yield from _below(year, year.organisation, depth=1, levels=levels)


def _below(year: YearRecords, parent: Organisation, *, depth: int, levels: int) -> Iterator[UnitRow]:
    if depth > levels:
        return
    children: list[ChildCount] = year.position_of(parent).children
    for child in children:
        yield UnitRow(child.organisation, depth, child.count)
        if not child.organisation.holds_members:
            yield from _below(year, child.organisation, depth=depth + 1, levels=levels)


def audience_rows(year: YearRecords, *, levels: int) -> Iterator[AudienceRow]:
    """The same organisations, each with the audiences that anybody due there is in."""
    for row in unit_rows(year, levels=levels):
        for audience in year.position_of(row.organisation).audiences:
            yield AudienceRow(row.organisation, row.depth, audience.name, audience.count)
