"""Reads of the room: which pack is in force where and when."""

import copy
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet

from peixun.catalog.models import (
    CarryOver,
    CreditCap,
    CreditPack,
    CreditRule,
    Requirement,
    RequirementPack,
    RequirementPeriod,
    ResponsibilityPack,
)
from peixun.catalog.rules import NewCreditPack, NewRequirementPack
from peixun.people.models import MEMBER_KINDS, Audience, Level, Organisation
from peixun.people.queries.scope import Actor, Permission

MAKE_RULES = (Level.PROVINCE, Level.CITY, Level.COUNTY)
PackT = TypeVar("PackT", RequirementPack, CreditPack, ResponsibilityPack)


class PackBook:
    """All packs in memory. The nearest ancestor's pack wins on its day."""

    def __init__(
        self,
        requirement_packs: list[RequirementPack] | None = None,
        credit_packs: list[CreditPack] | None = None,
    ) -> None:
        if requirement_packs is None:
            requirement_packs = list(RequirementPack.objects.prefetch_related("requirements__audience").order_by("id"))
        if credit_packs is None:
            credit_packs = list(CreditPack.objects.prefetch_related("caps", "rules").order_by("id"))
        self.requirement_packs, self.credit_packs = requirement_packs, credit_packs
        packs: list[RequirementPack | CreditPack] = [*self.requirement_packs, *self.credit_packs]
        days = {p.since for p in packs} | {p.until for p in packs if p.until}
        self.boundaries = sorted(days)
        # They change no figure, so their days are no boundaries of figures.
        self.responsibility_packs = list(
            ResponsibilityPack.objects.prefetch_related("responsibilities__audience").order_by("id")
        )
        self._requirements: dict[tuple[tuple[int, ...], int], RequirementPack | None] = {}
        self._credits: dict[tuple[tuple[int, ...], int], CreditPack | None] = {}

    def supposing(self, pack: RequirementPack | CreditPack) -> "PackBook":
        """A book with one more pack, as publishing it would leave things: the owner's one before ends as it begins."""
        if isinstance(pack, RequirementPack):
            return PackBook([*_ended_by(self.requirement_packs, pack), pack], self.credit_packs)
        return PackBook(self.requirement_packs, [*_ended_by(self.credit_packs, pack), pack])

    def with_end(self, pack: RequirementPack | CreditPack, until: date | None) -> "PackBook":
        """A book in which a pack ends otherwise."""
        other = copy.copy(pack)
        other.until = until
        book = self.without(pack)
        if isinstance(other, RequirementPack):
            return PackBook([*book.requirement_packs, other], self.credit_packs)
        return PackBook(self.requirement_packs, [*book.credit_packs, other])

    def without(self, pack: RequirementPack | CreditPack) -> "PackBook":
        """A book that lacks a pack."""
        if isinstance(pack, RequirementPack):
            return PackBook([p for p in self.requirement_packs if p.pk != pack.pk], self.credit_packs)
        return PackBook(self.requirement_packs, [p for p in self.credit_packs if p.pk != pack.pk])

    def looks_back_from(self, year: int) -> bool:
        """Whether a year's figures depend on earlier years: carried surplus, or a five-year count that ends now."""
        last_day = date(year, 12, 31)
        for pack in self.requirement_packs:
            if pack.since <= last_day and (pack.until is None or pack.until.year >= year):
                five = any(r.period == RequirementPeriod.FIVE_YEARS for r in pack.requirements.all())
                if five and (year - pack.since.year) % 5 == 4:
                    return True
        return any(
            pack.carry_over == CarryOver.ELECTIVES
            and pack.since.year < year
            and (pack.until is None or pack.until.year >= year)
            for pack in self.credit_packs
        )

    def stretch(self, day: date) -> int:
        """Days with the same number have the same packs."""
        return bisect_right(self.boundaries, day)

    def requirements(self, line: tuple[int, ...], day: date) -> RequirementPack | None:
        """The requirement pack in force for an organisation, given its line of ancestors."""
        key = (line, self.stretch(day))
        if key not in self._requirements:
            self._requirements[key] = _nearest(self.requirement_packs, line, day)
        return self._requirements[key]

    def credits(self, line: tuple[int, ...], day: date) -> CreditPack | None:
        """The credit pack in force for an organisation, given its line of ancestors."""
        key = (line, self.stretch(day))
        if key not in self._credits:
            self._credits[key] = _nearest(self.credit_packs, line, day)
        return self._credits[key]

    def responsibilities(self, line: tuple[int, ...], day: date) -> ResponsibilityPack | None:
        """The responsibility pack in force for an organisation, given its line of ancestors."""
        return _nearest(self.responsibility_packs, line, day)


def _nearest(packs: Sequence[PackT], line: tuple[int, ...], day: date) -> PackT | None:
    valid = [p for p in packs if p.owner_id in line and p.since <= day and (p.until is None or day < p.until)]
    return max(valid, key=lambda p: (line.index(p.owner_id), p.since), default=None)


def _ended_by(packs: Sequence[PackT], new: PackT) -> list[PackT]:
    """Copies of the packs, in which the new one's owner's that runs on the day it begins ends then."""
    result = []
    for pack in packs:
        runs = pack.since < new.since and (pack.until is None or pack.until > new.since)
        if pack.owner_id == new.owner_id and runs:
            pack = copy.copy(pack)
            pack.until = new.since
        result.append(pack)
    return result


def draw_requirement_pack(
    new: NewRequirementPack, owner: Organisation, audiences: Mapping[str, Audience]
) -> tuple[RequirementPack, list[Requirement]]:
    """A pack with its requirements, not saved. Raises KeyError for an audience that isn't there."""
    pack = RequirementPack(
        key=new.key, name=new.name, owner=owner, since=new.since, until=new.until, source=new.source, note=new.note
    )
    rows = [
        Requirement(
            pack=pack,
            audience=audiences[r.audience],
            name=r.name,
            period=r.period,
            min_hours=Decimal(r.min_hours),
            min_days=r.min_days,
            min_concentrated=r.min_concentrated,
            within=[{"dimension": d, "value": v, "hours": h} for d, v, h in r.within],
        )
        for r in new.requirements
    ]
    return pack, rows


def draw_credit_pack(new: NewCreditPack, owner: Organisation) -> tuple[CreditPack, list[CreditRule], list[CreditCap]]:
    """A pack with its conversions and caps, not saved."""
    pack = CreditPack(
        key=new.key,
        name=new.name,
        owner=owner,
        since=new.since,
        until=new.until,
        source=new.source,
        note=new.note,
        carry_over=new.carry_over,
    )
    rules = [CreditRule(pack=pack, kind=r.kind, unit=r.unit, hours=Decimal(r.hours)) for r in new.rules]
    caps = [
        CreditCap(pack=pack, name=c.name, kinds=list(c.kinds), period=c.period, max_hours=Decimal(c.max_hours))
        for c in new.caps
    ]
    return pack, rules, caps


def imagined(new: NewRequirementPack | NewCreditPack, owner: Organisation) -> RequirementPack | CreditPack:
    """A pack that isn't in the database, with its rows where a prefetch would have put them, to be put into a book."""
    if isinstance(new, NewRequirementPack):
        pack, requirements = draw_requirement_pack(new, owner, {a.key: a for a in Audience.objects.all()})
        return _with_rows(pack, requirements=requirements)
    credit_pack, rules, caps = draw_credit_pack(new, owner)
    return _with_rows(credit_pack, rules=rules, caps=caps)


def _with_rows(pack: PackT, **rows: Sequence[Requirement | CreditRule | CreditCap]) -> PackT:
    # Ids that no saved row has: what is remembered by id must not be mistaken for another pack's.
    pack.pk = -1
    for several in rows.values():
        for number, row in enumerate(several, start=1):
            row.pk = -number
    vars(pack)["_prefetched_objects_cache"] = rows
    return pack


def rule_makers(actor: Actor) -> QuerySet[Organisation]:
    """Organisations of county level or above for which the actor's office makes rules, the highest first."""
    rows = actor.organisations(Permission.MANAGE_RULES).filter(level__in=MAKE_RULES, closed_on=None)
    return rows.exclude(kind__in=MEMBER_KINDS).order_by("path")
