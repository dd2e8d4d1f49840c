"""The roll: memberships, posts and statuses of many persons at once, aliases folded into their person."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from peixun.kernel import bulk
from peixun.kernel.dated import holds
from peixun.people.models import PersonAlias


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
    """One person with all that is dated about them; `ids` are the person's and those of their aliases.

    `merged` are the memberships of merged records as they were written, whether or not they still say anything.
    """

    person_id: int
    rank: str = ""
    ids: list[int] = field(default_factory=list)
    memberships: list[RollMembership] = field(default_factory=list)
    merged: list[RollMembership] = field(default_factory=list)
    posts: list[RollPost] = field(default_factory=list)
    statuses: list[RollStatus] = field(default_factory=list)

    def membership_on(self, day: date) -> RollMembership | None:
        """The membership on a day; where records merged into the person name several, the one that began last."""
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


MEMBERSHIP_SQL = (
    "SELECT person_id, since, until, organisation_id, status FROM people_membership WHERE {ids} ORDER BY since"
)
POST_SQL = "SELECT person_id, since, until, organisation_id, title FROM people_post WHERE {ids} ORDER BY since"
STATUS_SQL = "SELECT person_id, since, until, kind FROM people_statusperiod WHERE {ids} ORDER BY since"
RANK_SQL = "SELECT id, rank FROM people_person WHERE {ids}"


def load_roll(person_ids: Collection[int]) -> dict[int, PersonRoll]:
    """The rolls of these persons by id; a merged person's roll is that of whom they were merged into."""
    folded = dict(PersonAlias.objects.values_list("alias_id", "person_id"))
    wanted = {folded.get(pk, pk) for pk in person_ids} if folded else set(person_ids)
    rolls = {pk: PersonRoll(pk, rank, [pk]) for rows in bulk.select(RANK_SQL, "id", wanted) for pk, rank in rows}
    owner, joined = dict(rolls), {}
    for alias, person in folded.items():
        if person in rolls:
            rolls[person].ids.append(alias)
            owner[alias] = joined[alias] = PersonRoll(alias)
    _fill(owner)
    own = {folded[alias]: list(rolls[folded[alias]].memberships) for alias in joined}
    for alias, taken in joined.items():
        _join(rolls[folded[alias]], own[folded[alias]], taken)
    return rolls


def _join(roll: PersonRoll, own: list[RollMembership], taken: PersonRoll) -> None:
    for membership in taken.memberships:
        roll.memberships += _before(own, membership) if own else [membership]
    roll.merged += taken.memberships
    roll.posts += taken.posts
    roll.statuses += taken.statuses


def _before(own: list[RollMembership], merged: RollMembership) -> Iterator[RollMembership]:
    """What of a merged record's membership stands: days before the person's own last one began, without an own one.

    The record that stays says where the person belongs; when it ends, a merged one doesn't come to life again.
    """
    begins, ends = merged.since, merged.until or date.max
    for membership in sorted(own, key=lambda m: m.since):
        until = min(membership.since, ends)
        if begins < until:
            yield merged._replace(since=begins, until=until)
        if membership.until is None:
            return
        begins = max(begins, membership.until)


def _fill(owner: dict[int, PersonRoll]) -> None:
    day: Any = bulk.Days({None: None})  # an open end stays open
    for rows in bulk.select(MEMBERSHIP_SQL, "person_id", owner):
        for person, since, until, place, status in rows:
            owner[person].memberships.append(RollMembership(day[since], day[until], place, status))
    for rows in bulk.select(POST_SQL, "person_id", owner):
        for person, since, until, place, title in rows:
            owner[person].posts.append(RollPost(day[since], day[until], place, title))
    for rows in bulk.select(STATUS_SQL, "person_id", owner):
        for person, since, until, kind in rows:
            owner[person].statuses.append(RollStatus(day[since], day[until], kind))
