"""Two records side by side, and what would count if they were one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.learning import learning_year, learning_years
from peixun.kernel import clock
from peixun.people.models import Account, Membership, Person, Post, StatusPeriod
from peixun.people.queries.numbers import MaskedNumbers, masked_numbers


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records: who it says the person is, and what is dated about them today; hours in quarters."""

    person: Person
    numbers: MaskedNumbers
    membership: Membership | None
    last: Membership | None
    posts: list[Post]
    statuses: list[StatusPeriod]
    logins: int
    hours: dict[int, int]


@dataclass(frozen=True, slots=True)
class HoursLine:
    """What counts in one year for either record and, if asked, for the two as one; hours in quarters."""

    year: int
    first: int
    second: int
    together: int | None = None

    @property
    def twice(self) -> int:
        """Hours that count twice as long as there are two records."""
        return max(0, self.first + self.second - (self.together or 0))


def side_of(person: Person, *, day: date) -> Side:
    """One record as the comparison shows it."""
    memberships = list(Membership.objects.filter(person=person).select_related("organisation").order_by("-since"))
    return Side(
        person=person,
        numbers=masked_numbers(person.pk),
        membership=next((m for m in memberships if m.until is None), None),
        last=memberships[0] if memberships else None,
        posts=list(Post.objects.filter(person=person, until__isnull=True).select_related("organisation")),
        statuses=list(StatusPeriod.objects.on(day).filter(person=person)),
        logins=Account.objects.filter(person=person, is_active=True).count(),
        hours=counted(person.pk, learning_years(person.pk, today=day), current_books()),
    )


def counted(person_id: int, years: Sequence[int], books: Books) -> dict[int, int]:
    """The hours that count for a person in each of these years, as known today, in quarters."""
    found: dict[int, int] = {}
    for year in years:
        one = learning_year(person_id, year=year, day=clock.as_of_default(year), books=books)
        if one is not None:
            found[year] = one.quarters
    return found


def hours_lines(first: Side, second: Side, together: dict[int, int] | None) -> list[HoursLine]:
    """Year by year, the latest first; years in which nothing counts are left out."""
    lines = [
        HoursLine(
            year,
            first.hours.get(year, 0),
            second.hours.get(year, 0),
            None if together is None else together.get(year, 0),
        )
        for year in sorted(first.hours.keys() | second.hours.keys(), reverse=True)
    ]
    return [line for line in lines if line.first or line.second]


def better_kept(first: Side, second: Side) -> Side:
    """The record that would rather stay: the one with a membership, then with posts, a login, the older one."""

    def weight(side: Side) -> tuple[bool, bool, bool, bool, int]:
        return (
            side.membership is not None,
            bool(side.posts),
            bool(side.statuses),
            bool(side.logins),
            -side.person.pk,
        )

    return max(first, second, key=weight)
