"""The roll of a subtree on a day: who is due, where they belong, in which audiences they are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import NOT_DUE
from peixun.kernel.dated import holds
from peixun.people.models import (
    Audience,
    Membership,
    MembershipStatus,
    Organisation,
    Person,
    PersonAlias,
    Post,
    StatusPeriod,
)
from peixun.people.queries.roll import PersonRoll, load_roll
from peixun.people.rules import Standing


@dataclass(frozen=True, slots=True)
class Place:
    """Where a due person belongs on the day."""

    branch: int
    status: str


class Roll:
    """Who is due in an organisation's subtree on a day, as the tree stood then. Loaded when first asked."""

    def __init__(self, organisation: Organisation, *, day: date, books: Books) -> None:
        self.organisation = organisation
        self.day = day
        self.books = books
        self.snapshot = books.organisations.at(day)

    @cached_property
    def branches(self) -> frozenset[int]:
        """Ids of the organisations of the subtree."""
        return frozenset(self.snapshot.subtree(self.organisation.pk))

    @cached_property
    def aliases(self) -> dict[int, int]:
        """Whoever was merged into another person, by id."""
        return dict(PersonAlias.objects.values_list("alias_id", "person_id"))

    @cached_property
    def due(self) -> dict[int, Place]:
        """Due persons and where they belong, branch by branch."""
        found = {person: place for person, place in self._placed() if person not in self._excused}
        return dict(sorted(found.items(), key=lambda item: (self._order[item[1].branch], item[0])))

    @cached_property
    def ids(self) -> dict[int, int]:
        """Every id under which a due person has entries, with the person; in the order of `due`."""
        merged: dict[int, list[int]] = defaultdict(list)
        for alias, person in self.aliases.items():
            merged[person].append(alias)
        return {pk: person for person in self.due for pk in (person, *merged.get(person, ()))}

    @cached_property
    def masks(self) -> dict[int, int]:
        """The audiences of each due person, as bits."""
        posts: dict[int, set[tuple[str, int]]] = defaultdict(set)
        held = Post.objects.on(self.day).values_list("person_id", "title", "organisation_id")
        for pk, title, place in held:
            posts[self.aliases.get(pk, pk)].add((title, place))
        ranks = dict(Person.objects.exclude(rank="").values_list("pk", "rank"))
        return {
            person: self.snapshot.mask(
                Standing(place.branch, place.status, ranks.get(person, ""), tuple(sorted(posts.get(person, ()))))
            )
            for person, place in self.due.items()
        }

    def audience(self, audience: Audience) -> list[int]:
        """Due persons who are in an audience on the day."""
        bit = 1 << audience.bit
        return [person for person, mask in self.masks.items() if mask & bit]

    def below(self, organisation_id: int) -> list[int]:
        """Due persons who belong to a part of the subtree."""
        part = self.snapshot.subtree(organisation_id)
        return [person for person, place in self.due.items() if place.branch in part]

    @cached_property
    def _order(self) -> dict[int, int]:
        paths = Organisation.objects.order_by("path").values_list("pk", flat=True)
        return {pk: number for number, pk in enumerate(paths)}

    @cached_property
    def _involved(self) -> set[int]:
        """Both sides of every merger: their membership and statuses are those of all their records."""
        return {*self.aliases, *self.aliases.values()}

    @cached_property
    def _excused(self) -> set[int]:
        rows = StatusPeriod.objects.on(self.day).filter(kind__in=NOT_DUE)
        return set(rows.values_list("person_id", flat=True)) - self._involved

    def _placed(self) -> Iterable[tuple[int, Place]]:
        rows = Membership.objects.on(self.day)
        if self.organisation.parent_id is not None:
            rows = rows.filter(organisation__in=self.branches)
        for person, branch, status in rows.values_list("person_id", "organisation_id", "status"):
            if branch in self.branches and person not in self._involved:
                yield person, Place(branch, status or MembershipStatus.FULL)
        for roll in load_roll(self._involved).values() if self._involved else ():
            place = self._place_of_merged(roll)
            if place is not None:
                yield roll.person_id, place

    def _place_of_merged(self, roll: PersonRoll) -> Place | None:
        membership = roll.membership_on(self.day)
        if membership is None or membership.organisation_id not in self.branches:
            return None
        if any(s.kind in NOT_DUE and holds(s.since, s.until, self.day) for s in roll.statuses):
            return None
        return Place(membership.organisation_id, membership.status or MembershipStatus.FULL)
