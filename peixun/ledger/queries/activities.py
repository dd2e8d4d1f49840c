"""Lists of activities within a scope."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from peixun.ledger.models import Activity
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """Which activities; None and "" ask nothing. `year` takes those that touch it."""

    organiser: Organisation | None = None
    year: int | None = None
    kind: str = ""
    source_kind: str = ""
    reference: str = ""


def activities(actor: Actor, wanted: ActivityFilter, *, after: int = 0) -> QuerySet[Activity]:
    """Activities whose organiser lies where the actor sees coverage, in the order in which they were opened."""
    organisers = actor.organisations(Permission.SEE_COVERAGE)
    if wanted.organiser is not None:
        organisers = organisers.under(wanted.organiser)
    rows = Activity.objects.filter(organiser__in=organisers, pk__gt=after).select_related("organiser").order_by("pk")
    if wanted.year is not None:
        rows = rows.filter(starts_on__lte=date(wanted.year, 12, 31), ends_on__gte=date(wanted.year, 1, 1))
    named = {"kind": wanted.kind, "source_kind": wanted.source_kind, "reference": wanted.reference}
    return rows.filter(**{name: value for name, value in named.items() if value})
