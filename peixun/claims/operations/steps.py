"""What every step of a claim shares: the conditional move from state to state, its words, its trace."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from peixun.claims import rules
from peixun.claims.models import Claim, ClaimStep, Verb
from peixun.claims.rules import DayProblem
from peixun.people.models import Membership
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.people.queries.visible import one_person


class ClaimRefused(Exception):
    """A claim can't be filed or answered like that. The text is for people."""


class AlreadyMoved(ClaimRefused):
    """Somebody else was faster: the claim is no longer in the state that was seen."""

    def __init__(self) -> None:
        super().__init__(_("这件申诉已由他人办理，请重新打开查看"))


def move(claim: Claim, *, was: Collection[str], **to: Any) -> None:
    """Move a claim from one of these states; of two who do so at once only one succeeds. Raises AlreadyMoved."""
    if not Claim.objects.filter(pk=claim.pk, state__in=was, appealed=claim.appealed).update(**to):
        raise AlreadyMoved
    for name, value in to.items():
        setattr(claim, name, value)


def note(claim: Claim, verb: Verb, *, words: str, by: Actor, at: datetime) -> ClaimStep:
    """Leave a step in the claim's history and an entry in the audit trail of its branch."""
    step = ClaimStep.objects.create(claim=claim, at=at, by_id=by.account_id, verb=verb, words=words)
    audit.record(
        by=by,
        at=at,
        action=verb.value,
        subject="claim",
        subject_id=claim.pk,
        organisation_id=claim.branch_id,
        person=claim.person_id,
    )
    return step


def check_words(words: str, problem: str) -> str:
    """The words without space around. Raises ClaimRefused with the problem when there are none."""
    if not words.strip():
        raise ClaimRefused(problem)
    return words.strip()


def check_day_and_hours(person_id: int, day: date, hours: Decimal, *, today: date) -> None:
    """Raise ClaimRefused for a day or hours that nobody can have, and for a day on which the person wasn't a member."""
    problem = rules.problem_with_day(day, today=today)
    if problem == DayProblem.FUTURE:
        raise ClaimRefused(_("日期不能晚于今天"))
    if problem == DayProblem.LONG_GONE:
        raise ClaimRefused(
            _("只办理最近两年的学时，最早到 %(day)s；更早的请直接找上级党委干训科")
            % {"day": f"{rules.earliest(today):%Y-%m-%d}"}
        )
    if not rules.hours_are_sound(hours):
        raise ClaimRefused(_("学时要大于 0，不超过一天 24 小时，以 0.25 为一档，例如 2 或 1.5"))
    if not Membership.objects.on(day).filter(person__in=one_person(person_id)).exists():
        raise ClaimRefused(_("%(day)s 这一天您还不在党员名册上，请核对日期") % {"day": f"{day:%Y-%m-%d}"})
