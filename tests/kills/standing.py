"""What has to stand however a process ended."""

from peixun.coverage.models import PersonYear, RollUp
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.operations.writing import PERSON_YEAR_COLUMNS

YEARS = (2017, 2018)


def _kept() -> tuple[list, list]:
    people = PersonYear.objects.order_by("year", "person").values_list(*PERSON_YEAR_COLUMNS)
    sums = [f.name for f in RollUp._meta.concrete_fields if f.name not in {"id", "refreshed_at"}]
    return list(people), sorted(map(repr, RollUp.objects.values_list(*sums)))


def kept_is_right() -> None:
    """What is kept about people and branches equals what a rebuild finds."""
    for year in YEARS:
        rebuild(year) if not RollUp.objects.filter(year=year).exists() else None
    refresh()
    people, sums = _kept()
    for year in YEARS:
        rebuild(year)
    rebuilt_people, rebuilt_sums = _kept()
    assert people == rebuilt_people
    assert sums == rebuilt_sums
