"""For whom what is kept of a year, which stands at its last day, may not hold on an earlier day."""

from datetime import date

from django.db.models import Q

from peixun.coverage.queries.books import Books
from peixun.kernel import clock
from peixun.people.models import Membership, Post, StatusPeriod
from peixun.people.queries.roll import fold

AT_MOST = 2000


def differing(books: Books, *, year: int, day: date) -> set[int] | None:
    """Persons about whom something is dated between the day and the year's end; None when they are many."""
    last = date(year, 12, 31)
    if day == last:
        return set()
    if day < clock.today() or any(day < boundary <= last for boundary in books.packs.boundaries):
        # Credits of the days that follow are to be left out: that concerns nearly everybody.
        return None
    if books.organisations.moved_between(day, last):
        return None
    window = Q(since__gt=day, since__lte=last) | Q(until__gt=day, until__lte=last)
    persons: set[int] = set()
    for model in (Membership, Post, StatusPeriod):
        persons.update(model.objects.filter(window).values_list("person_id", flat=True)[: AT_MOST + 1])
    return None if len(persons) > AT_MOST else fold(persons)
