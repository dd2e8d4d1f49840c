"""Telling whoever brought a file how it ended."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.exchange.models import ImportJob, JobState
from peixun.notices.operations import NewMessage, send
from peixun.people.queries.scope import system_actor

KINDS = {
    JobState.DONE: "import_done",
    JobState.FAILED: "import_failed",
    JobState.REFUSED: "import_failed",
}
"""What was cancelled was cancelled by hand: nobody needs to be told."""


def tell_ended(job: ImportJob, *, at: datetime) -> None:
    """This operation will tell whoever brought a file that it was imported, or why it wasn't."""
    kind = KINDS.get(JobState(job.state))
    if kind is None:
        return
    parameters = {
        "file": job.file_name,
        "new": job.new,
        "changed": job.changed,
        "reason": job.reason.rstrip(_("。")),
    }
    message = NewMessage(
        kind=kind,
        key=f"{kind}:{job.pk}",
        parameters=parameters,
        account_ids=(job.account_id,),
        link=reverse("exchange:job", args=[job.pk]),
    )
    # The work is done in the background: the system tells, so that whoever asked for it is told.
    send([message], by=system_actor(), at=at)
