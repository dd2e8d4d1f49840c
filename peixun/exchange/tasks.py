"""Work of the background process."""

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from peixun.exchange import progress as telling
from peixun.exchange.models import ImportJob, JobState
from peixun.exchange.operations import jobs
from peixun.kernel import clock, outages
from peixun.people.queries.scope import actor_of


@task()
def plan_job(job_id: int) -> None:
    """Work out what an uploaded file would change."""
    job = ImportJob.objects.select_related("account").get(pk=job_id)
    today = clock.today()
    try:
        with telling.hold(job.path):
            jobs.run_plan(job, actor=actor_of(job.account, day=today), today=today, at=timezone.now())
    except BaseException as error:
        _broke_off(job, error)
        raise


@task()
def apply_job(job_id: int) -> None:
    """Write what was confirmed."""
    job = ImportJob.objects.select_related("account").get(pk=job_id)
    today = clock.today()
    try:
        with telling.hold(job.path):
            jobs.run_apply(job, actor=actor_of(job.account, day=today), today=today, at=timezone.now())
    except BaseException as error:
        _broke_off(job, error)
        raise


def _broke_off(job: ImportJob, error: BaseException) -> None:
    # Nothing is wrong with a file because the database went away: the job stays as it is and is resumed.
    if not outages.is_outage(error):
        jobs.fail(job, at=timezone.now())


def resume_jobs() -> int:
    """Queue jobs again whose process has ended, or that were never queued because it ended first; return how many.

    A job that is queued twice is done once: the second finds it taken.
    """
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    rows = waiting.filter(task_path__in=[plan_job.module_path, apply_job.module_path])
    queued = {(path, *given["args"]) for path, given in rows.values_list("task_path", "args_kwargs")}
    count = 0
    for job in jobs.resume(at=timezone.now()):
        step = plan_job if job.state == JobState.QUEUED else apply_job
        if (step.module_path, job.pk) not in queued:
            step.enqueue(job.pk)
            count += 1
    return count
