"""How far a new installation has come: which of the first steps are done, told by the data alone."""

from collections.abc import Iterator

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from peixun.ledger.models import CreditEntry
from peixun.people.models import AuditEntry, Grant, Membership, Organisation, Post, Role

STEPS = ("root", "organisations", "members", "posts", "codes", "credits", "report")


def steps_done(place: Organisation) -> dict[str, bool]:
    """Each of STEPS, and whether it is done below an organisation; as many queries as steps but one."""
    return dict(zip(STEPS, _done(place), strict=True))


def first_steps_done(place: Organisation) -> bool:
    """Whether nothing is left to do; asks no further than the first step that isn't done."""
    return all(_done(place))


def _done(place: Organisation) -> Iterator[bool]:
    below = {"organisation__path__startswith": place.path}
    yield True  # an account stands on it
    yield Organisation.objects.under(place).exclude(pk=place.pk).exists()
    yield Membership.objects.filter(**below).exists()
    yield Post.objects.filter(**below).exists()
    can_sign_in = Q(account__codes__isnull=False) | ~Q(account__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    yield Grant.objects.filter(can_sign_in, role=Role.SECRETARY, **below).exists()
    yield CreditEntry.objects.filter(person__memberships__organisation__path__startswith=place.path).exists()
    drafted = Q(action="draft", subject="work_report") | Q(action="issue", subject="issued_report")
    yield AuditEntry.objects.filter(drafted, **below).exists()
