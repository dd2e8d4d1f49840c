"""Audience rules: plain Python, no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

PERSON_FIELDS = ("posts", "ranks", "statuses")
ORGANISATION_FIELDS = ("levels", "sectors", "kinds", "tags", "under")


class OrganisationFacts(NamedTuple):
    """An organisation as it stands on one day. `line` is its ancestors from the root down to itself."""

    id: int
    kind: str
    sector: str
    level: str
    tags: frozenset[str]
    line: tuple[int, ...]


class Standing(NamedTuple):
    """One person on one day: where they belong, their status and rank, and the posts they hold."""

    branch: int | None
    status: str
    rank: str
    posts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Who belongs to an audience. Every list that is given must match; an empty list asks nothing.

    With `posts`, the person must hold one of them in an organisation that matches the organisation fields;
    without, the person's own branch must match them. `under` holds organisation ids.
    """

    bit: int
    posts: frozenset[str] = field(default_factory=frozenset)
    ranks: frozenset[str] = field(default_factory=frozenset)
    statuses: frozenset[str] = field(default_factory=frozenset)
    levels: frozenset[str] = field(default_factory=frozenset)
    sectors: frozenset[str] = field(default_factory=frozenset)
    kinds: frozenset[str] = field(default_factory=frozenset)
    tags: frozenset[str] = field(default_factory=frozenset)
    under: frozenset[int] = field(default_factory=frozenset)

    def takes_organisation(self, facts: OrganisationFacts) -> bool:
        """Whether an organisation matches the organisation fields."""
        return (
            (not self.levels or facts.level in self.levels)
            and (not self.sectors or facts.sector in self.sectors)
            and (not self.kinds or facts.kind in self.kinds)
            and (not self.tags or bool(facts.tags & self.tags))
            and (not self.under or not self.under.isdisjoint(facts.line))
        )

    def takes(self, standing: Standing, organisations: Mapping[int, OrganisationFacts]) -> bool:
        """Whether a person belongs to the audience."""
        if standing.branch is None:
            return False
        if self.ranks and standing.rank not in self.ranks:
            return False
        if self.statuses and standing.status not in self.statuses:
            return False
        if not self.posts:
            facts = organisations.get(standing.branch)
            return facts is not None and self.takes_organisation(facts)
        return any(
            title in self.posts and place in organisations and self.takes_organisation(organisations[place])
            for title, place in standing.posts
        )


def read_rule(bit: int, rule: Mapping[str, Any]) -> AudienceRule:
    """A rule from its stored form. Raises ValueError for a field that no rule has."""
    unknown = set(rule) - set(PERSON_FIELDS) - set(ORGANISATION_FIELDS)
    if unknown:
        raise ValueError(f"unknown fields in an audience rule: {', '.join(sorted(unknown))}")
    return AudienceRule(bit=bit, **{name: frozenset(values) for name, values in rule.items()})


def audience_mask(
    rules: Iterable[AudienceRule], standing: Standing, organisations: Mapping[int, OrganisationFacts]
) -> int:
    """The audiences that a person belongs to, as bits."""
    mask = 0
    for rule in rules:
        if rule.takes(standing, organisations):
            mask |= 1 << rule.bit
    return mask
