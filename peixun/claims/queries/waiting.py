"""Claims that wait for branches and offices, as lines of their lists of tasks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.claims.models import Claim
from peixun.claims.queries import listing
from peixun.claims.rules import is_overdue
from peixun.notices.waiting import Waiting
from peixun.people.queries.scope import Actor


def waiting_to_answer(actor: Actor, paths: Sequence[str], day: date) -> list[Waiting]:
    """Claims that branches have to answer, one line for each branch; one query."""
    now = timezone.now()
    lines = _lines(listing.at_branches(actor).rows, "branch", paths)
    return [_line("answer_claims", *line, late=is_overdue(line[2], at=now)) for line in lines]


def waiting_to_decide(actor: Actor, paths: Sequence[str], day: date) -> list[Waiting]:
    """Claims that offices have to decide, one line for each; those that the branch left lying too; one query."""
    rows = listing.to_decide(actor, at=timezone.now()).rows
    return [_line("decide_claims", *line, late=False) for line in _lines(rows, "decider", paths)]


def _lines(rows: QuerySet[Claim], side: str, paths: Sequence[str]) -> Iterable[tuple[int, int, datetime]]:
    """Organisation, how many, the oldest."""
    within = Q(pk__in=[])
    for path in paths:
        within |= Q(**{f"{side}__path__startswith": path})
    found = rows.filter(within).order_by().values_list(f"{side}_id").annotate(Count("pk"), Min("waiting_since"))
    return sorted(found)


def _line(kind: str, organisation_id: int, count: int, since: datetime, *, late: bool) -> Waiting:
    titles = {"answer_claims": _("答复党员的学时申诉"), "decide_claims": _("决定学时申诉")}
    title = _("答复党员的学时申诉（有的已超过 15 天）") if late else titles[kind]
    return Waiting(kind, title, count, reverse("claims:inbox"), since, organisation_id=organisation_id)
