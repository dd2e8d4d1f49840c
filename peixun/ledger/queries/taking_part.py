"""Who took part in an activity, within a scope."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from peixun.kernel.hours import from_quarters
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Membership
from peixun.people.queries.visible import belonging, covers_everything


@dataclass(frozen=True, slots=True)
class TakingPart:
    """People (each once), entries and hours as earned."""

    people: int
    entries: int
    hours: Decimal


def entries_of(activity: Activity, paths: Collection[str]) -> QuerySet[CreditEntry]:
    """Effective entries of an activity by persons who belong or belonged to these subtrees, in the order of posting."""
    rows = CreditEntry.objects.effective().filter(activity=activity).order_by("pk")
    if not covers_everything(paths):
        rows = rows.filter(Exists(Membership.objects.filter(belonging(paths), person=OuterRef("person"))))
    return rows


def taking_part(rows: QuerySet[CreditEntry]) -> TakingPart:
    """The sums over such entries."""
    sums = rows.order_by().aggregate(people=Count("person", distinct=True), entries=Count("pk"), hours=Sum("hours"))
    return TakingPart(sums["people"], sums["entries"], sums["hours"] or from_quarters(0))
