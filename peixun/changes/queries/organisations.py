"""What a change of an organisation concerns: its people, posts, open transfers, grants, and what stands below."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from peixun.changes.models import OrganisationChangeKind, Transfer
from peixun.changes.queries import MANAGE, transfers_touched
from peixun.people.models import MEMBER_KINDS, Grant, Membership, Organisation, Post
from peixun.people.queries.scope import Actor

NAMED = 20
FOUND_AT_MOST = 20
Kind = OrganisationChangeKind
ENDING = frozenset({Kind.MERGE, Kind.CLOSE})


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who and what a change concerns. Lists hold the first `NAMED`; the numbers count all."""

    persons: set[int]
    members: int
    posts: list[Post]
    posts_number: int
    transfers: list[Transfer]
    transfers_number: int
    grants: list[Grant]
    children: list[Organisation]
    children_number: int


def concerned(
    kind: OrganisationChangeKind, organisation: Organisation, *, person_ids: Collection[int], day: date
) -> Concerned:
    """What a change concerns as things stand on a day; nobody for a founding."""
    members = _members(kind, organisation, person_ids, day)
    posts = _posts(kind, organisation, person_ids, day)
    transfers = transfers_touched(kind, organisation, person_ids)
    grants = Grant.objects.on(day).filter(organisation=organisation).select_related("account")
    children = organisation.children.filter(closed_on=None).order_by("code")
    below = kind in {Kind.MERGE, Kind.MOVE}
    return Concerned(
        persons=members | set(posts.values_list("person_id", flat=True)),
        members=len(members),
        posts=list(posts[:NAMED]) if kind in ENDING | {Kind.SPLIT} else [],
        posts_number=posts.count(),
        transfers=list(transfers[:NAMED]),
        transfers_number=transfers.count(),
        grants=list(grants[:NAMED]) if kind in ENDING | {Kind.MOVE} else [],
        children=list(children[:NAMED]) if below else [],
        children_number=children.count() if below else 0,
    )


def _members(kind: str, organisation: Organisation, person_ids: Collection[int], day: date) -> set[int]:
    if kind == Kind.FOUND:
        return set()
    if kind == Kind.SPLIT:
        return set(person_ids)
    rows = Membership.objects.on(day).filter(organisation__path__startswith=organisation.path)
    return set(rows.values_list("person_id", flat=True))


def _posts(kind: str, organisation: Organisation, person_ids: Collection[int], day: date) -> QuerySet[Post]:
    rows = Post.objects.on(day).filter(organisation=organisation).select_related("person")
    if kind == Kind.FOUND:
        return rows.none()
    return rows.filter(person__in=person_ids) if kind == Kind.SPLIT else rows


def places(kind: str, organisation: Organisation, actor: Actor, text: str) -> QuerySet[Organisation]:
    """Organisations that could be the new parent, the successor, or the branch that takes split-off members."""
    rows = Organisation.objects.filter(closed_on=None).select_related("parent").exclude(pk=organisation.pk)
    if kind == Kind.SPLIT:
        return rows.filter(parent=organisation.parent_id, kind__in=MEMBER_KINDS, founded_on__gt=organisation.founded_on)
    rows = rows.exclude(path__startswith=organisation.path)
    if kind == Kind.MOVE:
        rows = rows.filter(_under(actor, "path")).exclude(kind__in=MEMBER_KINDS)
        rows = rows.exclude(pk__in=[organisation.parent_id or 0])
    else:
        rows = rows.filter(_under(actor, "parent__path"))
        members = Q(kind__in=MEMBER_KINDS)
        rows = rows.filter(members if organisation.holds_members else ~members)
    return rows.filter(Q(name__contains=text) | Q(short_name__contains=text) | Q(code=text)).order_by("path")


def _under(actor: Actor, column: str) -> Q:
    condition = Q(pk__in=[])
    for path in actor.paths(MANAGE):
        condition |= Q(**{f"{column}__startswith": path})
    return condition


def members_of(organisation: Organisation, *, day: date) -> list[tuple[str, str]]:
    """The members of a branch as choices, by name."""
    rows = Membership.objects.on(day).filter(organisation=organisation).select_related("person")
    ordered = sorted(rows, key=lambda m: (m.person.pinyin, m.person_id))
    return [(str(m.person_id), m.person.name) for m in ordered]
