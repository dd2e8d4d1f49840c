"""Working off scheduled exports: each due run once, whoever works on them, and none is lost."""

import logging
from datetime import date, datetime, timedelta

from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from peixun.notices.operations import NewMessage, send
from peixun.people.queries.scope import Actor, actor_of, system_actor
from peixun.reports.models import Exported, Outcome, Schedule, ScheduledFile, ScheduleState, UpToDay
from peixun.reports.operations.drafting import PAPER_LANGUAGE
from peixun.reports.operations.exported import PERMISSIONS, Made, NotMade, Run, make
from peixun.reports.operations.scheduling import note
from peixun.reports.rules import last_month_end, next_after

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)
TRIES = 3
KEPT = timedelta(days=90)
AT_ONCE = 20
READY, FAILED, STOPPED = "scheduled_file_ready", "scheduled_file_failed", "schedule_stopped"


def run_due(*, today: date, at: datetime) -> int:
    """This operation will run the schedules that are due on a day and return how many files were made.

    Not one transaction: each run is taken by a conditional update before it begins, so that two workers never do the
    same; one that was taken and never ended is taken again after the lease, three times at most. A run that was missed
    for several periods is made once, up to the day on which it is made.
    """
    _come_back(today)
    rows = _due(today, at).select_related("owner", "organisation").order_by("next_run", "pk")[:AT_ONCE]
    return sum(_run(row, today, at) for row in rows)


def expire_files(*, at: datetime) -> int:
    """This operation will delete files whose time is over and return how many."""
    gone, _kinds = ScheduledFile.objects.filter(expires_at__lte=at).delete()
    return gone


def _come_back(today: date) -> None:
    """A clock that stood too far ahead has left runs too far ahead: they come back to the next day of their rhythm."""
    ahead = Schedule.objects.filter(next_run__gt=today + timedelta(days=7))
    for row in ahead:
        following = next_after(row.rhythm, row.day, today)
        if row.next_run > following:
            Schedule.objects.filter(pk=row.pk, next_run=row.next_run).update(next_run=following)


def _due(today: date, at: datetime) -> "models.QuerySet[Schedule]":
    # A lease that ends later than any lease could is one of a clock that was set back since.
    free = Q(not_before__lte=at) | Q(not_before__gt=at + LEASE)
    return Schedule.objects.filter(free, state=ScheduleState.ACTIVE, next_run__lte=today)


def _run(row: Schedule, today: date, at: datetime) -> bool:
    owner = actor_of(row.owner, day=today)
    if not row.owner.is_active or not owner.may(PERMISSIONS[Exported(row.what)], row.organisation.path):
        _stop(row, at)
        return False
    if ScheduledFile.objects.filter(schedule=row, due_on=row.next_run).exists():
        # The clock was set back behind a day that has its file.
        _still(row).update(next_run=next_after(row.rhythm, row.day, row.next_run), tries=0)
        return False
    if row.tries >= TRIES:
        _fail(row, _("导出多次中断，没有完成"), today, at)
        return False
    if not _still(row).update(tries=F("tries") + 1, not_before=at + LEASE):
        return False  # somebody else has taken it
    row.tries, row.not_before = row.tries + 1, at + LEASE
    run = Run(row, last_month_end(today) if row.up_to == UpToDay.MONTH_END else today, today)
    made = _made(run, owner, at)
    return made is not None and _keep(row, made, run, by=owner, at=at)


def _made(run: Run, owner: Actor, at: datetime) -> Made | None:
    """The file; None when there is none this time, which is dealt with here."""
    row = run.schedule
    try:
        with override(PAPER_LANGUAGE):
            return make(run, by=owner)
    except DatabaseError:
        raise
    except NotMade as error:
        _fail(row, str(error), run.today, at)
    except Exception:
        # One that breaks must not keep the others from running; it is tried again after the lease.
        log.exception("schedule %s broke", row.pk)
        if row.tries >= TRIES:
            _fail(row, _("系统出错，没有导出，请告知管理员"), run.today, at)
    return None


def _still(row: Schedule) -> "models.QuerySet[Schedule]":
    """The schedule, as long as nobody has touched its run since it was read."""
    return Schedule.objects.filter(
        pk=row.pk, state=ScheduleState.ACTIVE, next_run=row.next_run, tries=row.tries, not_before=row.not_before
    )


@transaction.atomic
def _keep(row: Schedule, made: Made, run: Run, *, by: Actor, at: datetime) -> bool:
    ended = _still(row).update(
        next_run=next_after(row.rhythm, row.day, run.today),
        not_before=at,
        tries=0,
        outcome=Outcome.DONE,
        outcome_at=at,
        reason="",
    )
    if not ended:
        return False  # paused, deleted or taken by another meanwhile
    file = ScheduledFile.objects.create(
        schedule=row,
        due_on=row.next_run,
        as_of=run.as_of,
        name=made.name,
        content_type=made.content_type,
        data=made.data,
        size=len(made.data),
        made_at=at,
        expires_at=at + KEPT,
    )
    made.note(by, at)
    note(row, "run", by=by, at=at, as_of=run.as_of.isoformat(), file=made.name)
    _tell(row, READY, {"file": made.name}, f"file:{file.pk}", at)
    return True


@transaction.atomic
def _fail(row: Schedule, reason: str, today: date, at: datetime) -> None:
    ended = _still(row).update(
        next_run=next_after(row.rhythm, row.day, today),
        not_before=at,
        tries=0,
        outcome=Outcome.FAILED,
        outcome_at=at,
        reason=reason,
    )
    if ended:
        note(row, "fail", by=system_actor(), at=at, reason=reason)
        _tell(row, FAILED, {"reason": reason}, f"failed:{row.pk}:{row.next_run}:{at:%Y%m%d%H%M%S}", at)


@transaction.atomic
def _stop(row: Schedule, at: datetime) -> None:
    reason = _("设定人已没有导出这项内容的权限")
    stopped = _still(row).update(
        state=ScheduleState.STOPPED, outcome=Outcome.FAILED, outcome_at=at, reason=reason, not_before=at, tries=0
    )
    if stopped:
        note(row, "stop", by=system_actor(), at=at, reason=reason)
        _tell(row, STOPPED, {}, f"stopped:{row.pk}:{at:%Y%m%d%H%M%S}", at)


def _tell(row: Schedule, kind: str, parameters: dict[str, str], key: str, at: datetime) -> None:
    said = {"name": row.organisation.name, **parameters}
    message = NewMessage(kind, f"schedule:{key}", said, account_ids=(row.owner_id,), link=reverse("reports:schedules"))
    send([message], by=system_actor(), at=at, organisation_id=row.organisation_id)
