"""Writing person-years and roll-ups."""

from collections.abc import Collection, Iterable
from datetime import date

import orjson

from peixun.coverage.models import PersonYear, RollUp
from peixun.coverage.queries.computing import Computed, PersonYears
from peixun.coverage.rules import WIDTH, Sums
from peixun.kernel import bulk

PERSON_YEAR_COLUMNS = (
    "person",
    "year",
    "branch",
    "due",
    "covered",
    "fulfilled",
    "audiences",
    "hours",
    "person_times",
    "missing",
)
Months = list[list[int]]


def write_person_years(years: PersonYears, person_ids: Collection[int], *, sums: Sums | None = None) -> set[int]:
    """This operation will compute and keep the person-years; it returns the branches that they touch.

    Those are the branches of the year, and the one that was kept before: a transfer that is recorded late takes a
    person out of it. With `sums`, each result is also taken into the roll-up that is being worked out.
    """
    rows: list[tuple[object, ...]] = []
    branches = set() if sums is not None else _kept_branches(years.year, person_ids)
    for computed in years.compute(person_ids):
        rows.append(_row(computed, years.year))
        branches.update(computed.branches)
        if sums is not None:
            sums.add(computed.result)
    bulk.insert(PersonYear, PERSON_YEAR_COLUMNS, rows, update_on=("person", "year"))
    if merged := set(person_ids) - {row[0] for row in rows}:
        # Whoever was merged into another person has no years of their own any more.
        for chunk in bulk.chunks(merged, 5000):
            PersonYear.objects.filter(person__in=chunk, year=years.year).delete()
    return branches


KEPT_BRANCH_SQL = (
    "SELECT DISTINCT branch_id FROM coverage_personyear WHERE {ids} AND year = %s AND branch_id IS NOT NULL"
)


def _kept_branches(year: int, person_ids: Collection[int]) -> set[int]:
    return {branch for rows in bulk.select(KEPT_BRANCH_SQL, "person_id", person_ids, [year]) for (branch,) in rows}


def _row(computed: Computed, year: int) -> tuple[object, ...]:
    slot = computed.result.slots[-1]
    missing = orjson.dumps([list(gap) for gap in computed.result.missing]).decode()
    return (
        computed.person_id,
        year,
        slot.stand.branch,
        slot.stand.due,
        slot.covered,
        slot.fulfilled,
        slot.stand.mask,
        slot.quarters,
        slot.person_times,
        missing,
    )


def to_months(flat: list[int]) -> Months:
    """Flat sums as one list of `WIDTH` numbers a month."""
    return [flat[index : index + WIDTH] for index in range(0, len(flat), WIDTH)]


def write_roll_ups(year: int, rows: Iterable[tuple[int, str, Months]]) -> None:
    """This operation will keep the roll-ups of a year, overwriting what was kept for the same cut."""
    bulk.insert(
        RollUp,
        ("organisation", "year", "cut", "months"),
        ((organisation, year, cut, orjson.dumps(months).decode()) for organisation, cut, months in rows),
        update_on=("organisation", "year", "cut"),
    )


def month_ends(year: int) -> list[date]:
    """The dates at which figures are kept."""
    starts = [date(year, month, 1) for month in range(2, 13)] + [date(year + 1, 1, 1)]
    return [date.fromordinal(start.toordinal() - 1) for start in starts]
