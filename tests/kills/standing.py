"""What has to stand however a process ended."""

from peixun.coverage.models import PersonYear, RollUp
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.operations.writing import PERSON_YEAR_COLUMNS

YEARS = (2017, 2018)


def _kept() -> tuple[dict, dict]:
    """All that is kept, without rows that say nothing."""
    rows = PersonYear.objects.exclude(branch=None).values(*PERSON_YEAR_COLUMNS)
    people = {(row["person"], row["year"]): row for row in rows}
    sums = {(r.organisation_id, r.year, r.cut): r.months for r in RollUp.objects.all() if any(any(m) for m in r.months)}
    return people, sums


def kept_is_right() -> None:
    """What is kept about people and branches equals what a rebuild finds."""
    refresh()
    people, sums = _kept()
    for year in YEARS:
        rebuild(year)
    assert (people, sums) == _kept()
