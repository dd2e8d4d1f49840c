"""Opening personal numbers: everybody sees them masked; who opens one leaves a trace."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from peixun.people.models import Identity, Membership
from peixun.people.operations import audit
from peixun.people.queries.numbers import numbers_of
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.search import Page, Question, find_persons


@dataclass(frozen=True, slots=True)
class OpenNumbers:
    """The plain numbers of one person; "" where there is none."""

    citizen_number: str
    phone: str


@transaction.atomic
def open_numbers(person_id: int, *, by: Actor, at: datetime, day: date) -> OpenNumbers:
    """This operation will return a person's plain numbers and record who opened them.

    Raises OutOfScope where the person isn't on the roll of the actor's subtree on the day, Identity.DoesNotExist for
    somebody whose numbers were erased, NumberUnreadable when no key opens them.
    """
    membership = Membership.objects.on(day).filter(person=person_id).select_related("organisation").first()
    if membership is None:
        raise OutOfScope("not on the roll")
    by.require(Permission.OPEN_NUMBERS, membership.organisation.path)
    citizen_number, phone = numbers_of(Identity.objects.get(person=person_id))
    audit.record(
        by=by,
        at=at,
        action="open_numbers",
        subject="person",
        subject_id=person_id,
        organisation_id=membership.organisation_id,
    )
    return OpenNumbers(citizen_number, phone)


@transaction.atomic
def look_up(question: Question, *, by: Actor, at: datetime, day: date) -> Page:
    """This operation will find who has a whole personal number, within scope, and record that it was asked.

    The number itself is recorded nowhere.
    """
    page = find_persons(by, question, day=day)
    found = page.found[0] if page.found else None
    audit.record(
        by=by,
        at=at,
        action="look_up_number",
        subject="person",
        subject_id=found.person_id if found else "",
        organisation_id=found.organisation_id if found else None,
        kind=question.asked.value,
        found=len(page.found),
    )
    return page
