"""Memberships: transfers, departures, statuses, and records of one person found twice."""

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
    PersonAlias,
    StatusPeriod,
)
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor


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
    ended, begun = [], []
    for person_id, on, why, target in ends:
        row = open_rows.get(person_id)
        if row is None:
            raise MembershipError(_("人员 %(id)s 目前没有组织关系") % {"id": person_id})
        if row.since >= on:
            raise MembershipError(_("转出日期早于转入日期"))
        row.until, row.ended_by = on, why
        ended.append(row)
        if target is not None:
            begun.append((person_id, target, row.status, on, None, ""))
    Membership.objects.bulk_update(ended, ["until", "ended_by"], batch_size=500)
    bulk.insert(Membership, ("person", "organisation", "status", "since", "until", "ended_by"), begun)
    audit.record(
        by=by,
        at=at,
        action="end",
        subject="membership",
        count=len(ended),
        transferred=len(begun),
        persons=[e[0] for e in ends[:200]],
    )
    hooks.changed.fire({e[0] for e in ends})


@transaction.atomic
def transfer(person: Person, *, to: Organisation, on: date, by: Actor, at: datetime) -> None:
    """This operation will transfer one member to another branch from a day on. Raises MembershipError."""
    end_memberships([(person.pk, on, "transferred", to.pk)], by=by, at=at)


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
    audit.record(by=by, at=at, action="status", subject="person", count=len(statuses))
    hooks.changed.fire({s.person_id for s in statuses})


@transaction.atomic
def end_status(status: StatusPeriod, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end a dated status: a lost member is found again. Raises ValueError before its beginning."""
    if on <= status.since:
        raise ValueError("a status can't end before it began")
    status.until = on
    status.save(update_fields=["until"])
    audit.record(by=by, at=at, action="end_status", subject="person", subject_id=status.person_id, kind=status.kind)
    hooks.changed.fire({status.person_id})


@transaction.atomic
def merge_persons(alias: Person, *, into: Person, by: Actor, at: datetime) -> PersonAlias:
    """This operation will note that two records are one human being; the ledger is never re-pointed.

    Raises MembershipError for a record that is merged already or that others were merged into.
    """
    if alias.pk == into.pk or alias.aliases.exists():
        raise MembershipError(_("这条记录下已并入其他记录，请反向合并"))
    if PersonAlias.objects.filter(alias__in=[alias.pk, into.pk]).exists():
        raise MembershipError(_("其中一条记录已经并入他人"))
    row = PersonAlias.objects.create(alias=alias, person=into, merged_at=at)
    audit.record(by=by, at=at, action="merge", subject="person", subject_id=into.pk, alias=alias.pk)
    hooks.changed.fire({alias.pk, into.pk})
    return row


@transaction.atomic
def undo_merge(row: PersonAlias, *, by: Actor, at: datetime) -> None:
    """This operation will undo a merger: both records stand for themselves again."""
    alias_id, person_id = row.alias_id, row.person_id
    row.delete()
    audit.record(by=by, at=at, action="undo_merge", subject="person", subject_id=person_id, alias=alias_id)
    hooks.changed.fire({alias_id, person_id})
