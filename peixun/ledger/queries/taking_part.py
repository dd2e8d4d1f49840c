"""Who took part in an activity, within a scope."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from peixun.kernel.hours import from_quarters
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Membership
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import belonging, covers_everything, one_person


@dataclass(frozen=True, slots=True)
class TakingPart:
    """People (each once), entries and hours as earned."""

    people: int
    entries: int
    hours: Decimal


def may_see_activity(actor: Actor, activity: Activity) -> bool:
    """Whether an activity was organised in the actor's scope, or gave an entry to somebody there or to the actor."""
    paths = actor.paths(Permission.SEE_COVERAGE)
    if actor.may(Permission.SEE_COVERAGE, activity.organiser.path):
        return True
    rows = CreditEntry.objects.filter(activity=activity)
    own = actor.person_id is not None and rows.filter(person__in=one_person(actor.person_id)).exists()
    return own or (bool(paths) and _within(rows, paths).exists())


def entries_of(activity: Activity, paths: Collection[str]) -> QuerySet[CreditEntry]:
    """Effective entries of an activity by persons who belong or belonged to these subtrees, in the order of posting."""
    return _within(CreditEntry.objects.effective().filter(activity=activity).order_by("pk"), paths)


def _within(rows: QuerySet[CreditEntry], paths: Collection[str]) -> QuerySet[CreditEntry]:
    if not covers_everything(paths):
        rows = rows.filter(Exists(Membership.objects.filter(belonging(paths), person=OuterRef("person"))))
    return rows


def taking_part(rows: QuerySet[CreditEntry]) -> TakingPart:
    """The sums over such entries."""
    sums = rows.order_by().aggregate(people=Count("person", distinct=True), entries=Count("pk"), hours=Sum("hours"))
    return TakingPart(sums["people"], sums["entries"], sums["hours"] or from_quarters(0))
