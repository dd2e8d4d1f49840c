"""What a member may choose from instead of writing: activities around them that they have no hours of."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.functions import Length

from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Membership, Organisation
from peixun.people.queries.visible import one_person

RECENT = timedelta(days=60)
AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Offered:
    """An activity that somebody may have taken part in, and the day to claim for."""

    activity: Activity
    on: date


def line_of(branch: Organisation) -> list[str]:
    """The paths of a branch and everything above it."""
    path = branch.path
    return [path[: index + 1] for index, character in enumerate(path) if character == "/"]


def branch_of(person_id: int) -> Organisation | None:
    """The branch that a person belongs to today."""
    rows = Membership.objects.filter(person__in=one_person(person_id), until__isnull=True)
    found = rows.select_related("organisation__parent").first()
    return found.organisation if found else None


def on_the_day(person_id: int, branch: Organisation, day: date) -> list[Offered]:
    """Activities of the branch and of those above it on a day without hours of the person, the nearest first."""
    rows = Activity.objects.filter(starts_on__lte=day, ends_on__gte=day, organiser__path__in=line_of(branch))
    return [Offered(activity, day) for activity in _without_hours(rows, person_id, day, day)]


def recently(person_id: int, branch: Organisation, today: date) -> list[Offered]:
    """Activities of the branch and its committee in the last two months without hours of the person, latest first."""
    near = [branch.pk] if branch.parent_id is None else [branch.pk, branch.parent_id]
    first = today - RECENT
    rows = Activity.objects.filter(organiser__in=near, ends_on__gte=first, ends_on__lte=today)
    found = _without_hours(rows, person_id, first, today)
    return [Offered(activity, activity.ends_on) for activity in sorted(found, key=lambda a: a.ends_on, reverse=True)]


def _without_hours(rows: QuerySet[Activity], person_id: int, first: date, last: date) -> list[Activity]:
    had = CreditEntry.objects.effective().happened(first, last).filter(person__in=one_person(person_id))
    nearest = rows.exclude(pk__in=list(had.values_list("activity_id", flat=True))).select_related("organiser")
    return list(nearest.order_by(Length("organiser__path").desc(), "-ends_on", "-pk")[:AT_MOST])


def usual_hours(activity: Activity, day: date) -> Decimal | None:
    """What most others have of an activity; None when nobody has any."""
    rows = CreditEntry.objects.effective().filter(activity=activity, happened_on=day)
    common = Counter(rows.values_list("hours", flat=True)[:500]).most_common(1)
    return common[0][0] if common else None


def recent_entries(person_id: int, *, first: date) -> list[CreditEntry]:
    """The credits of a person that stand, the latest first: one of them may be wrong."""
    rows = CreditEntry.objects.effective().filter(person__in=one_person(person_id), happened_on__gte=first)
    return list(rows.select_related("activity__organiser").order_by("-happened_on", "-pk")[:20])
