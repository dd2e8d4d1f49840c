"""Everything that concerns everybody: the tree over time, the packs, the audiences; remembered between requests."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from peixun.catalog.models import CarryOver, CreditPack, RequirementPack
from peixun.catalog.queries import PackBook
from peixun.coverage.models import StructureStamp
from peixun.coverage.rules import ActivityFacts, Cap, CreditRules, RequirementRule, Stand
from peixun.kernel.hours import to_quarters
from peixun.people.queries.organisation_book import OrganisationBook
from peixun.people.rules import Standing

NOWHERE = Stand(branch=None, due=False, mask=0, requirements=())


@dataclass
class Books:
    """Everything that concerns everybody: the tree over time, the packs, the audiences."""

    organisations: OrganisationBook = field(default_factory=OrganisationBook)
    packs: PackBook = field(default_factory=PackBook)
    facts: dict[int, ActivityFacts] = field(default_factory=dict)
    _requirement_rules: dict[tuple[int, int], tuple[RequirementRule, ...]] = field(default_factory=dict)
    _credit_rules: dict[int, CreditRules] = field(default_factory=dict)
    _stands: dict[tuple[Any, ...], Stand] = field(default_factory=dict)

    @property
    def audience_keys(self) -> dict[int, str]:
        """Audience keys by bit."""
        return {a.bit: a.key for a in self.organisations.audiences}

    def stand(self, standing: Standing, *, due: bool, day: date) -> Stand:
        """Where somebody with this standing stands on a day; equal answers are one object."""
        snapshot = self.organisations.at(day)
        line = snapshot.line(standing.branch) if standing.branch is not None else ()
        if not line:
            return NOWHERE
        key = (id(snapshot), self.packs.stretch(day), standing, due)
        known = self._stands.get(key)
        if known is None:
            mask = snapshot.mask(standing)
            pack = self.packs.requirements(line, day)
            fresh = Stand(standing.branch, due, mask, self._requirements(pack, mask))
            # Days of different stretches may still look the same: share the object, runs compare by identity.
            known = self._stands[key] = self._stands.setdefault(("", fresh), fresh)
        return known

    def placed(self, branch: int | None, mask: int, *, due: bool, day: date) -> Stand:
        """Where somebody of a branch with these audiences, as bits, stands on a day."""
        line = self.organisations.at(day).line(branch) if branch is not None else ()
        if not line:
            return NOWHERE
        return Stand(branch, due, mask, self._requirements(self.packs.requirements(line, day), mask))

    def credit_rules(self, line: tuple[int, ...], day: date) -> CreditRules:
        """Caps and carry-over in force for an organisation."""
        pack = self.packs.credits(line, day)
        if pack is None:
            return CreditRules()
        if pack.pk not in self._credit_rules:
            self._credit_rules[pack.pk] = _read_credit_pack(pack)
        return self._credit_rules[pack.pk]

    def _requirements(self, pack: RequirementPack | None, mask: int) -> tuple[RequirementRule, ...]:
        if pack is None:
            return ()
        if (pack.pk, mask) not in self._requirement_rules:
            rules = (_read_requirement(pack, r) for r in pack.requirements.all())
            self._requirement_rules[pack.pk, mask] = tuple(r for r in rules if mask >> r.bit & 1)
        return self._requirement_rules[pack.pk, mask]


def _read_requirement(pack: RequirementPack, row: Any) -> RequirementRule:
    return RequirementRule(
        id=row.pk,
        bit=row.audience.bit,
        five_years=row.period == "five_years",
        first_year=pack.since.year,
        min_quarters=to_quarters(row.min_hours),
        min_days=row.min_days,
        min_concentrated=row.min_concentrated,
        within=tuple((f"{w['dimension']}:{w['value']}", to_quarters(w["hours"])) for w in row.within),
    )


def _read_credit_pack(pack: CreditPack) -> CreditRules:
    caps = tuple(Cap(c.name, frozenset(c.kinds), c.period, to_quarters(c.max_hours)) for c in pack.caps.all())
    kinds = frozenset(kind for cap in caps for kind in cap.kinds)
    return CreditRules(caps, pack.carry_over == CarryOver.ELECTIVES, kinds)


_remembered: dict[UUID, Books] = {}


def current_books() -> Books:
    """The books as they stand, remembered as long as nothing in them changes."""
    token = StructureStamp.objects.values_list("token", flat=True).first()
    if token is None:
        return Books()
    if token not in _remembered:
        _remembered.clear()
        _remembered[token] = Books()
    return _remembered[token]
