"""Who may do what about a claim, and which office it goes to."""

from datetime import datetime

from peixun.claims import rules
from peixun.claims.models import Claim, ClaimState, Verb
from peixun.ledger.models import Activity
from peixun.people.models import Organisation
from peixun.people.queries.scope import ROLE_PERMISSIONS, Actor, Permission
from peixun.people.queries.visible import main_record

ANSWER = Permission.ANSWER_CLAIMS
DECIDE = Permission.REVERSE
"""Granting writes into the ledger: whoever may reverse entries may grant, and a secretary passes on."""


def is_own(actor: Actor, person_id: int) -> bool:
    """Whether a claim is about the actor."""
    return actor.person_id is not None and main_record(actor.person_id) == main_record(person_id)


def may_act_as_member(actor: Actor, claim: Claim) -> bool:
    """Whether an actor speaks for the member: the member, or whoever filed for them."""
    filed = actor.account_id is not None and claim.filed_by_id == actor.account_id
    return filed or is_own(actor, claim.person_id)


def may_file_for(actor: Actor, path: str) -> bool:
    """Whether an actor may file for the members of a branch."""
    return actor.may(ANSWER, path)


def branch_paths(actor: Actor) -> list[str]:
    """The subtrees for whose branches the actor answers: by grants that pass on and don't decide."""
    if actor.is_system:
        return [""]
    return sorted(
        {g.path for g in actor.grants if ANSWER in ROLE_PERMISSIONS[g.role] and DECIDE not in ROLE_PERMISSIONS[g.role]}
    )


def acts_for_branch(actor: Actor, claim: Claim) -> bool:
    """Whether the actor answers for the branch of a claim."""
    return any(claim.branch.path.startswith(path) for path in branch_paths(actor))


def acts_for_office(actor: Actor, claim: Claim) -> bool:
    """Whether the actor is of the office that decides a claim, or of one above."""
    return actor.may(ANSWER, claim.branch.path) and actor.may(DECIDE, claim.decider.path)


def may_answer(actor: Actor, claim: Claim) -> bool:
    """Whether the actor answers for the branch, and the branch has to."""
    return claim.state == ClaimState.OPEN_BRANCH and acts_for_branch(actor, claim)


def is_due_at_office(claim: Claim, *, at: datetime) -> bool:
    """Whether the office may decide: what the branch has passed on, or left for longer than it may."""
    overdue = claim.state == ClaimState.OPEN_BRANCH and rules.is_overdue(claim.waiting_since, at=at)
    return overdue or claim.state == ClaimState.OPEN_OFFICE


def may_decide(actor: Actor, claim: Claim, *, at: datetime) -> bool:
    """Whether the actor is of the office that has to decide now."""
    return acts_for_office(actor, claim) and is_due_at_office(claim, at=at)


def has_acted(actor: Actor, claim: Claim) -> bool:
    """Whether the actor had a hand in the claim before: whoever decides has fresh eyes; asking isn't answering."""
    return actor.account_id is not None and claim.steps.filter(by=actor.account_id).exclude(verb=Verb.ASK).exists()


def committee_of(branch: Organisation) -> Organisation:
    """The committee that a branch belongs to; a branch without any stands for itself."""
    return branch.parent or branch


def decides_on(branch: Organisation, activity: Activity | None) -> Organisation:
    """The organisation whose office decides: the activity's organiser where it stands above the branch, else the
    branch's committee."""
    if activity is not None:
        organiser = activity.organiser
        if organiser.pk != branch.pk and branch.path.startswith(organiser.path):
            return organiser
    return committee_of(branch)


def appeals_to(claim: Claim) -> Organisation | None:
    """The office that looks at a refused claim once more; None when there is none above."""
    return claim.decider if claim.refused_by_branch else claim.decider.parent
