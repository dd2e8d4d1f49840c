"""Opening personal numbers: everybody sees them masked; who opens one leaves a trace."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from peixun.kernel.clock import ZONE
from peixun.people.models import AuditEntry, Identity, Membership
from peixun.people.operations import audit
from peixun.people.queries.numbers import Secrets, numbers_of, secrets_of
from peixun.people.queries.places import place_of_persons
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.search import Page, Question, find_persons
from peixun.people.queries.visible import one_person


def see_record(person_id: int, *, by: Actor, at: datetime) -> None:
    """This operation will record that somebody looked at a person's record: once for each actor, person and day.

    One's own record leaves no trace. Whoever calls has checked the scope.
    """
    if by.person_id is not None and person_id in one_person(by.person_id):
        return
    midnight = datetime.combine(at.astimezone(ZONE).date(), time.min, tzinfo=ZONE)
    known = AuditEntry.objects.filter(subject="person", subject_id=str(person_id), action="see_record")
    if known.filter(account=by.account_id, system_user=by.system_user, at__gte=midnight).exists():
        return
    audit.record(
        by=by,
        at=at,
        action="see_record",
        subject="person",
        subject_id=person_id,
        organisation_id=place_of_persons({person_id}),
    )


@dataclass(frozen=True, slots=True)
class OpenNumbers:
    """The plain numbers of one person; "" where there is none."""

    citizen_number: str
    phone: str


@transaction.atomic
def open_numbers(person_id: int, *, by: Actor, at: datetime, day: date) -> OpenNumbers:
    """This operation will return a person's plain numbers and record who opened them; one's own are always open.

    Raises OutOfScope where the person isn't on the roll of the actor's subtree on the day, Identity.DoesNotExist for
    somebody whose numbers were erased, NumberUnreadable when no key opens them.
    """
    membership = Membership.objects.on(day).filter(person=person_id).select_related("organisation").first()
    if by.person_id is None or person_id not in one_person(by.person_id):
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
        organisation_id=membership.organisation_id if membership else None,
    )
    return OpenNumbers(citizen_number, phone)


@transaction.atomic
def take_along(*, by: Actor, at: datetime, day: date) -> dict[int, Secrets]:
    """This operation will return all that is encrypted about whoever acts, by record, and record that it was taken.

    Raises OutOfScope for an account without a person, NumberUnreadable when no key opens something.
    """
    if by.person_id is None:
        raise OutOfScope("this account has no person")
    ids = one_person(by.person_id)
    secrets = {row.person_id: secrets_of(row) for row in Identity.objects.filter(person__in=ids)}
    membership = Membership.objects.on(day).filter(person__in=ids).first()
    audit.record(
        by=by,
        at=at,
        action="take_along",
        subject="person",
        subject_id=ids[0],
        organisation_id=membership.organisation_id if membership else None,
    )
    return secrets


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
