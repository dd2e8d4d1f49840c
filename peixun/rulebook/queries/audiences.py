"""How many people an audience has on a day, who some of them are, and where it is used."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from peixun.catalog.models import RequirementPack
from peixun.coverage.queries.books import current_books
from peixun.people.models import Audience, Membership, Organisation, Person, PersonAlias, Post
from peixun.people.rules import Standing, read_rule

NAMED = 20


def _standings(day: date, under: Organisation) -> Iterator[tuple[int, Standing]]:
    """Everybody on the roll of a subtree on a day, in three statements however many there are."""
    posts: dict[int, list[tuple[str, int]]] = {}
    for person, title, place in Post.objects.on(day).values_list("person_id", "title", "organisation_id"):
        posts.setdefault(person, []).append((title, place))
    merged = set(PersonAlias.objects.values_list("alias_id", flat=True))
    rows = Membership.objects.on(day).filter(organisation__path__startswith=under.path)
    for person, branch, status, rank in rows.values_list("person_id", "organisation_id", "status", "person__rank"):
        if person not in merged:
            yield person, Standing(branch, status or "full", rank, tuple(sorted(posts.get(person, ()))))


def people_by_audience(day: date, under: Organisation) -> dict[str, int]:
    """How many people each audience has in a subtree on a day, by its key."""
    book = current_books().organisations
    snapshot = book.at(day)
    by_mask: Counter[int] = Counter(snapshot.mask(standing) for _person, standing in _standings(day, under))
    return {a.key: sum(n for mask, n in by_mask.items() if mask >> a.bit & 1) for a in book.audiences}


def taken_by(rule: dict[str, Any], day: date, under: Organisation) -> tuple[int, list[Person]]:
    """How many people of a subtree a rule takes on a day, and twenty of them. Raises ValueError for no rule."""
    read = read_rule(0, rule)
    places = current_books().organisations.at(day).organisations
    known: dict[Standing, bool] = {}
    count = 0
    ids: list[int] = []
    for person, standing in _standings(day, under):
        taken = known.get(standing)
        if taken is None:
            taken = known[standing] = read.takes(standing, places)
        if taken:
            count += 1
            if len(ids) < NAMED:
                ids.append(person)
    return count, list(Person.objects.filter(pk__in=ids).order_by("pk"))


def packs_using(audience: Audience) -> list[RequirementPack]:
    """The packs that ask something of an audience."""
    return list(
        RequirementPack.objects.filter(requirements__audience=audience)
        .select_related("owner")
        .distinct()
        .order_by("-since")
    )


def uses() -> Counter[int]:
    """In how many packs each audience is used, by its id."""
    rows = RequirementPack.objects.order_by().values_list("requirements__audience", "pk").distinct()
    return Counter(audience for audience, _pack in rows if audience is not None)
