"""Telling people about a claim: whoever has it next, and the member with whoever filed it for them."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from peixun.claims.models import Claim, ClaimState, ClaimStep
from peixun.claims.queries.standing import ANSWER, DECIDE
from peixun.notices.operations import Holders, NewMessage, send
from peixun.people.queries.scope import Actor
from peixun.people.queries.visible import main_record


def tell_next(claim: Claim, step: ClaimStep, *, day: date, by: Actor, at: datetime) -> None:
    """This operation will tell those who stand nearest that a claim waits for them: the branch's or the office's."""
    kind = "claim_to_answer" if claim.state == ClaimState.OPEN_BRANCH else "claim_to_decide"
    _send(NewMessage(holders=(_has_it(claim, day),), **_about(kind, claim, step)), claim, by, at)


def tell_added(claim: Claim, step: ClaimStep, *, day: date, by: Actor, at: datetime) -> None:
    """This operation will tell those who have a claim that the member has added to it."""
    _send(NewMessage(holders=(_has_it(claim, day),), **_about("claim_added", claim, step)), claim, by, at)


def _has_it(claim: Claim, day: date) -> Holders:
    if claim.state == ClaimState.OPEN_BRANCH:
        return Holders(ANSWER, claim.branch_id, day)
    return Holders(DECIDE, claim.decider_id, day)


def tell_concerned(kind: str, claim: Claim, step: ClaimStep, *, by: Actor, at: datetime) -> None:
    """This operation will tell the member, and whoever filed for them, what was said about their claim."""
    filed_by = (claim.filed_by_id,) if claim.on_behalf and claim.filed_by_id is not None else ()
    persons = (main_record(claim.person_id),)
    _send(NewMessage(person_ids=persons, account_ids=filed_by, **_about(kind, claim, step)), claim, by, at)


def _about(kind: str, claim: Claim, step: ClaimStep) -> dict[str, Any]:
    """What a message about a step says; a step is told once."""
    parameters = {
        "name": claim.person.name,
        "branch": str(claim.branch),
        "office": str(claim.decider),
        "title": claim.title,
        "on": claim.happened_on.isoformat(),
        "words": step.words,
    }
    link = reverse("claims:claim", args=[claim.pk])
    return {"kind": kind, "key": f"{kind}:{step.pk}", "parameters": parameters, "link": link}


def _send(message: NewMessage, claim: Claim, by: Actor, at: datetime) -> None:
    send([message], by=by, at=at, organisation_id=claim.branch_id)
