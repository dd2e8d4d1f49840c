"""Claims as the member, the branch, the office and the auditor see them, page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from peixun.claims.models import OPEN, Claim, ClaimState
from peixun.claims.queries.standing import ANSWER, DECIDE, branch_paths
from peixun.claims.rules import ANSWER_WITHIN
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import one_person

AT_MOST = 100
PAGE = 20


@dataclass(frozen=True, slots=True)
class Ordered:
    """Claims in the order of an instant, the oldest first or the latest first."""

    rows: QuerySet[Claim]
    field: str
    latest_first: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some claims, and the cursor of those after them, "" at the end."""

    claims: list[Claim]
    after: str


def page(ordered: Ordered, *, after: str = "") -> Page:
    """A page that begins after a cursor ("<instant>_<id>"); a cursor that is none begins at the front. One query."""
    rows, sign, then = ordered.rows, "-" if ordered.latest_first else "", "lt" if ordered.latest_first else "gt"
    known = _cursor(after)
    if known is not None:
        moment, pk = known
        rows = rows.filter(Q(**{f"{ordered.field}__{then}": moment}) | Q(**{ordered.field: moment, f"pk__{then}": pk}))
    found = list(rows.order_by(f"{sign}{ordered.field}", f"{sign}pk")[: PAGE + 1])
    shown = found[:PAGE]
    more = len(found) > PAGE
    return Page(shown, f"{getattr(shown[-1], ordered.field):%Y%m%dT%H%M%S.%f}_{shown[-1].pk}" if more else "")


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _line, pk = text.partition("_")
    try:
        return datetime.strptime(moment, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), int(pk[:18])
    except ValueError:
        return None


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


def to_answer(actor: Actor) -> Ordered:
    """What waits for the actor's branches, the oldest first; one's own is for others to answer."""
    return Ordered(_rows().filter(_mine_to_answer(actor)), "waiting_since")


def at_branches(actor: Actor) -> Ordered:
    """What waits for any branch within the actor's scope, the oldest first, but for the actor's own."""
    rows = _rows().filter(_below("branch", actor.paths(ANSWER)), _others(actor), state=ClaimState.OPEN_BRANCH)
    return Ordered(rows, "waiting_since")


def to_decide(actor: Actor, *, at: datetime) -> Ordered:
    """What waits for the actor's office, the oldest first: passed on, or left lying by the branch for too long."""
    return Ordered(_rows().filter(_mine_to_decide(actor, at)), "waiting_since")


def waiting_elsewhere(actor: Actor, *, at: datetime) -> Ordered:
    """What is open within the actor's scope and waits for somebody else, the oldest first."""
    rows = _rows().filter(_below("branch", actor.paths(ANSWER)), state__in=OPEN)
    return Ordered(rows.exclude(_mine_to_answer(actor) | _mine_to_decide(actor, at)), "waiting_since")


def decided(actor: Actor) -> Ordered:
    """What is done with, the latest first."""
    rows = _rows().filter(_below("branch", actor.paths(ANSWER)), decided_at__isnull=False).exclude(state__in=OPEN)
    return Ordered(rows, "decided_at", latest_first=True)


def _mine_to_answer(actor: Actor) -> Q:
    return _below("branch", branch_paths(actor)) & Q(state=ClaimState.OPEN_BRANCH) & _others(actor)


def _mine_to_decide(actor: Actor, at: datetime) -> Q:
    mine = _below("decider", actor.paths(DECIDE)) & _below("branch", actor.paths(ANSWER))
    turn = Q(state=ClaimState.OPEN_OFFICE) | Q(state=ClaimState.OPEN_BRANCH, waiting_since__lt=at - ANSWER_WITHIN)
    return mine & turn & _others(actor)


def _others(actor: Actor) -> Q:
    return Q() if actor.person_id is None else ~Q(person__in=one_person(actor.person_id))


def may_read_scans(actor: Actor, claim: Claim) -> bool:
    """Whether an actor may open a claim's scans: the member, whoever answers for the branch, the office over it."""
    own = actor.person_id is not None and claim.person_id in one_person(actor.person_id)
    return own or actor.may(ANSWER, claim.branch.path)
