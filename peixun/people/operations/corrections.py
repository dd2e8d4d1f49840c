"""Taking back what was recorded about a person by mistake: as if it had never been, with a trace of it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import Membership, MembershipStatus, Person, Post, PostTitle, StatusPeriod
from peixun.people.operations import audit
from peixun.people.operations.memberships import MembershipError
from peixun.people.queries.places import place_of_persons
from peixun.people.queries.scope import Actor

STATUS = "status"


@transaction.atomic
def confirm_full(person: Person, *, on: date, by: Actor, at: datetime) -> Membership:
    """This operation will make a probationary member a full one from a day on. Raises MembershipError."""
    now = Membership.objects.filter(person=person, until__isnull=True).first()
    if now is None or now.status != MembershipStatus.PROBATIONARY:
        raise MembershipError(_("只有预备党员可以转正"))
    if on <= now.since:
        raise MembershipError(_("转正日期要晚于成为预备党员的日期"))
    now.until, now.ended_by = on, STATUS
    now.save(update_fields=["until", "ended_by"])
    full = Membership.objects.create(
        person=person, organisation_id=now.organisation_id, status=MembershipStatus.FULL, since=on
    )
    _note("confirm_full", person.pk, by=by, at=at, on=on.isoformat())
    return full


@transaction.atomic
def take_back_full(full: Membership, *, by: Actor, at: datetime) -> None:
    """This operation will undo it: the member is on probation again. Raises MembershipError when more has changed."""
    before = Membership.objects.filter(person=full.person_id, until=full.since, ended_by=STATUS).first()
    if before is None or full.until is not None:
        raise MembershipError(_("这以后组织关系又有变化，不能撤销"))
    person_id, on = full.person_id, full.since
    full.delete()
    before.until, before.ended_by = None, ""
    before.save(update_fields=["until", "ended_by"])
    _note("take_back_full", person_id, by=by, at=at, on=on.isoformat())


@transaction.atomic
def take_back_post(post: Post, *, by: Actor, at: datetime) -> None:
    """This operation will remove a post that was never held."""
    person_id = post.person_id
    detail: dict[str, Any] = {
        "title": post.title,
        "organisation": post.organisation_id,
        "since": post.since.isoformat(),
    }
    post.delete()
    _note("take_back_post", person_id, by=by, at=at, **detail)


@transaction.atomic
def reopen_post(post: Post, *, until: date | None, by: Actor, at: datetime) -> None:
    """This operation will let a post go on that was ended by mistake. Raises MembershipError for a second secretary."""
    others = Post.objects.filter(organisation=post.organisation_id, title=PostTitle.SECRETARY, until__isnull=True)
    if post.title == PostTitle.SECRETARY and until is None and others.exclude(pk=post.pk).exists():
        raise MembershipError(_("已有新的书记，先处理任职再撤销"))
    post.until = until
    post.save(update_fields=["until"])
    _note("reopen_post", post.person_id, by=by, at=at, title=post.title)


@transaction.atomic
def take_back_status(status: StatusPeriod, *, by: Actor, at: datetime) -> None:
    """This operation will remove a status that was recorded by mistake."""
    person_id, kind = status.person_id, status.kind
    status.delete()
    _note("take_back_status", person_id, by=by, at=at, kind=kind)


@transaction.atomic
def reopen_status(status: StatusPeriod, *, until: date | None, by: Actor, at: datetime) -> None:
    """This operation will let a status go on that was ended by mistake."""
    status.until = until
    status.save(update_fields=["until"])
    _note("reopen_status", status.person_id, by=by, at=at, kind=status.kind)


def _note(action: str, person_id: int, *, by: Actor, at: datetime, **detail: Any) -> None:
    place = place_of_persons({person_id})
    audit.record(by=by, at=at, action=action, subject="person", subject_id=person_id, organisation_id=place, **detail)
    hooks.changed.fire({person_id})
