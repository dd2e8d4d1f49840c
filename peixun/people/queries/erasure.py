"""Whose data may be erased, by whom, and why not yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.people.models import (
    Account,
    ErasureReason,
    ErasureRequest,
    ErasureState,
    Identity,
    Membership,
    Person,
    Post,
    Role,
)
from peixun.people.queries.duplicates import last_branches
from peixun.people.queries.factors import WIDE_LEVELS
from peixun.people.queries.scope import ROLE_PERMISSIONS, Actor, Permission
from peixun.people.queries.visible import covers_everything, one_person

RETENTION_YEARS = 5
"""So many full years after somebody left, one cycle of the training plans, their data is kept (docs/privacy.md)."""


def erasing_paths(actor: Actor, permission: Permission) -> list[str]:
    """The subtrees where an actor may ask for, or confirm, an erasure; an office asks from the county upwards."""
    if actor.is_system:
        return [""]
    return [
        g.path
        for g in actor.grants
        if permission in ROLE_PERMISSIONS[g.role] and (g.role != Role.OFFICE or g.level in WIDE_LEVELS)
    ]


def may_erase(actor: Actor, person_id: int, permission: Permission = Permission.REQUEST_ERASURE) -> bool:
    """Whether an actor may ask for, or confirm, the erasure of a person with all records that were merged."""
    paths = erasing_paths(actor, permission)
    if not paths:
        return False
    if covers_everything(paths):
        return Person.objects.filter(pk=person_id).exists()
    ids = one_person(person_id)
    places = last_branches(ids)
    return bool(places) and all(_within(place.path, paths) for place in places.values())


def _within(path: str, paths: Iterable[str]) -> bool:
    return any(path.startswith(prefix) for prefix in paths)


def erasure_obstacle(person_ids: Sequence[int], reason: str, *, day: date) -> str:
    """Why these records of one person can't be erased on a day, in words; "" when they can."""
    current = Q(until__isnull=True) | Q(until__gt=day)
    if Membership.objects.filter(current, person__in=person_ids).exists():
        return _("本人还有组织关系，不能注销。请先办理转出、离开或去世的登记。")
    if Post.objects.filter(current, person__in=person_ids).exists():
        return _("本人还有任职，不能注销。请先登记免职。")
    if Person.objects.filter(pk__in=person_ids, identity__isnull=False).count() == 0 and _is_erased(person_ids):
        return _("这条记录已经注销。")
    if reason == ErasureReason.RETENTION_OVER and (until := kept_until(person_ids)) is not None and until > day:
        return _("保存期限还没有到：离开满 %(years)s 年，也就是 %(day)s 以后才能注销。") % {
            "years": RETENTION_YEARS,
            "day": until.isoformat(),
        }
    return ""


def _is_erased(person_ids: Sequence[int]) -> bool:
    return ErasureRequest.objects.filter(person__in=person_ids, state=ErasureState.DONE).exists()


def kept_until(person_ids: Sequence[int]) -> date | None:
    """The first day on which the time to keep the data is over; None for somebody who never belonged anywhere."""
    rows = Membership.objects.filter(person__in=person_ids, until__isnull=False).order_by("-until")
    left = rows.values_list("until", flat=True).first()
    if left is None:
        return None
    # Full years: until the end of the fifth year after the one in which they left.
    return date(left.year + RETENTION_YEARS + 1, 1, 1)


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """What goes and what stays: records of the person, those with numbers, the account, memberships."""

    records: int
    with_numbers: int
    account: Account | None
    memberships: int


def erasure_preview(person_ids: Sequence[int]) -> ErasurePreview:
    """What an erasure would take and leave; four queries."""
    return ErasurePreview(
        records=len(person_ids),
        with_numbers=Identity.objects.filter(person__in=person_ids).count(),
        account=Account.objects.filter(person__in=person_ids).first(),
        memberships=Membership.objects.filter(person__in=person_ids).count(),
    )


def erased_since(since: datetime | None) -> list[ErasureRequest]:
    """The erasures that were confirmed from an instant on, or all of them, the oldest first; one query."""
    done = ErasureRequest.objects.filter(state=ErasureState.DONE).order_by("decided_at", "pk")
    return list(done if since is None else done.filter(decided_at__gte=since))


def requests_seen(actor: Actor, *, limit: int = 100) -> list[ErasureRequest]:
    """The requests within an actor's reach, those that wait first, then the newest."""
    paths = erasing_paths(actor, Permission.REQUEST_ERASURE)
    rows = list(ErasureRequest.objects.select_related("person", "asked_by", "decided_by").order_by("-pk")[: limit * 10])
    if not covers_everything(paths):
        places = last_branches({row.person_id for row in rows})
        rows = [r for r in rows if r.person_id in places and _within(places[r.person_id].path, paths)]
    return sorted(rows, key=lambda row: row.state != ErasureState.ASKED)[:limit]
