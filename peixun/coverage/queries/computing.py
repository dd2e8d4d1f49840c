"""Working out person-years from the roll, the ledger and the packs: the one path that refresh, rebuild and every
question about an uncommon date share."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peixun.catalog.models import CarryOver, CreditPack, RequirementPack
from peixun.catalog.queries import PackBook
from peixun.coverage.rules import (
    ActivityFacts,
    Cap,
    CreditRules,
    Earlier,
    Item,
    PersonYearResult,
    RequirementRule,
    Stand,
    count,
    person_year,
)
from peixun.kernel.dated import holds
from peixun.kernel.hours import to_quarters
from peixun.ledger.queries.reading import activity_facts, effective_items
from peixun.people.models import MembershipStatus
from peixun.people.queries.organisation_book import OrganisationBook
from peixun.people.queries.roll import PersonRoll, load_roll
from peixun.people.rules import Standing

NOWHERE = Stand(branch=None, due=False, mask=0, requirements=())
DIMENSIONS = ("tier", "delivery", "setting", "strand", "example")
NOT_DUE = frozenset({"lost", "exempt"})


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
    return CreditRules(caps, pack.carry_over == CarryOver.ELECTIVES)


@dataclass(frozen=True, slots=True)
class Computed:
    """One person's result."""

    person_id: int
    result: PersonYearResult
    branches: frozenset[int]


class PersonYears:
    """Computes person-years of one year at some ascending dates.

    `known_at` leaves out what was posted later.
    """

    def __init__(self, books: Books, *, year: int, dates: Sequence[date], known_at: datetime | None = None) -> None:
        self.books = books
        self.year = year
        self.dates = list(dates)
        self.known_at = known_at

    def compute(self, person_ids: Collection[int]) -> Iterator[Computed]:
        """Results of these persons; those merged into another are left out, their entries count for the other."""
        rolls = load_roll(person_ids)
        first_year = self._first_year()
        items = effective_items(
            {alias for roll in rolls.values() for alias in roll.ids},
            first=date(first_year, 1, 1),
            last=self.dates[-1],
            known_at=self.known_at,
        )
        facts = self._facts({row.activity_id for rows in items.values() for row in rows})
        for person_id, roll in rolls.items():
            by_year: dict[int, list[Item]] = defaultdict(list)
            for alias in roll.ids:
                for row in items.get(alias, ()):
                    by_year[row.day.year].append(Item(row.day, facts[row.activity_id], row.quarters))
            yield Computed(person_id, self._one(roll, by_year, first_year), self._branches(roll))

    def _branches(self, roll: PersonRoll) -> frozenset[int]:
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        return frozenset(
            m.organisation_id for m in roll.memberships if m.since <= last and (m.until is None or m.until > first)
        )

    def _first_year(self) -> int:
        # Only packs that look beyond their year cost the reading of earlier years.
        return self.year - 4 if self.books.packs.needs_earlier_years else self.year

    def _one(self, roll: PersonRoll, by_year: dict[int, list[Item]], first_year: int) -> PersonYearResult:
        earlier = Earlier()
        totals: list[int] = []
        for year in range(first_year, self.year):
            dates = [date(year, 12, 31)]
            past = self._year(roll, year, dates, by_year.get(year, []), earlier)
            totals.append(past.progress.quarters)
            line = self._line(roll, dates[0])
            carried = past.surplus if self.books.credit_rules(line, dates[0]).carries_over else 0
            earlier = Earlier(carried, sum(totals))
        return self._year(roll, self.year, self.dates, by_year.get(self.year, []), earlier)

    def _year(
        self, roll: PersonRoll, year: int, dates: list[date], items: list[Item], earlier: Earlier
    ) -> PersonYearResult:
        counted = count(items, lambda day: self.books.credit_rules(self._line(roll, day), day))
        return person_year(year=year, dates=dates, counted=counted, stands=self._stands(roll, dates), earlier=earlier)

    def _line(self, roll: PersonRoll, day: date) -> tuple[int, ...]:
        membership = roll.membership_on(day)
        if membership is None:
            return ()
        return self.books.organisations.at(day).line(membership.organisation_id)

    def _stands(self, roll: PersonRoll, dates: list[date]) -> list[Stand]:
        if roll.steady(dates[0], dates[-1]) and self._steady_books(dates):
            return [self._stand(roll, dates[0])] * len(dates)
        return [self._stand(roll, day) for day in dates]

    def _steady_books(self, dates: list[date]) -> bool:
        books = self.books
        return books.organisations.at(dates[0]) is books.organisations.at(dates[-1]) and books.packs.stretch(
            dates[0]
        ) == books.packs.stretch(dates[-1])

    def _stand(self, roll: PersonRoll, day: date) -> Stand:
        membership = roll.membership_on(day)
        if membership is None:
            return NOWHERE
        posts = tuple(sorted((p.title, p.organisation_id) for p in roll.posts if holds(p.since, p.until, day)))
        due = not any(s.kind in NOT_DUE and holds(s.since, s.until, day) for s in roll.statuses)
        standing = Standing(membership.organisation_id, membership.status or MembershipStatus.FULL, roll.rank, posts)
        return self.books.stand(standing, due=due, day=day)

    def _facts(self, ids: set[int]) -> dict[int, ActivityFacts]:
        known = self.books.facts
        missing = ids - known.keys()
        for row in activity_facts(missing):
            cuts = tuple(f"{name}:{value}" for name, value in zip(DIMENSIONS, row.dimensions, strict=True) if value)
            known[row.id] = ActivityFacts(row.id, row.digest, row.kind, cuts)
        return known
