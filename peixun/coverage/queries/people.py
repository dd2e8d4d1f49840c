"""Persons behind the counts: who is covered, who is not, and what each still owes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from peixun.catalog.models import Requirement
from peixun.coverage.models import PersonYear
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.computing import Computed, PersonYears
from peixun.kernel.hours import from_quarters
from peixun.people.models import Audience, Membership, Organisation

STATES = ("due", "covered", "uncovered", "fulfilled", "unfulfilled")


def person_years(
    organisation: Organisation, *, year: int, state: str = "due", audience: Audience | None = None
) -> QuerySet[PersonYear]:
    """Kept person-years of a subtree in one of `STATES`, of an audience if given, ordered by branch and name.

    They stand at the year's end as known now, which is today for the year that runs.
    """
    rows = PersonYear.objects.filter(year=year, due=True, branch__path__startswith=organisation.path)
    filters = {
        "due": {},
        "covered": {"covered": True},
        "uncovered": {"covered": False},
        "fulfilled": {"fulfilled": True},
        "unfulfilled": {"fulfilled": False},
    }
    rows = rows.filter(**filters[state])
    if audience is not None:
        rows = rows.extra(where=["audiences & %s <> 0"], params=[1 << audience.bit])
    return rows.select_related("person", "branch").order_by("branch__path", "person__name", "pk")


@dataclass(frozen=True, slots=True)
class Owed:
    """What is missing for one requirement, in words' parts: its name, hours, concentrated trainings."""

    name: str
    source: str
    hours: str
    concentrated: int


class Requirements:
    """Names of requirements by id, read once."""

    def __init__(self) -> None:
        self._rows = Requirement.objects.select_related("pack").in_bulk()

    def owed(self, missing: list[list[int]]) -> list[Owed]:
        """What a person still owes, from the kept `[requirement id, quarters, concentrated]`."""
        return [
            Owed(row.name, row.pack.source, str(from_quarters(quarters)), concentrated)
            for pk, quarters, concentrated in missing
            if (row := self._rows.get(pk)) is not None
        ]


def one_person(person_id: int, *, year: int, day: date, books: Books | None = None) -> Computed | None:
    """One person's year, worked out afresh at a date; None for an unknown or merged person."""
    for computed in PersonYears(books or current_books(), year=year, dates=[day]).compute([person_id]):
        if computed.person_id == person_id:
            return computed
    return None


def members_on(organisation: Organisation, day: date) -> Iterator[int]:
    """Ids of the persons who belong to the subtree, as it stands today, on a day."""
    rows = Membership.objects.on(day).filter(organisation__path__startswith=organisation.path)
    return rows.values_list("person_id", flat=True).iterator()
