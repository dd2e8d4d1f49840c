"""What an owner does with scheduled exports: make, pause, resume, delete, download."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, OutOfScope
from peixun.reports.models import Exported, Schedule, ScheduledFile, ScheduleState, UpToDay
from peixun.reports.operations.exported import PERMISSIONS
from peixun.reports.rules import next_after

AT_MOST = 30
"""So many schedules an account may have: each keeps files in the database."""


class ScheduleRefused(Exception):
    """A schedule can't be like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What is wanted, of whose subtree, with which filter, up to which day, and when."""

    organisation: Organisation
    what: str
    chosen: dict[str, Any]
    rhythm: str
    day: int
    up_to: str = UpToDay.RUN


@transaction.atomic
def make_schedule(new: NewSchedule, *, today: date, by: Actor, at: datetime) -> Schedule:
    """This operation will set up a scheduled export for the actor; the first run is on the next day of its rhythm.

    Raises OutOfScope unless the actor may export this there, ScheduleRefused for the same one twice or one too many.
    """
    if by.account_id is None:
        raise OutOfScope("a schedule belongs to an account")
    by.require(PERMISSIONS[Exported(new.what)], new.organisation.path)
    own = list(Schedule.objects.select_for_update().filter(owner=by.account_id))
    if len(own) >= AT_MOST:
        raise ScheduleRefused(_("定期导出最多设 %(count)d 项，请先删除不用的") % {"count": AT_MOST})
    if any(_same(one, new) for one in own):
        raise ScheduleRefused(_("同样的定期导出已经有一项，不必再设"))
    made = Schedule.objects.create(
        owner_id=by.account_id,
        organisation=new.organisation,
        what=new.what,
        chosen=new.chosen,
        up_to=new.up_to,
        rhythm=new.rhythm,
        day=new.day,
        next_run=next_after(new.rhythm, new.day, today),
        not_before=at,
        made_at=at,
    )
    note(made, "make", by=by, at=at)
    return made


def _same(one: Schedule, new: NewSchedule) -> bool:
    have = (one.organisation_id, one.what, one.chosen, one.up_to, one.rhythm, one.day)
    return have == (new.organisation.pk, new.what, new.chosen, new.up_to, new.rhythm, new.day)


@transaction.atomic
def pause_schedule(schedule: Schedule, *, by: Actor, at: datetime) -> None:
    """This operation will pause a schedule; pausing a paused one changes nothing. Raises OutOfScope for another's."""
    _own(schedule, by)
    rows = Schedule.objects.filter(pk=schedule.pk, state=ScheduleState.ACTIVE)
    if rows.update(state=ScheduleState.PAUSED):
        note(schedule, "pause", by=by, at=at)


@transaction.atomic
def resume_schedule(schedule: Schedule, *, today: date, by: Actor, at: datetime) -> None:
    """This operation will let a paused or stopped schedule run again, from its next day on; missed runs stay missed.

    Raises OutOfScope for another's, ScheduleRefused when the owner has no right to what is exported.
    """
    _own(schedule, by)
    if not by.may(PERMISSIONS[Exported(schedule.what)], schedule.organisation.path):
        raise ScheduleRefused(_("您现在没有导出这项内容的权限，不能恢复"))
    rows = Schedule.objects.filter(pk=schedule.pk).exclude(state=ScheduleState.ACTIVE)
    following = next_after(schedule.rhythm, schedule.day, today)
    if rows.update(state=ScheduleState.ACTIVE, next_run=following, not_before=at, tries=0, reason=""):
        note(schedule, "resume", by=by, at=at)


@transaction.atomic
def delete_schedule(schedule: Schedule, *, by: Actor, at: datetime) -> None:
    """This operation will delete a schedule with its files. Raises OutOfScope for another's."""
    _own(schedule, by)
    note(schedule, "delete", by=by, at=at, count=schedule.files.count())
    schedule.delete()


def open_scheduled(file: ScheduledFile, *, by: Actor, at: datetime) -> bytes:
    """This operation will hand out a file and note that it was taken.

    Raises OutOfScope for another's, and when the owner has lost the right to it meanwhile.
    """
    schedule = file.schedule
    _own(schedule, by)
    by.require(PERMISSIONS[Exported(schedule.what)], schedule.organisation.path)
    audit.record(
        by=by,
        at=at,
        action="download",
        subject="scheduled_file",
        subject_id=file.pk,
        organisation_id=schedule.organisation_id,
        what=schedule.what,
        as_of=file.as_of.isoformat(),
    )
    return bytes(file.data)


def note(schedule: Schedule, action: str, *, by: Actor, at: datetime, **detail: Any) -> None:
    """This operation will note an act on a schedule."""
    audit.record(
        by=by,
        at=at,
        action=action,
        subject="schedule",
        subject_id=schedule.pk,
        organisation_id=schedule.organisation_id,
        what=schedule.what,
        **detail,
    )


def _own(schedule: Schedule, by: Actor) -> None:
    if by.account_id is None or schedule.owner_id != by.account_id:
        raise OutOfScope("another's schedule")
