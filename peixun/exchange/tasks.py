"""Work of the background process."""

from django.utils import timezone
from django_tasks import task

from peixun.exchange.models import ImportJob
from peixun.exchange.operations import jobs
from peixun.kernel import clock
from peixun.people.queries.scope import actor_of


@task()
def plan_job(job_id: int) -> None:
    """Work out what an uploaded file would change."""
    job = ImportJob.objects.select_related("account").get(pk=job_id)
    today = clock.today()
    try:
        jobs.run_plan(job, actor=actor_of(job.account, day=today), today=today, at=timezone.now())
    except BaseException:
        jobs.fail(job, at=timezone.now())
        raise


@task()
def apply_job(job_id: int) -> None:
    """Write what was confirmed."""
    job = ImportJob.objects.select_related("account").get(pk=job_id)
    today = clock.today()
    try:
        jobs.run_apply(job, actor=actor_of(job.account, day=today), today=today, at=timezone.now())
    except BaseException:
        jobs.fail(job, at=timezone.now())
        raise
