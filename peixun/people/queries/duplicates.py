"""Records that may be the same human being: found, compared with a scope, kept apart, merged."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from peixun.kernel import bulk
from peixun.people.models import Identity, Membership, NotSamePerson, Organisation, Person, PersonAlias
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import belonging, covers_everything

MANAGE = Permission.MANAGE_PEOPLE
COMPARED = 10
"""Of a larger group (a made-up birthday, an office's telephone) every record is compared with the first only."""
PAGE = 50
LISTED = 50


class Pair(NamedTuple):
    """Two records, the smaller id first, and what they have in common beside the name."""

    first: int
    second: int
    same_birthday: bool
    same_phone: bool


def last_branches(person_ids: Collection[int]) -> dict[int, Organisation]:
    """The branch to which each person belongs, or belonged last; nobody who never belonged to one."""
    found: dict[int, Organisation] = {}
    for chunk in bulk.chunks(person_ids, 5000):
        rows = Membership.objects.filter(person__in=chunk).select_related("organisation").order_by("since")
        found.update((row.person_id, row.organisation) for row in rows)
    return found


class Reach:
    """Which persons an actor acts for, by the branch to which they belong or belonged last."""

    def __init__(self, actor: Actor, person_ids: Collection[int]) -> None:
        self._actor = actor
        self._all = covers_everything(actor.paths(MANAGE))
        self.branches = last_branches(person_ids)

    def covers(self, person_id: int) -> bool:
        """Whether the actor acts for this person."""
        place = self.branches.get(person_id)
        return self._all if place is None else self._actor.may(MANAGE, place.path)


def may_handle(actor: Actor, person_ids: Collection[int]) -> bool:
    """Whether an actor acts for all of these persons."""
    reach = Reach(actor, person_ids)
    return all(reach.covers(pk) for pk in person_ids)


@dataclass(frozen=True, slots=True)
class Suspects:
    """A page of suspected pairs. `after` is where the next page begins, None on the last one."""

    pairs: list[Pair]
    total: int
    after: tuple[int, int] | None


def suspects(actor: Actor, *, after: tuple[int, int] = (0, 0), size: int = PAGE) -> Suspects:
    """Pairs of records with the same name and birthday, or name and telephone, both within the actor's scope.

    Left out are merged records and pairs that somebody marked as two human beings. The same citizen number can't be
    held twice (`Identity.citizen_lookup` is unique, and numbers of 15 digits are stored as their 18). Three queries,
    however many persons there are.
    """
    paths = actor.paths(MANAGE)
    if not paths:
        return Suspects([], 0, None)
    every = sorted(_pairs(_known(paths)))
    apart = set(NotSamePerson.objects.values_list("first_id", "second_id"))
    open_pairs = [pair for pair in every if (pair.first, pair.second) not in apart]
    rest = [pair for pair in open_pairs if (pair.first, pair.second) > after]
    shown = rest[:size]
    more = len(rest) > size
    return Suspects(shown, len(open_pairs), (shown[-1].first, shown[-1].second) if more else None)


def _known(paths: Sequence[str]) -> list[tuple[Any, ...]]:
    """Id, name, birthday, telephone (keyed hash) of whom these subtrees hold."""
    merged = PersonAlias.objects.filter(alias=OuterRef("pk"))
    rows = Person.objects.filter(~Exists(merged))
    if not covers_everything(paths):
        later = Membership.objects.filter(person=OuterRef("person"), since__gt=OuterRef("since"))
        here = Membership.objects.filter(belonging(paths)).filter(~Exists(later))
        rows = rows.filter(pk__in=here.values("person"))
    wanted = rows.order_by().values_list("pk", "name", "birth_date", "identity__phone_lookup")
    sql, parameters = wanted.query.sql_with_params()
    with connection.cursor() as cursor:  # plain rows: a hundred thousand dates and bytes cost more than the search
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _pairs(known: Iterable[tuple[Any, ...]]) -> Iterable[Pair]:
    birthdays: dict[tuple[str, Any], list[int]] = defaultdict(list)
    phones: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    for pk, name, birthday, phone in known:
        if birthday is not None:
            birthdays[name, birthday].append(pk)
        if phone is not None:
            phones[name, bytes(phone)].append(pk)
    born = {pair for group in birthdays.values() if len(group) > 1 for pair in _of_group(group)}
    called = {pair for group in phones.values() if len(group) > 1 for pair in _of_group(group)}
    return [Pair(*pair, pair in born, pair in called) for pair in born | called]


def _of_group(group: list[int]) -> Iterable[tuple[int, int]]:
    group = sorted(group)
    return combinations(group, 2) if len(group) <= COMPARED else ((group[0], other) for other in group[1:])


def suspected_with(person: Person, actor: Actor) -> list[int]:
    """Records that may be this person's, all of them and the person within the actor's scope; a few queries."""
    alike = Q(pk__in=[])
    if person.birth_date is not None:
        alike |= Q(birth_date=person.birth_date)
    phone = Identity.objects.filter(person=person).values_list("phone_lookup", flat=True).first()
    if phone is not None:
        alike |= Q(identity__phone_lookup=phone)
    apart = NotSamePerson.objects.filter(
        Q(first=person, second=OuterRef("pk")) | Q(second=person, first=OuterRef("pk"))
    )
    merged = PersonAlias.objects.filter(alias=OuterRef("pk"))
    rows = Person.objects.filter(alike, ~Exists(apart), ~Exists(merged), name=person.name).exclude(pk=person.pk)
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:COMPARED])
    reach = Reach(actor, [person.pk, *found]) if found else None
    return [pk for pk in found if reach and reach.covers(person.pk) and reach.covers(pk)]


def merged_pairs(actor: Actor) -> list[PersonAlias]:
    """Mergers of records that are both within the actor's scope, the latest first, at most `LISTED`."""
    rows = PersonAlias.objects.select_related("alias", "person", "merged_by").order_by("-merged_at", "-pk")
    return _handled(actor, rows, lambda row: (row.alias_id, row.person_id))


def apart_pairs(actor: Actor) -> list[NotSamePerson]:
    """Pairs marked as two human beings, both within the actor's scope, the latest first, at most `LISTED`."""
    rows = NotSamePerson.objects.select_related("first", "second", "marked_by").order_by("-pk")
    return _handled(actor, rows, lambda row: (row.first_id, row.second_id))


def _handled(actor: Actor, rows: QuerySet[Any], both: Any) -> list[Any]:
    listed = list(rows)
    reach = Reach(actor, {pk for row in listed for pk in both(row)})
    return [row for row in listed if all(reach.covers(pk) for pk in both(row))][:LISTED]


@dataclass(frozen=True, slots=True)
class Faces:
    """What a list says of persons: their names, birthdays, branches."""

    persons: dict[int, Person]
    branches: dict[int, Organisation]


def faces(person_ids: Collection[int]) -> Faces:
    """Names and branches of some persons, in two queries."""
    return Faces(Person.objects.in_bulk(list(person_ids)), last_branches(person_ids))
