"""The roll: memberships, posts and statuses of many persons at once, aliases folded into their person."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from peixun.kernel import bulk
from peixun.kernel.dated import holds
from peixun.people.models import Membership, Person, PersonAlias, Post, StatusPeriod


class RollMembership(NamedTuple):
    """A dated membership."""

    since: date
    until: date | None
    organisation_id: int
    status: str


class RollPost(NamedTuple):
    """A dated post."""

    since: date
    until: date | None
    organisation_id: int
    title: str


class RollStatus(NamedTuple):
    """A dated status."""

    since: date
    until: date | None
    kind: str


@dataclass(slots=True)
class PersonRoll:
    """One person with all that is dated about them; `ids` are the person's and those of their aliases."""

    person_id: int
    rank: str = ""
    ids: list[int] = field(default_factory=list)
    memberships: list[RollMembership] = field(default_factory=list)
    posts: list[RollPost] = field(default_factory=list)
    statuses: list[RollStatus] = field(default_factory=list)

    def membership_on(self, day: date) -> RollMembership | None:
        """The membership on a day; of two records merged into one person, the one that began last."""
        best = None
        for membership in self.memberships:
            if holds(membership.since, membership.until, day) and (best is None or membership.since > best.since):
                best = membership
        return best

    def steady(self, first: date, last: date) -> bool:
        """Whether nothing dated begins or ends after `first` and on or before `last`."""
        for rows in (self.memberships, self.posts, self.statuses):
            for row in rows:
                if first < row.since <= last or (row.until is not None and first < row.until <= last):
                    return False
        return True


def fold(person_ids: Collection[int]) -> set[int]:
    """The persons themselves, with whoever was merged replaced by whom they were merged into."""
    ids = set(person_ids)
    folded = dict(PersonAlias.objects.values_list("alias_id", "person_id"))
    return {folded.get(pk, pk) for pk in ids} if folded else ids


def load_roll(person_ids: Collection[int]) -> dict[int, PersonRoll]:
    """The rolls of these persons by id; a merged person's roll is that of whom they were merged into."""
    rolls: dict[int, PersonRoll] = {}
    for chunk in bulk.chunks(person_ids, 5000):
        folded = dict(PersonAlias.objects.filter(alias__in=chunk).values_list("alias_id", "person_id"))
        wanted = {folded.get(pk, pk) for pk in chunk} - rolls.keys()
        for pk, rank in Person.objects.filter(pk__in=wanted).values_list("pk", "rank"):
            rolls[pk] = PersonRoll(pk, rank, [pk])
        owner = {pk: rolls[pk] for pk in wanted if pk in rolls}
        for alias, person in PersonAlias.objects.filter(person__in=wanted).values_list("alias_id", "person_id"):
            rolls[person].ids.append(alias)
            owner[alias] = rolls[person]
        _fill(owner)
    return rolls


def _fill(owner: dict[int, PersonRoll]) -> None:
    ids = list(owner)
    memberships = Membership.objects.filter(person__in=ids).order_by("since")
    for person, since, until, place, status in memberships.values_list(
        "person_id", "since", "until", "organisation_id", "status"
    ):
        owner[person].memberships.append(RollMembership(since, until, place, status))
    posts = Post.objects.filter(person__in=ids).order_by("since")
    for person, since, until, place, title in posts.values_list(
        "person_id", "since", "until", "organisation_id", "title"
    ):
        owner[person].posts.append(RollPost(since, until, place, title))
    statuses = StatusPeriod.objects.filter(person__in=ids).order_by("since")
    for person, since, until, kind in statuses.values_list("person_id", "since", "until", "kind"):
        owner[person].statuses.append(RollStatus(since, until, kind))
