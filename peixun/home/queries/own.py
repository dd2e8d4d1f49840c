"""What a member sees of their own year."""

from dataclasses import dataclass
from datetime import date

from peixun.home.queries.states import YearState, year_states
from peixun.kernel.clock import as_of_default
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Person, PersonAlias, Post, PostTitle

AT_MOST = 300


@dataclass(frozen=True, slots=True)
class OwnYear:
    """A member's year: state, branch, and whom to ask."""

    membership: Membership | None
    state: YearState | None
    secretary: Person | None


def own_year(person_id: int, *, day: date) -> OwnYear:
    """The year of a day, for one person."""
    membership = _membership(person_id, day)
    paths = [membership.organisation.path] if membership else []
    states = year_states([person_id], paths=paths, year=day.year, day=day)
    secretary = _secretary(membership, day) if membership else None
    return OwnYear(membership, states.get(person_id), secretary)


def _membership(person_id: int, day: date) -> Membership | None:
    rows = Membership.objects.on(day).filter(person__in=own_ids(person_id)).select_related("organisation")
    # The record that stays says where the person belongs; a merged one only where it says nothing.
    return max(rows, key=lambda m: (m.person_id == person_id, m.since), default=None)


def _secretary(membership: Membership, day: date) -> Person | None:
    posts = Post.objects.on(day).filter(organisation=membership.organisation_id, title=PostTitle.SECRETARY)
    post = posts.exclude(person=membership.person_id).select_related("person").first()
    return post.person if post else None


def own_ids(person_id: int) -> list[int]:
    """The person's own id and those of records merged into it."""
    return [person_id, *PersonAlias.objects.filter(person=person_id).values_list("alias_id", flat=True)]


def own_credits(person_id: int, *, year: int) -> list[CreditEntry]:
    """Credits of a year that stand, the latest first."""
    rows = CreditEntry.objects.effective().happened(date(year, 1, 1), date(year, 12, 31))
    rows = rows.filter(person__in=own_ids(person_id)).select_related("activity", "activity__organiser")
    return list(rows.order_by("-happened_on", "-pk")[:AT_MOST])


def own_years(person_id: int, *, day: date) -> list[int]:
    """Years with credits of one's own, and this one, the latest first."""
    rows = CreditEntry.objects.effective().filter(person__in=own_ids(person_id))
    years = {moment.year for moment in rows.dates("happened_on", "year")}
    return sorted(years | {day.year}, reverse=True)


def own_hours(person_id: int, *, year: int) -> YearState | None:
    """The state of any year of one's own."""
    day = as_of_default(year)
    membership = _membership(person_id, day)
    paths = [membership.organisation.path] if membership else []
    return year_states([person_id], paths=paths, year=year, day=day).get(person_id)
