"""Changes of one person, recorded by whoever holds the fact: posts, probation to full, statuses; each can be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peixun.changes.models import ChangeKind, PersonChange
from peixun.changes.operations.transfers import MANAGE, AlreadyDecided, TransferRefused
from peixun.people.models import Membership, Organisation, Person, Post, PostTitle, StatusKind, StatusPeriod
from peixun.people.operations import corrections
from peixun.people.operations.memberships import MembershipError, NewStatus, end_status, set_statuses
from peixun.people.operations.posts import NewPost, appoint, end_posts
from peixun.people.queries.scope import Actor, OutOfScope


class ChangeRefused(TransferRefused):
    """A change can't be recorded or undone like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be recorded. `row` is the post that is left or the status that ends."""

    kind: ChangeKind
    person: Person
    on: date
    until: date | None = None
    title: str = ""
    organisation: Organisation | None = None
    row: int = 0
    reason: str = ""
    approved_by: str = ""


Done = tuple[int, date | None, str]
"""The id of the row written, the end that it had before, and what was done in words."""


@transaction.atomic
def record(wanted: Wanted, *, today: date, by: Actor, at: datetime) -> PersonChange:
    """This operation will record a change of a person whose branch the actor acts for.

    Raises ChangeRefused, and OutOfScope for somebody else's member.
    """
    membership = (
        Membership.objects.filter(person=wanted.person, until__isnull=True).select_related("organisation").first()
    )
    if membership is None or not by.may(MANAGE, membership.organisation.path):
        raise OutOfScope("the person's branch is not within the actor's scope")
    _check_day(wanted, today)
    try:
        with transaction.atomic():
            row, until_before, words = RECORDS[wanted.kind](wanted, by, at)
    except MembershipError as error:
        raise ChangeRefused(str(error)) from error
    except IntegrityError as error:
        raise ChangeRefused(_("与已有记录冲突：同一职务已有人担任，或同一天已登记过")) from error
    return PersonChange.objects.create(
        person=wanted.person,
        kind=wanted.kind,
        on=wanted.on,
        row=row,
        until_before=until_before,
        words=words,
        made_by_id=by.account_id,
        made_at=at,
    )


def _check_day(wanted: Wanted, today: date) -> None:
    if wanted.on > today:
        raise ChangeRefused(_("日期不能晚于今天"))
    born = wanted.person.birth_date
    if born is not None and wanted.on <= born:
        raise ChangeRefused(_("日期早于出生日期"))
    if wanted.until is not None and wanted.until <= wanted.on:
        raise ChangeRefused(_("结束日期要晚于开始日期"))


def _appoint(wanted: Wanted, by: Actor, at: datetime) -> Done:
    place = wanted.organisation
    if place is None or not by.may(MANAGE, place.path):
        raise OutOfScope("the post's organisation is not within the actor's scope")
    if wanted.on < place.founded_on or place.closed_on is not None:
        raise ChangeRefused(_("“%(name)s”这一天还没有成立或者已经撤销") % {"name": place.name})
    new = NewPost(wanted.person.pk, place.pk, wanted.title, wanted.on)
    appoint([new], by=by, at=at)
    post = Post.objects.get(person=wanted.person, organisation=place, title=wanted.title, since=wanted.on)
    return post.pk, None, f"{place} {PostTitle(wanted.title).label}"


def _leave(wanted: Wanted, by: Actor, at: datetime) -> Done:
    post = Post.objects.filter(pk=wanted.row, person=wanted.person, until__isnull=True).first()
    if post is None:
        raise ChangeRefused(_("这个职务已经不再担任"))
    if wanted.on <= post.since:
        raise ChangeRefused(_("免职日期要晚于任职日期"))
    end_posts([post], on=wanted.on, by=by, at=at)
    return post.pk, None, f"{post.organisation} {post.get_title_display()}"


def _full(wanted: Wanted, by: Actor, at: datetime) -> Done:
    return corrections.confirm_full(wanted.person, on=wanted.on, by=by, at=at).pk, None, ""


def _status(wanted: Wanted, by: Actor, at: datetime) -> Done:
    kind = StatusKind(wanted.kind.value)
    if (
        StatusPeriod.objects.within(wanted.on, wanted.until or date.max)
        .filter(person=wanted.person, kind=kind)
        .exists()
    ):
        raise ChangeRefused(_("这段时间里已登记过“%(kind)s”") % {"kind": kind.label})
    if kind == StatusKind.EXEMPT and not (wanted.reason.strip() and wanted.approved_by.strip()):
        raise ChangeRefused(_("免训要写明原因和批准人"))
    new = NewStatus(wanted.person.pk, kind, wanted.on, wanted.until, wanted.reason.strip(), wanted.approved_by.strip())
    set_statuses([new], by=by, at=at)
    row = StatusPeriod.objects.get(person=wanted.person, kind=kind, since=wanted.on)
    return row.pk, wanted.until, wanted.reason.strip()


def _end(wanted: Wanted, by: Actor, at: datetime) -> Done:
    status = StatusPeriod.objects.filter(pk=wanted.row, person=wanted.person).first()
    if status is None or (status.until is not None and status.until <= wanted.on):
        raise ChangeRefused(_("这个状态已经结束"))
    if wanted.on <= status.since:
        raise ChangeRefused(_("结束日期要晚于开始日期"))
    before = status.until
    end_status(status, on=wanted.on, by=by, at=at)
    return status.pk, before, str(status.get_kind_display())


RECORDS: dict[str, Callable[[Wanted, Actor, datetime], Done]] = {
    ChangeKind.APPOINT: _appoint,
    ChangeKind.LEAVE: _leave,
    ChangeKind.FULL: _full,
    ChangeKind.FLOATING: _status,
    ChangeKind.LOST: _status,
    ChangeKind.EXEMPT: _status,
    ChangeKind.END: _end,
}


@transaction.atomic
def undo_change(change: PersonChange, *, by: Actor, at: datetime) -> None:
    """This operation will undo a change as if it had never been recorded.

    Raises AlreadyDecided when somebody has undone it, and ChangeRefused when what it wrote has changed since.
    """
    membership = (
        Membership.objects.filter(person=change.person, until__isnull=True).select_related("organisation").first()
    )
    if membership is None or not by.may(MANAGE, membership.organisation.path):
        raise OutOfScope("the person's branch is not within the actor's scope")
    moved = PersonChange.objects.filter(pk=change.pk, undone_at__isnull=True).update(
        undone_at=at, undone_by_id=by.account_id
    )
    if not moved:
        raise AlreadyDecided
    try:
        _take_back(change, by, at)
    except (Post.DoesNotExist, Membership.DoesNotExist, StatusPeriod.DoesNotExist) as error:
        raise ChangeRefused(_("这以后又有变化，不能撤销")) from error
    except MembershipError as error:
        raise ChangeRefused(str(error)) from error


def _take_back(change: PersonChange, by: Actor, at: datetime) -> None:
    # Only what still stands as the change left it is taken back.
    if change.kind == ChangeKind.APPOINT:
        corrections.take_back_post(Post.objects.get(pk=change.row, until=None), by=by, at=at)
    elif change.kind == ChangeKind.LEAVE:
        post = Post.objects.get(pk=change.row, until=change.on)
        corrections.reopen_post(post, until=change.until_before, by=by, at=at)
    elif change.kind == ChangeKind.FULL:
        corrections.take_back_full(Membership.objects.get(pk=change.row), by=by, at=at)
    elif change.kind == ChangeKind.END:
        status = StatusPeriod.objects.get(pk=change.row, until=change.on)
        corrections.reopen_status(status, until=change.until_before, by=by, at=at)
    else:
        status = StatusPeriod.objects.get(pk=change.row, until=change.until_before)
        corrections.take_back_status(status, by=by, at=at)
