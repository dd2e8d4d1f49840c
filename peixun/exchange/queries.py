"""Reads of the room."""

from typing import NamedTuple

from django.http import Http404

from peixun.exchange.models import ImportJob
from peixun.kernel import imports
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
