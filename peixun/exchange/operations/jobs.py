"""Jobs: a file is stored, planned, confirmed, applied, and deleted after 30 days."""

import shutil
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.exchange import progress as telling
from peixun.exchange.models import KEPT, ImportJob, JobState, MissingPerson, as_missing
from peixun.exchange.operations.telling import tell_ended
from peixun.exchange.operations.writing import write
from peixun.kernel import imports
from peixun.kernel.imports import ImportOvertaken, ImportPlan
from peixun.kernel.tables.reader import TableRefused
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_paths
from peixun.people.queries.scope import Actor, OutOfScope, Permission

MOST_ATTEMPTS = 3
"""So often a step is begun again after its process ended: a file that ends it each time would do so for ever."""
BEFORE = {JobState.PLANNING: JobState.QUEUED, JobState.APPLYING: JobState.CONFIRMED}
"""What is being done, and what it was waiting as."""
PROBLEMS_SHOWN = 100
MISSING_SHOWN = 20


class NotConfirmable(Exception):
    """The job isn't waiting to be confirmed, or has bad rows that nobody agreed to leave out."""


def start(*, key: str, file_name: str, content: Iterable[bytes], by: Actor, at: datetime) -> ImportJob:
    """This operation will store an uploaded file and note the job; the caller queues its planning.

    Raises UnknownImporter, and OutOfScope for an actor who may import nowhere.
    """
    imports.importer(key)
    if by.account_id is None or not by.may_anywhere(Permission.IMPORT):
        raise OutOfScope("nothing to import into")
    job = ImportJob(
        key=key,
        account_id=by.account_id,
        scope=by.paths(Permission.IMPORT),
        file_name=Path(file_name).name[-120:],
        folder=uuid.uuid4().hex,
        created_at=at,
    )
    job.path.mkdir(parents=True, mode=0o700)
    with job.source.open("wb") as stored:
        stored.writelines(content)
    job.save()
    return job


def run_plan(job: ImportJob, *, actor: Actor, today: date, at: datetime) -> None:
    """This operation will work out what the file would change and keep the preview for a decision."""
    if not _move(job, JobState.QUEUED, JobState.PLANNING):
        return
    plan = _plan(job, actor, today, at)
    if plan is not None:
        _keep(job, plan, JobState.PLANNED)


def confirm(job: ImportJob, *, skip_bad: bool, late_reason: str = "") -> None:
    """This operation will note that the preview was accepted; the caller queues the writing.

    Raises NotConfirmable.
    """
    if job.bad and not skip_bad:
        raise NotConfirmable(_("文件里有不能导入的行。请改好后重新上传，或者同意先导入其余的行"))
    if job.preview.get("asks") and not late_reason.strip():
        raise NotConfirmable(_("请先写明补记原因"))
    changed = ImportJob.objects.filter(pk=job.pk, state=JobState.PLANNED)
    if not changed.update(state=JobState.CONFIRMED, skip_bad=skip_bad, late_reason=late_reason.strip()):
        raise NotConfirmable(_("这次导入已经不在等待确认"))
    job.refresh_from_db()


def run_apply(job: ImportJob, *, actor: Actor, today: date, at: datetime) -> None:
    """This operation will write what was confirmed.

    The file is planned again: should it now mean something else than what was confirmed, nothing is written and the
    new preview waits for a decision.
    """
    if not _move(job, JobState.CONFIRMED, JobState.APPLYING):
        return
    confirmed = job.counts
    plan = _plan(job, actor, today, at)
    if plan is None:
        return
    plan.reason = job.late_reason
    if (plan.rows, plan.new, plan.changed, plan.unchanged, plan.bad) != confirmed or (plan.asks and not plan.reason):
        _keep(job, plan, JobState.PLANNED, reason=_("检查之后数据有了变化，请再看一遍后确认"))
        return
    chosen = imports.importer(job.key)
    try:
        with transaction.atomic():
            # What the file changes and that it is done come true together: a job that broke off has written nothing.
            if not _finish(job, at):
                return
            write(chosen, plan, by=actor, at=at, file_name=job.file_name, progress=telling.Teller(job.path))
            MissingPerson.objects.bulk_create((as_missing(job, m) for m in plan.missing), batch_size=1000)
            job.state, job.finished_at, job.reason = JobState.DONE, at, ""
            tell_ended(job, at=at)
    except ImportOvertaken as overtaken:
        _end(job, JobState.FAILED, at, str(overtaken))
    except telling.Stopped:
        _end(job, JobState.CANCELLED, at, _("导入被取消，没有写入任何内容"))


def _finish(job: ImportJob, at: datetime) -> bool:
    """Note that a job is done; False when somebody else has taken it from here."""
    here = ImportJob.objects.filter(pk=job.pk, state=JobState.APPLYING)
    return bool(here.update(state=JobState.DONE, finished_at=at, reason=""))


def fail(job: ImportJob, *, at: datetime) -> None:
    """This operation will note that the work broke off, so that nobody waits for it."""
    job.refresh_from_db()
    if job.is_under_way:
        _end(job, JobState.FAILED, at, _("程序出了错，没有写入任何内容。请联系系统管理员"))


def cancel(job: ImportJob, *, at: datetime) -> None:
    """This operation will stop a job: at once when nothing runs, else at its next step; nothing is written."""
    waiting = ImportJob.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.PLANNED, JobState.CONFIRMED])
    ended = waiting.update(state=JobState.CANCELLED, finished_at=at)
    if ended or job.state in {JobState.PLANNING, JobState.APPLYING}:
        telling.ask_to_stop(job.path)


def expire(*, at: datetime) -> int:
    """This operation will delete files and previews after 30 days."""
    old = ImportJob.objects.filter(created_at__lt=at - KEPT, files_deleted_at__isnull=True)
    count = 0
    for job in old:
        shutil.rmtree(job.path, ignore_errors=True)
        MissingPerson.objects.filter(job=job, choice="").delete()
        ImportJob.objects.filter(pk=job.pk).update(preview={}, files_deleted_at=at)
        count += 1
    return count


def resume(*, at: datetime) -> list[ImportJob]:
    """This operation will make jobs ready again whose process has ended, and return all that wait for one.

    Nothing of them is written: planning writes nothing, and writing is all or nothing together with its end. A job
    whose process has ended three times is given up. The caller queues the others.
    """
    for job in ImportJob.objects.filter(state__in=BEFORE):
        if not telling.is_held(job.path):
            _begin_again(job, at)
    return list(ImportJob.objects.filter(state__in=BEFORE.values()))


def _begin_again(job: ImportJob, at: datetime) -> None:
    # Both look at the state once more: the process may have come to its end just before it let go.
    here = ImportJob.objects.filter(pk=job.pk, state=job.state)
    if telling.attempts(job.path, job.state) < MOST_ATTEMPTS:
        here.update(state=BEFORE[JobState(job.state)])
    else:
        reason = _("后台程序多次中断，没有写入任何内容。请检查文件后重新上传，或者联系系统管理员")
        if here.update(state=JobState.FAILED, finished_at=at, reason=reason):
            job.refresh_from_db()
            tell_ended(job, at=at)


def record_download(job: ImportJob, *, by: Actor, at: datetime) -> None:
    """This operation will note who took the workbook of bad rows, which holds whole numbers."""
    audit.record(
        by=by,
        at=at,
        action="download_errors",
        subject="import_job",
        subject_id=job.pk,
        organisation_id=place_of_paths(job.scope),
        rows=job.bad,
    )


def _move(job: ImportJob, before: str, after: str) -> bool:
    """Take a job on; False when somebody else did, or it was cancelled."""
    taken = ImportJob.objects.filter(pk=job.pk, state=before).update(state=after)
    if taken:
        telling.forget(job.path)
        telling.count_attempt(job.path, after)
        job.state = after
    return bool(taken)


def _plan(job: ImportJob, actor: Actor, today: date, at: datetime) -> ImportPlan | None:
    """The plan; None when the job has ended instead."""
    teller = telling.Teller(job.path)
    try:
        if not actor.may_anywhere(Permission.IMPORT):
            _end(job, JobState.REFUSED, at, _("这个账号没有导入的权限"))
            return None
        return imports.plan_file(imports.importer(job.key), job.source, actor=actor, today=today, progress=teller)
    except TableRefused as refusal:
        _end(job, JobState.REFUSED, at, refusal.reason)
    except telling.Stopped:
        _end(job, JobState.CANCELLED, at, _("检查被取消，没有写入任何内容"))
    return None


def _keep(job: ImportJob, plan: ImportPlan, state: str, *, reason: str = "") -> None:
    """Keep the counts, the preview and the workbook of bad rows."""
    if plan.bad:
        plan.write_errors(job.errors)
    job.rows, job.new, job.changed, job.unchanged, job.bad = (
        plan.rows,
        plan.new,
        plan.changed,
        plan.unchanged,
        plan.bad,
    )
    job.preview = _preview(plan)
    job.reason = reason
    job.state = state
    with transaction.atomic():
        # Whoever cancelled meanwhile has the last word.
        if not ImportJob.objects.filter(pk=job.pk, state__in=[JobState.PLANNING, JobState.APPLYING]).exists():
            return
        job.save()


def _preview(plan: ImportPlan) -> dict[str, Any]:
    problems: list[list[Any]] = []
    for problem in plan.problems():
        if len(problems) == PROBLEMS_SHOWN:
            break
        problems.append([problem.row, problem.column, problem.value, problem.reason])
    return {
        "samples": {
            kind: [[sample.row, sample.title, list(sample.differences)] for sample in samples]
            for kind, samples in plan.samples.items()
        },
        "problems": problems,
        "unknown_headings": list(plan.unknown_headings),
        "asks": plan.asks,
        "missing": len(plan.missing),
        "missing_shown": [[m.name, m.place] for m in plan.missing[:MISSING_SHOWN]],
    }


def _end(job: ImportJob, state: str, at: datetime, reason: str = "") -> None:
    job.state, job.finished_at, job.reason = state, at, reason[:400]
    job.save(update_fields=["state", "finished_at", "reason"])
    tell_ended(job, at=at)
