"""Reads of the room."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.exchange.models import ImportJob, JobState
from peixun.kernel import imports
from peixun.notices.waiting import Waiting
from peixun.people.queries.scope import Actor, Permission

LISTED = 50
LOOKED_THROUGH = 1000


def job_in_scope(actor: Actor, pk: int) -> ImportJob:
    """A job whose whole scope the actor may import into. Raises Http404."""
    job = ImportJob.objects.select_related("account").filter(pk=pk).first()
    if job is None or not job.visible_to(actor):
        raise Http404("no such import in scope")
    return job


def require_import(actor: Actor) -> None:
    """Raise Http404 for somebody who may import nowhere."""
    if not actor.may_anywhere(Permission.IMPORT):
        raise Http404("nothing to import into")


class ListedJob(NamedTuple):
    """A job in the history, with what it holds in words."""

    job: ImportJob
    title: str


def history(actor: Actor) -> list[ListedJob]:
    """The newest jobs in the actor's scope."""
    titles = titles_by_key()
    newest = ImportJob.objects.select_related("account").defer("preview")[:LOOKED_THROUGH]
    seen = [job for job in newest if job.visible_to(actor)][:LISTED]
    return [ListedJob(job, titles.get(job.key, job.key)) for job in seen]


def titles_by_key() -> dict[str, str]:
    """What files hold, by the key of their importer."""
    return {importer.key: importer.title for importer in imports.importers()}


def waiting_imports(actor: Actor, paths: Sequence[str], day: date) -> list[Waiting]:
    """The actor's own files that wait to be confirmed, or list people to decide about; one query."""
    if actor.account_id is None:
        return []
    jobs = ImportJob.objects.filter(account=actor.account_id, files_deleted_at__isnull=True).defer("preview")
    rows = jobs.annotate(undecided=Count("missing", filter=Q(missing__choice=""))).filter(
        Q(state=JobState.PLANNED) | Q(state=JobState.DONE, undecided__gt=0)
    )
    return [_waiting(job) for job in rows if _within(job, paths) and job.visible_to(actor)]


def _within(job: ImportJob, paths: Sequence[str]) -> bool:
    return any(reach.startswith(path) for reach in job.scope for path in paths)


def _waiting(job: ImportJob) -> Waiting:
    undecided: int = getattr(job, "undecided", 0)
    if job.state == JobState.PLANNED:
        title, kind, count = _("确认导入“%(file)s”"), "confirm_import", 1
        url = reverse("exchange:job", args=[job.pk])
    else:
        title, kind, count = _("核对“%(file)s”里没有的人"), "missing_people", undecided
        url = reverse("exchange:missing", args=[job.pk])
    return Waiting(kind, title % {"file": job.file_name}, count, url, job.created_at, account_id=job.account_id)
