"""Memberships: transfers, departures, statuses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.people import hooks
from peixun.people.models import (
    MEMBER_KINDS,
    Membership,
    Organisation,
    Person,
    Post,
    PostTitle,
    StatusPeriod,
)
from peixun.people.operations import audit
from peixun.people.operations.posts import end_posts
from peixun.people.queries.places import place_of_organisations, place_of_persons
from peixun.people.queries.scope import Actor

TRANSFERRED = "transferred"
OPEN_SQL = "SELECT person_id, organisation_id FROM people_membership WHERE {ids} AND until IS NULL"


class MembershipError(Exception):
    """A membership can't be changed like that. The text is for people."""


@transaction.atomic
def end_memberships(ends: Sequence[tuple[int, date, str, int | None]], *, by: Actor, at: datetime) -> None:
    """This operation will end open memberships: `(person_id, on, why, next organisation id or None)` each.

    `why` is a short word such as `transferred`, `left`, `died`. With a next organisation the person belongs there
    from the same day on. Raises MembershipError for a person without an open membership, an end before its
    beginning, or a next organisation that holds no members.
    """
    open_rows = {
        m.person_id: m
        for chunk in bulk.chunks(ends, 5000)
        for m in Membership.objects.filter(person__in=[e[0] for e in chunk], until__isnull=True)
    }
    targets = {e[3] for e in ends if e[3] is not None}
    if Organisation.objects.filter(pk__in=targets).exclude(kind__in=MEMBER_KINDS).exists():
        raise MembershipError(_("党员只能转入党支部"))
    ended: dict[tuple[date, str], list[int]] = defaultdict(list)
    begun = []
    for person_id, on, why, target in ends:
        row = open_rows.get(person_id)
        if row is None:
            raise MembershipError(_("人员 %(id)s 目前没有组织关系") % {"id": person_id})
        if row.since >= on:
            raise MembershipError(_("转出日期早于转入日期"))
        ended[on, why].append(row.pk)
        if target is not None:
            begun.append((person_id, target, row.status, on, None, ""))
    for (on, why), keys in ended.items():
        for chunk in bulk.chunks(keys, 5000):
            Membership.objects.filter(pk__in=chunk).update(until=on, ended_by=why)
    bulk.insert(Membership, ("person", "organisation", "status", "since", "until", "ended_by"), begun)
    audit.record(
        by=by,
        at=at,
        action="end",
        subject="membership",
        organisation_id=place_of_organisations({row.organisation_id for row in open_rows.values()} | targets),
        count=len(ends),
        transferred=len(begun),
        persons=[e[0] for e in ends[:200]],
    )
    hooks.changed.fire({e[0] for e in ends})


@transaction.atomic
def transfer(person: Person, *, to: Organisation, on: date, by: Actor, at: datetime) -> None:
    """This operation will transfer one member to another branch from a day on. Raises MembershipError."""
    transfer_all([(person.pk, on, to.pk)], by=by, at=at)


@transaction.atomic
def transfer_all(moves: Sequence[tuple[int, date, int]], *, by: Actor, at: datetime) -> None:
    """This operation will transfer members: `(person_id, on, branch id)` each; posts in the branch they leave end.

    Raises MembershipError.
    """
    days = {person: on for person, on, _to in moves}
    left = {
        (person, organisation) for rows in bulk.select(OPEN_SQL, "person_id", days) for person, organisation in rows
    }
    end_memberships([(person, on, TRANSFERRED, to) for person, on, to in moves], by=by, at=at)
    ending: dict[date, list[Post]] = defaultdict(list)
    for chunk in bulk.chunks(days, 5000):
        for post in Post.objects.filter(person__in=chunk, until__isnull=True):
            if (post.person_id, post.organisation_id) not in left:
                continue
            if post.since >= days[post.person_id]:
                raise MembershipError(_("在原支部的任职从转接日期或以后才开始，先更正任职"))
            ending[days[post.person_id]].append(post)
    for on, posts in ending.items():
        end_posts(posts, on=on, by=by, at=at)


@transaction.atomic
def undo_transfer(person: Person, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will undo a transfer of that day: the member, and their posts, are back as if it had never been.

    Raises MembershipError when the member doesn't stand there any more, or somebody else has become secretary since.
    """
    here = Membership.objects.filter(person=person, since=on, until__isnull=True).first()
    before = Membership.objects.filter(person=person, until=on, ended_by=TRANSFERRED).first()
    if here is None or before is None:
        raise MembershipError(_("这次转接以后组织关系又有变化，不能撤销"))
    posts = Post.objects.filter(person=person, organisation=before.organisation_id, until=on)
    heads = posts.filter(title=PostTitle.SECRETARY).exists()
    if heads and Post.objects.filter(
        organisation=before.organisation_id, title=PostTitle.SECRETARY, until__isnull=True
    ):
        raise MembershipError(_("原支部已有新的书记，先处理任职再撤销"))
    here.delete()
    before.until, before.ended_by = None, ""
    before.save(update_fields=["until", "ended_by"])
    posts.update(until=None)
    audit.record(
        by=by,
        at=at,
        action="undo_transfer",
        subject="person",
        subject_id=person.pk,
        organisation_id=before.organisation_id,
        on=on.isoformat(),
    )
    hooks.changed.fire({person.pk})


@dataclass(frozen=True, slots=True)
class NewStatus:
    """A dated status; an exemption needs a reason and who approved it."""

    person_id: int
    kind: str
    since: date
    until: date | None = None
    reason: str = ""
    approved_by: str = ""


@transaction.atomic
def set_statuses(statuses: Sequence[NewStatus], *, by: Actor, at: datetime) -> None:
    """This operation will record dated statuses: floating, lost contact, exempt from training.

    The database refuses an exemption without reason and approver (IntegrityError).
    """
    bulk.insert(
        StatusPeriod,
        ("person", "kind", "since", "until", "reason", "approved_by"),
        [(s.person_id, s.kind, s.since, s.until, s.reason, s.approved_by) for s in statuses],
    )
    place = place_of_persons({s.person_id for s in statuses})
    audit.record(by=by, at=at, action="status", subject="person", organisation_id=place, count=len(statuses))
    hooks.changed.fire({s.person_id for s in statuses})


@transaction.atomic
def end_status(status: StatusPeriod, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end a dated status: a lost member is found again. Raises ValueError before its beginning."""
    if on <= status.since:
        raise ValueError("a status can't end before it began")
    status.until = on
    status.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        action="end_status",
        subject="person",
        subject_id=status.person_id,
        organisation_id=place_of_persons({status.person_id}),
        kind=status.kind,
    )
    hooks.changed.fire({status.person_id})
