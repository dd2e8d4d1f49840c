"""Who holds which post through 2017: one secretary an organisation, deputies, committee members, and the account's
first secretaries, office heads and party workers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from peixun.demo.people import WORKING, Member
from peixun.demo.size import Size
from peixun.demo.units import POOR_VILLAGE, Unit, by_group
from peixun.people.operations.posts import NewPost

TERMS = tuple(
    date(y, m, 1) for y, m in ((2014, 3), (2014, 11), (2015, 4), (2015, 12), (2016, 5), (2016, 9), (2016, 12))
)
DISPATCHING = ("city_organ", "city_organ_branch", "county_organ", "county_organ_branch", "city_institution")


@dataclass
class Cadre:
    """Everybody with a post, by what the classes ask for. `current` are the secretaries of June 2018."""

    secretaries: dict[Unit, Member] = field(default_factory=dict)
    current: dict[Unit, Member] = field(default_factory=dict)
    committee: list[Member] = field(default_factory=list)
    first_secretaries: list[Member] = field(default_factory=list)
    office_heads: list[Member] = field(default_factory=list)
    party_workers: dict[Unit, list[Member]] = field(default_factory=dict)


class Appointments:
    """Fills the posts. Nobody is secretary of two organisations; nearly everybody holds one post only."""

    def __init__(self, *, size: Size, units: list[Unit], rosters: dict[Unit, list[Member]], rng: random.Random) -> None:
        self.size = size
        self.units = units
        self.rosters = rosters
        self.rng = rng
        self.cadre = Cadre()
        self.posts: list[tuple[Member, Unit, str, date]] = []

    def fill(self) -> Cadre:
        """Every post of 2017."""
        for unit in self.units:
            if unit.holds_members:
                self._lead(unit, self._suited(self.rosters[unit]))
        for unit in self.units:
            if not unit.holds_members:
                self._lead(unit, self._suited(self._below(unit)))
        groups = by_group(self.units)
        self._office_heads(groups["township"])
        self._first_secretaries(groups)
        self._party_workers(groups)
        self.cadre.current = dict(self.cadre.secretaries)
        return self.cadre

    def new_posts(self) -> Iterator[NewPost]:
        """As the people's room takes them."""
        for member, unit, title, since in self.posts:
            yield NewPost(member.id, unit.id, title, since, rank=member.rank)

    def _lead(self, unit: Unit, candidates: list[Member]) -> None:
        """Secretary, deputies and committee members; more of them where more belong."""
        size = len(candidates)
        deputies = int(size >= 14) + int(size >= 30)
        others = 2 + int(size >= 18) + 2 * int(size >= 45)
        titles = ["secretary", *["deputy"] * deputies, *["committee_member"] * others]
        if not unit.grassroots:
            titles = titles[:1]
        since = self.rng.choice(TERMS)
        for title, member in zip(titles, candidates, strict=False):
            self._appoint(member, unit, title, since)
            if unit.grassroots and title != "secretary":
                member.committee = True
                self.cadre.committee.append(member)
        if titles and candidates:
            candidates[0].secretary_of = unit
            self.cadre.secretaries[unit] = candidates[0]

    def _appoint(self, member: Member, unit: Unit, title: str, since: date | None = None) -> None:
        day = since or self.rng.choice(TERMS)
        member.posts += 1
        self.posts.append((member, unit, title, max(day, date.fromordinal(member.since + 1))))

    def _suited(self, roster: list[Member]) -> list[Member]:
        """Those without a post, of working age first."""
        free = [m for m in roster if m.full and not m.posts]
        low, high = WORKING
        suited = [m for m in free if low < m.born < high]
        if len(suited) >= 6:
            return suited
        return suited + [m for m in free if not low < m.born < high]

    def _below(self, unit: Unit) -> list[Member]:
        """Members of the branches that belong to a committee's own body: its organ, its workshops."""
        own = [b for b in unit.branches if b.holds_members and b.group.endswith(("_organ", "_branch", "enterprise"))]
        if not own and unit.branches:
            own = [b for b in unit.branches if b.holds_members] or unit.branches[:1]
        found: list[Member] = []
        for branch in own[:3]:
            found.extend(self.rosters.get(branch) or self._below(branch))
        return found

    def _office_heads(self, townships: list[Unit]) -> None:
        for unit in townships[: self.size.fixed(69)]:
            member = self._suited(self._below(unit))[0]
            self._appoint(member, unit, "office_head")
            self.cadre.office_heads.append(member)

    def _first_secretaries(self, groups: dict[str, list[Unit]]) -> None:
        """Sent to the poor villages from the organs of city and counties."""
        villages = [unit for unit in groups["village"] if POOR_VILLAGE in unit.tags]
        homes = [unit for name in DISPATCHING for unit in groups[name] if unit.holds_members]
        pool = [m for unit in homes for m in self._suited(self.rosters[unit])[4:]]
        pool = pool or [m for unit in homes for m in self._suited(self.rosters[unit])]
        self.rng.shuffle(pool)
        for unit, member in zip(villages, pool, strict=False):
            self._appoint(member, unit, "first_secretary", self.rng.choice(TERMS[2:]))
            self.cadre.first_secretaries.append(member)

    def _party_workers(self, groups: dict[str, list[Unit]]) -> None:
        """Two in most of the organs, enterprises and schools that the special classes are for."""
        enterprises = sorted(groups["non_public"], key=lambda u: -u.members)[: self.size.fixed(74)]
        homes = [*groups["city_organ"], *groups["central_school"], *enterprises]
        left = self.size.party_workers
        while left:
            placed = 0
            for unit in homes:
                candidates = self._suited(self.rosters.get(unit) or self._below(unit))
                if left and candidates:
                    self._appoint(candidates[0], unit, "party_worker")
                    self.cadre.party_workers.setdefault(unit, []).append(candidates[0])
                    left -= 1
                    placed += 1
            if not placed:
                return
