"""Statistical tables: coverage by whatever is chosen, the same rows for the screen and the sheet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from peixun.catalog.models import Delivery, Example, Setting, Strand, Tier
from peixun.coverage.queries.position import Count, Position, position
from peixun.people.models import Organisation

DIMENSION_WORDS: dict[str, Any] = {
    "tier": Tier,
    "delivery": Delivery,
    "setting": Setting,
    "strand": Strand,
    "example": Example,
}
ROWS = ("units", "audiences", "months", "dimensions")
UNKNOWN_FULFILMENT = ("fulfilled", "fulfilled_share")
"""Columns that say nothing of a tier or a dimension: hours are owed in all, not to a kind of training."""


@dataclass(frozen=True, slots=True)
class StatColumn:
    """One column: its heading, its kind in a sheet (`int`, `percent`, `hours`), its value from a count."""

    heading: str
    kind: str
    value: Callable[[Count], Any]


def stat_columns() -> dict[str, StatColumn]:
    """Every column by key, in the order in which they stand."""
    return {
        "due": StatColumn(_("应训（人）"), "int", lambda c: c.due),
        "covered": StatColumn(_("参训（人）"), "int", lambda c: c.covered),
        "missing": StatColumn(_("未参训（人）"), "int", lambda c: c.missing),
        "share": StatColumn(_("覆盖率"), "percent", lambda c: c.share),
        "fulfilled": StatColumn(_("达标（人）"), "int", lambda c: c.fulfilled),
        "fulfilled_share": StatColumn(_("达标率"), "percent", lambda c: c.fulfilled_share),
        "person_times": StatColumn(_("参训（人次）"), "int", lambda c: c.person_times),
        "hours": StatColumn(_("学时"), "hours", lambda c: c.hours),
    }


COLUMNS = ("due", "covered", "missing", "share", "fulfilled", "fulfilled_share", "person_times", "hours")


@dataclass(frozen=True)
class Statistics:
    """Which table: of whose subtree, in which year, up to which date of it; what rows and columns it has.

    `audience` (its key) or `tier` narrow what is counted, never both. Rows by audience take no further narrowing, nor
    do rows by dimension: such figures aren't kept crossed.
    """

    organisation: Organisation
    year: int
    as_of: date
    rows: str = "units"
    columns: tuple[str, ...] = field(default=COLUMNS)
    audience: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True)
class StatRow:
    """One row: its name and a value for each column; None where there is nothing to say."""

    name: str
    values: list[Any]


@dataclass(frozen=True)
class StatTable:
    """The table: what its rows are, its columns, its rows; whether kept figures are being updated."""

    row_heading: str
    columns: list[StatColumn]
    rows: list[StatRow]
    updating: bool


def stat_table(wanted: Statistics) -> StatTable:
    """The table. Raises ValueError for a date outside the year, and for narrowings that aren't kept crossed."""
    if (wanted.audience or wanted.tier) and wanted.rows in {"audiences", "dimensions"}:
        raise ValueError("rows by audience or dimension aren't kept crossed")
    found = position(
        wanted.organisation, year=wanted.year, as_of=wanted.as_of, audience=wanted.audience, tier=wanted.tier
    )
    known = stat_columns()
    silent = UNKNOWN_FULFILMENT if wanted.tier or wanted.rows == "dimensions" else ()
    rows = [
        StatRow(name, [None if key in silent else known[key].value(count) for key in wanted.columns])
        for name, count in _ROWS[wanted.rows](found)
    ]
    return StatTable(_headings()[wanted.rows], [known[key] for key in wanted.columns], rows, found.updating)


def _headings() -> dict[str, str]:
    return {
        "units": _("党组织"),
        "audiences": _("培训对象"),
        "months": _("截至"),
        "dimensions": _("培训维度"),
    }


def _units(found: Position) -> Iterator[tuple[str, Count]]:
    yield _("合计"), found.total
    for child in found.children:
        yield child.organisation.name, child.count


def _audiences(found: Position) -> Iterator[tuple[str, Count]]:
    for audience in found.audiences:
        yield audience.name, audience.count


def _months(found: Position) -> Iterator[tuple[str, Count]]:
    for number, count in enumerate(found.months, start=1):
        last = number == len(found.months)
        day = found.as_of.isoformat() if last else _("%(month)d月末") % {"month": number}
        yield day, count


def _dimensions(found: Position) -> Iterator[tuple[str, Count]]:
    for name, words in DIMENSION_WORDS.items():
        counts = found.dimensions.get(name, {})
        for value, label in words.choices:
            if value in counts:
                yield str(label), counts[value]._replace(due=found.total.due)


_ROWS: dict[str, Callable[[Position], Iterator[tuple[str, Count]]]] = {
    "units": _units,
    "audiences": _audiences,
    "months": _months,
    "dimensions": _dimensions,
}


def as_fraction(value: Decimal | None) -> Decimal | None:
    """Percent as the share that sheets keep."""
    return None if value is None else value / 100
