"""Organisations that end or divide: closed, merged into another, split; always by date, never deleted."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.people import hooks
from peixun.people.models import Membership, Organisation, OrganisationVersion, Post, Succession, SuccessionKind
from peixun.people.operations import audit
from peixun.people.operations.memberships import TRANSFERRED
from peixun.people.operations.organisations import TreeError, change_organisation
from peixun.people.operations.posts import end_posts
from peixun.people.queries.scope import Actor

MEMBERSHIP_COLUMNS = ("person", "organisation", "status", "since", "until", "ended_by")


def _later(on: date) -> Q:
    return Q(until__isnull=True) | Q(until__gt=on)


@transaction.atomic
def close_organisation(organisation: Organisation, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will close an organisation: from the day on it is no more, and its posts end.

    Raises TreeError when from that day on it has members, organisations below it, posts that begin or another version,
    and when it is closed already.
    """
    words = {"name": organisation.name}
    if Membership.objects.filter(_later(on), organisation=organisation).exists():
        raise TreeError(_("“%(name)s”在这一天或以后还有党员：党员到别的支部去的，请办理合并，或先转出党员") % words)
    if OrganisationVersion.objects.filter(_later(on), parent=organisation).exists():
        raise TreeError(_("“%(name)s”在这一天或以后还有下级党组织，先处理下级再撤销") % words)
    version = OrganisationVersion.objects.filter(organisation=organisation, until__isnull=True).first()
    if version is None:
        raise TreeError(_("“%(name)s”已经撤销") % words)
    if on <= version.since:
        raise TreeError(
            _("“%(name)s”在 %(day)s 成立或变更过，撤销日期要晚于这一天") % {**words, "day": version.since.isoformat()}
        )
    _end_posts(Post.objects.filter(_later(on), organisation=organisation), on=on, by=by, at=at)
    version.until = on
    version.save(update_fields=["until"])
    organisation.closed_on = on
    organisation.save(update_fields=["closed_on"])
    audit.record(
        by=by,
        at=at,
        action="close",
        subject="organisation",
        subject_id=organisation.pk,
        organisation_id=organisation.pk,
        on=on.isoformat(),
    )
    # Nobody stands here any more, so nobody's figures change; who moved away or lost a post was told of before.
    hooks.tree_grew.fire()


def _end_posts(rows: Collection[Post], *, on: date, by: Actor, at: datetime) -> None:
    posts = list(rows)
    if any(post.since >= on for post in posts):
        raise TreeError(_("有任职从这一天或以后才开始，先更正任职，或改晚日期"))
    end_posts(posts, on=on, by=by, at=at)


@transaction.atomic
def merge_organisations(
    predecessor: Organisation, successor: Organisation, *, on: date, by: Actor, at: datetime
) -> None:
    """This operation will merge one organisation into another from a day on.

    Organisations below move under the successor, members of a branch belong to it from that day (whoever has left
    since, until they left), posts end, and the predecessor closes. Raises TreeError when the two don't fit (a branch
    into a committee, one below the other, one that is closed) or when something later stands in the way.
    """
    _check_pair(predecessor, successor, on)
    for child in predecessor.children.filter(closed_on__isnull=True):
        change_organisation(child, on=on, by=by, at=at, parent=successor)
    rows = Membership.objects.filter(_later(on), organisation=predecessor)
    move_memberships(list(rows), to=successor, on=on, by=by, at=at)
    # Whoever was split off may take in the rest later: between two organisations the last step is what counts.
    became = {"kind": SuccessionKind.MERGE, "happened_on": on}
    Succession.objects.update_or_create(predecessor=predecessor, successor=successor, defaults=became)
    close_organisation(predecessor, on=on, by=by, at=at)


def _check_pair(predecessor: Organisation, successor: Organisation, on: date) -> None:
    if predecessor.pk == successor.pk:
        raise TreeError(_("不能并入自己"))
    if predecessor.holds_members != successor.holds_members:
        raise TreeError(_("党支部只能并入党支部，党委只能并入党委"))
    if successor.path.startswith(predecessor.path):
        words = {"lower": successor.name, "upper": predecessor.name}
        raise TreeError(_("“%(lower)s”在“%(upper)s”之下，不能并入") % words)
    if predecessor.closed_on is not None:
        raise TreeError(_("“%(name)s”已经撤销") % {"name": predecessor.name})
    if successor.closed_on is not None or on < successor.founded_on:
        raise TreeError(_("“%(name)s”这一天还没有成立或者已经撤销") % {"name": successor.name})


@transaction.atomic
def split_organisation(
    branch: Organisation,
    successor: Organisation,
    *,
    person_ids: Collection[int],
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """This operation will take members of a branch into another one, founded that day beside it; their posts here end.

    Raises TreeError for organisations that hold no members or don't fit, and for persons who aren't members then.
    """
    if branch.closed_on is not None:
        raise TreeError(_("“%(name)s”已经撤销") % {"name": branch.name})
    if not (branch.holds_members and successor.holds_members) or branch.pk == successor.pk:
        raise TreeError(_("只有党支部可以分设出另一个党支部"))
    if successor.parent_id != branch.parent_id or successor.founded_on != on or successor.closed_on is not None:
        raise TreeError(_("分设的党支部要与原支部同属一个上级，并在同一天成立"))
    stand = Membership.objects.filter(_later(on), organisation=branch)
    if not stand.exclude(person__in=person_ids).filter(since__lte=on).exists():
        raise TreeError(_("原支部至少要留下一名党员；全部转走的，请办理更名或合并"))
    chosen = list(stand.filter(person__in=person_ids))
    if not chosen or {m.person_id for m in chosen} != set(person_ids) or any(m.since >= on for m in chosen):
        raise TreeError(_("所选人员中有人在这一天还不是“%(name)s”的党员") % {"name": branch.name})
    move_memberships(chosen, to=successor, on=on, by=by, at=at)
    held = Post.objects.filter(_later(on), organisation=branch, person__in=person_ids)
    _end_posts(held, on=on, by=by, at=at)
    Succession.objects.get_or_create(
        predecessor=branch, successor=successor, defaults={"kind": SuccessionKind.SPLIT, "happened_on": on}
    )
    audit.record(
        by=by,
        at=at,
        action="split",
        subject="organisation",
        subject_id=branch.pk,
        organisation_id=branch.pk,
        on=on.isoformat(),
        transferred=len(chosen),
    )


@transaction.atomic
def move_memberships(rows: Collection[Membership], *, to: Organisation, on: date, by: Actor, at: datetime) -> None:
    """This operation will let memberships that reach beyond a day go on in another branch from that day.

    Those that have ended since keep their end and its reason; those that begin on the day or later are there from
    their beginning.
    """
    if not rows:
        return
    earlier = [m for m in rows if m.since < on]
    for chunk in bulk.chunks([m.pk for m in earlier], 5000):
        Membership.objects.filter(pk__in=chunk).update(until=on, ended_by=TRANSFERRED)
    for chunk in bulk.chunks([m.pk for m in rows if m.since >= on], 5000):
        Membership.objects.filter(pk__in=chunk).update(organisation=to)
    begun = [(m.person_id, to.pk, m.status, on, m.until, m.ended_by) for m in earlier]
    bulk.insert(Membership, MEMBERSHIP_COLUMNS, begun)
    audit.record(
        by=by,
        at=at,
        action="end",
        subject="membership",
        organisation_id=to.pk,
        count=len(rows),
        transferred=len(rows),
        persons=[m.person_id for m in rows][:200],
    )
    hooks.changed.fire({m.person_id for m in rows})
