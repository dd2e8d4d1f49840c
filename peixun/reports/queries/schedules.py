"""Reads of scheduled exports: an owner's own."""

from django.db.models import Prefetch, QuerySet

from peixun.people.queries.scope import Actor
from peixun.reports.models import Schedule, ScheduledFile


def own_schedules(actor: Actor) -> QuerySet[Schedule]:
    """The schedules of whoever asks, newest first, with their files but without what is in them."""
    files = ScheduledFile.objects.defer("data").order_by("-due_on")
    rows = Schedule.objects.filter(owner=actor.account_id) if actor.account_id else Schedule.objects.none()
    return rows.select_related("organisation").prefetch_related(Prefetch("files", queryset=files))


def own_files(actor: Actor) -> QuerySet[ScheduledFile]:
    """The files of one's own schedules."""
    rows = ScheduledFile.objects.select_related("schedule__organisation")
    return rows.filter(schedule__owner=actor.account_id) if actor.account_id else rows.none()
