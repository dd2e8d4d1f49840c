"""Shapes of packs and topics before they are published: plain Python, no database, no clock."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NewRequirement:
    """What an audience, by its key, owes in a period; hours as decimal text.

    `within` holds `(dimension, value, hours)`: so many of the hours from activities of that kind.
    """

    audience: str
    name: str
    min_hours: str = "0"
    min_concentrated: int = 0
    min_days: int | None = None
    period: str = "year"
    within: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewRequirementPack:
    """Requirements in force from `since` until `until` (the first day no more; None: open)."""

    key: str
    name: str
    since: date
    until: date | None
    source: str
    requirements: tuple[NewRequirement, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewCreditRule:
    """A unit of an activity of this kind earns so many hours."""

    kind: str
    unit: str
    hours: str


@dataclass(frozen=True, slots=True)
class NewCreditCap:
    """At most `max_hours` count in a period from activities of these kinds."""

    name: str
    kinds: tuple[str, ...]
    period: str
    max_hours: str


@dataclass(frozen=True, slots=True)
class NewCreditPack:
    """Conversions and caps in force from `since` until `until` (the first day no more; None: open)."""

    key: str
    name: str
    since: date
    until: date | None
    source: str
    rules: tuple[NewCreditRule, ...]
    caps: tuple[NewCreditCap, ...] = ()
    carry_over: str = "none"
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewResponsibility:
    """A level, such as `county`, trains an audience, by its key, once a `year` or once in `five_years`.

    With `only_untrained_above` it trains those alone whom no higher level has trained in the period.
    """

    audience: str
    level: str
    period: str = "year"
    only_untrained_above: bool = False


@dataclass(frozen=True, slots=True)
class NewResponsibilityPack:
    """Who trains whom from `since` until `until` (the first day no more; None: open), highest level first."""

    key: str
    name: str
    since: date
    until: date | None
    source: str
    responsibilities: tuple[NewResponsibility, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewTopic:
    """What is taught; `invented` marks a name that a demo made up."""

    key: str
    name: str
    group: str
    strand: str
    invented: bool = False


def first_overlap(
    spans: list[tuple[date, date | None]], since: date, until: date | None
) -> tuple[date, date | None] | None:
    """The first of some half-open spans that shares a day with `[since, until)`, or None."""
    for begin, end in spans:
        if (end is None or since < end) and (until is None or begin < until):
            return begin, end
    return None
