"""Which due people have met every requirement on a date."""

from datetime import date

from django.db.models import Q

from peixun.coverage.models import PersonYear, StaleBranch
from peixun.coverage.queries.computing import PersonYears
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Post, StatusPeriod
from peixun.reports.queries.records import YearRecords


def fulfilled_people(year: YearRecords) -> set[int]:
    """Due people who are fulfilled on the date: from what is kept where that holds on the date, else worked out."""
    due = year.roll.due
    if _is_kept(year):
        kept = PersonYear.objects.filter(year=year.year, due=True, fulfilled=True)
        return due.keys() & set(kept.values_list("person_id", flat=True))
    computed = PersonYears(year.books, year=year.year, dates=[year.as_of]).compute(list(due))
    return {c.person_id for c in computed if c.result.slots[0].fulfilled}


def _is_kept(year: YearRecords) -> bool:
    """Whether the kept person-years, which stand at the year's end, hold on the date too."""
    if StaleBranch.objects.filter(year=year.year).exists():
        return False
    end = date(year.year, 12, 31)
    if year.as_of == end:
        return True
    window = Q(since__gt=year.as_of, since__lte=end) | Q(until__gt=year.as_of, until__lte=end)
    packs, organisations = year.books.packs, year.books.organisations
    return (
        packs.stretch(year.as_of) == packs.stretch(end)
        and not organisations.moved_between(year.as_of, end)
        and not any(model.objects.filter(window).exists() for model in (Membership, Post, StatusPeriod))
        and not CreditEntry.objects.filter(happened_on__gt=year.as_of, happened_on__lte=end).exists()
    )
