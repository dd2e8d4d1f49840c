"""Claims as the member, the branch, the office and the auditor see them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from peixun.claims.models import OPEN, Claim, ClaimState
from peixun.claims.queries.standing import ANSWER, DECIDE, branch_paths
from peixun.claims.rules import ANSWER_WITHIN
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import one_person

AT_MOST = 100


def _below(side: str, paths: Collection[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{side}__path__startswith": path})
    return condition


def own_claims(person_id: int) -> QuerySet[Claim]:
    """The claims of a person, the latest first."""
    return _rows().filter(person__in=one_person(person_id))


def readable_claims(actor: Actor) -> QuerySet[Claim]:
    """The claims that an actor may read: their own, those of the branches they answer for or decide on, and what an
    auditor may see who may see the people too."""
    audited = _below("branch", actor.paths(Permission.SEE_AUDIT)) & _below("branch", actor.paths(Permission.SEE_PEOPLE))
    own = Q(person__in=one_person(actor.person_id)) if actor.person_id is not None else Q(pk__in=[])
    return _rows().filter(own | _below("branch", actor.paths(ANSWER)) | audited)


def _rows() -> QuerySet[Claim]:
    return Claim.objects.select_related("person", "branch__parent", "decider__parent", "entry__activity", "activity")


def to_answer(actor: Actor) -> QuerySet[Claim]:
    """What waits for the actor's branches, the oldest first; one's own is for others to answer."""
    rows = _rows().filter(_below("branch", branch_paths(actor)), state=ClaimState.OPEN_BRANCH)
    return _others(rows, actor).order_by("waiting_since", "pk")


def to_decide(actor: Actor, *, at: datetime) -> QuerySet[Claim]:
    """What waits for the actor's office, the oldest first: passed on, or left lying by the branch for too long."""
    mine = _below("decider", actor.paths(DECIDE)) & _below("branch", actor.paths(ANSWER))
    turn = Q(state=ClaimState.OPEN_OFFICE) | Q(state=ClaimState.OPEN_BRANCH, waiting_since__lt=at - ANSWER_WITHIN)
    return _others(_rows().filter(mine & turn), actor).order_by("waiting_since", "pk")


def _others(rows: QuerySet[Claim], actor: Actor) -> QuerySet[Claim]:
    return rows if actor.person_id is None else rows.exclude(person__in=one_person(actor.person_id))


def waiting_elsewhere(actor: Actor, *, at: datetime) -> QuerySet[Claim]:
    """What is open within the actor's scope and waits for somebody else."""
    mine = [*to_answer(actor).values_list("pk", flat=True), *to_decide(actor, at=at).values_list("pk", flat=True)]
    rows = _rows().filter(_below("branch", actor.paths(ANSWER)), state__in=OPEN)
    return rows.exclude(pk__in=mine).order_by("waiting_since", "pk")


def decided(actor: Actor) -> QuerySet[Claim]:
    """What is done with, the latest first."""
    rows = _rows().filter(_below("branch", actor.paths(ANSWER))).exclude(state__in=OPEN)
    return rows.order_by("-decided_at", "-pk")


def may_read_scans(actor: Actor, claim: Claim) -> bool:
    """Whether an actor may open a claim's scans: the member, whoever answers for the branch, the office over it."""
    own = actor.person_id is not None and claim.person_id in one_person(actor.person_id)
    return own or actor.may(ANSWER, claim.branch.path)
