"""The invented people: names, ages, numbers, schooling, and since when each belongs to which branch."""

import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Generic, TypeVar

from peixun.demo.size import Size
from peixun.demo.units import Unit
from peixun.demo.words import names as words
from peixun.kernel import citizen_number
from peixun.people.operations.enrolment import NewPerson

T = TypeVar("T")
YEAR_END = date(2017, 12, 31).toordinal()
JOINED_IN_2017 = tuple(date(2017, m, d).toordinal() for m, d in ((6, 28), (6, 30), (7, 1), (9, 28), (11, 24)))
JOINED_IN_2018 = tuple(date(2018, m, d).toordinal() for m, d in ((1, 12), (3, 23), (5, 18), (6, 26), (6, 28)))
PROBATION_FROM = date(2017, 6, 1).toordinal()
STEADY_BEFORE = date(2016, 6, 1).toordinal()
NEVER = date(2100, 1, 1).toordinal()
WORKING = (date(1956, 1, 1).toordinal(), date(1990, 1, 1).toordinal())
SETTLED = 6
"""So many of a branch are full members of long standing, so that its posts can be filled."""
JOINING_IN_2018 = 620

PROFILES = {
    "village": "village",
    "community": "community",
    "central_school": "school",
    "city_school": "school",
    "county_school": "school",
    "state_enterprise": "enterprise",
    "non_public": "enterprise",
    "social": "enterprise",
    "retired": "retired",
}
RANKS_OF = {
    "city_organ": "city_organ",
    "city_organ_branch": "city_organ",
    "county_organ": "county_organ",
    "county_organ_branch": "county_organ",
    "township_organ": "township_organ",
    "subdistrict_organ": "township_organ",
    "city_institution": "institution",
}


class Weighted(Generic[T]):
    """Draws from weighted values; faster than `Random.choices` for one at a time."""

    def __init__(self, pairs: Sequence[tuple[T, float]]) -> None:
        self.values = [value for value, _ in pairs]
        self.sums = list(accumulate(weight for _, weight in pairs))

    def draw(self, random_number: float) -> T:
        """The value at a number from 0 to 1."""
        return self.values[bisect(self.sums, random_number * self.sums[-1])]


@dataclass(slots=True, eq=False)
class Member:
    """One person as the generator thinks of them. Days are ordinals; `spells` are `(branch, since, until)`."""

    unit: Unit
    male: bool
    born: int
    joined: int
    since: int
    rank: str
    until: int = NEVER
    why: str = ""
    id: int = 0
    zeal: float = 1.0
    secretary_of: Unit | None = None
    posts: int = 0
    committee: bool = False
    lost: bool = False
    # Quarters of an hour earned, and classes attended, by year (2017, 2018).
    earned: list[int] = field(default_factory=lambda: [0, 0])
    classes: list[int] = field(default_factory=lambda: [0, 0])
    moves: list[tuple[Unit, int]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """A full member, not one on probation."""
        return self.joined < PROBATION_FROM

    def spells(self) -> Iterator[tuple[Unit, int, int]]:
        """Branches with the days from and until which the person belongs to each."""
        unit, since = self.unit, self.since
        for target, day in self.moves:
            yield unit, since, day
            unit, since = target, day
        yield unit, since, self.until


class Population:
    """Makes the people of each branch."""

    def __init__(self, *, size: Size, rng: random.Random) -> None:
        self.size = size
        self.rng = rng
        self.serials: Counter[tuple[str, int, bool]] = Counter()
        self.surnames = Weighted(words.SURNAMES)
        self.hui_surnames = Weighted(words.HUI_SURNAMES)
        self.ethnicities = Weighted(words.ETHNICITIES)
        self.bands = {
            name: Weighted(list(zip(words.AGE_BANDS, weights, strict=True))) for name, weights in words.AGES.items()
        }
        self.educations = {name: Weighted(pairs) for name, pairs in words.EDUCATIONS.items()}
        self.ranks = {name: Weighted(pairs) for name, pairs in words.RANKS.items()}

    def branch(self, unit: Unit, count: int) -> tuple[list[Member], list[NewPerson]]:
        """People of a branch: its members of 2017's end, without an id yet."""
        members, persons = [], []
        for index in range(count):
            member = self._settled(unit) if index < SETTLED else self._member(unit)
            members.append(member)
            persons.append(self._person(member))
        return members, persons

    def joiner(self, unit: Unit) -> tuple[Member, NewPerson]:
        """Somebody who joins the party in 2018."""
        member = self._member(unit)
        member.joined = member.since = self.rng.choice(JOINED_IN_2018)
        member.rank = ""
        if member.joined - member.born > 50 * 365:
            member.born += 22 * 365
        return member, self._person(member)

    def _settled(self, unit: Unit) -> Member:
        """Somebody who can take a post: a full member of working age, where the branch has such."""
        member = self._member(unit)
        for _ in range(12):
            if member.full and WORKING[0] < member.born < WORKING[1]:
                break
            member = self._member(unit)
        if not member.full:
            member.joined = member.since = STEADY_BEFORE - 30
            member.born = min(member.born, member.joined - 7000)
        return member

    def _member(self, unit: Unit) -> Member:
        rng, profile = self.rng, PROFILES.get(unit.group, "office")
        low, high = self.bands[profile].draw(rng.random())
        born = date(2017 - low, 6, 30).toordinal() - int(rng.random() * (high - low + 1) * 365.25)
        joined = self._joined(born)
        since = max(joined, unit.founded.toordinal())
        if profile != "village" and since < STEADY_BEFORE:
            since += int((STEADY_BEFORE - since) * rng.random() ** 1.5)
        ranks = self.ranks.get(RANKS_OF.get(unit.group, ""))
        member = Member(
            unit=unit,
            male=rng.random() * 100 < words.MEN_OF_100.get(profile, 68),
            born=born,
            joined=joined,
            since=since,
            rank=ranks.draw(rng.random()) if ranks else "",
        )
        member.zeal = 0.62 + 0.46 * rng.random()
        if low >= 75:
            member.zeal *= 0.8
        elif low < 35 and profile == "village":
            member.zeal *= 0.88
        return member

    def _joined(self, born: int) -> int:
        """The day of joining: from the eighteenth birthday on, most before thirty-five; one in a hundred in 2017."""
        rng = self.rng
        adult = born + 6576
        if rng.random() < 0.011 or adult > STEADY_BEFORE - 400:
            return max(adult, rng.choice(JOINED_IN_2017)) if adult <= JOINED_IN_2017[-1] else JOINED_IN_2017[-1]
        room = STEADY_BEFORE - adult
        return adult + int(room * min(1.0, rng.random() ** 2.2 * 0.9 + 200 / room))

    def _person(self, member: Member) -> NewPerson:
        rng, unit = self.rng, member.unit
        hui = unit.name.find("回族乡") >= 0 and rng.random() < 0.8
        ethnicity = "回族" if hui else self.ethnicities.draw(rng.random())
        birth = date.fromordinal(member.born)
        joined = date.fromordinal(member.joined)
        return NewPerson(
            name=self._name(male=member.male, hui=ethnicity == "回族"),
            citizen_number=self._number(member, birth),
            gender="m" if member.male else "f",
            birth_date=birth,
            ethnicity=ethnicity,
            education=self._education(member),
            occupation=self._occupation(member),
            rank=member.rank,
            joined_party_on=joined,
            full_member_on=_a_year_later(joined) if member.full else None,
            phone=rng.choice(words.PHONE_HEADS) + str(int(rng.random() * 90000000) + 10000000),
            organisation_id=unit.id,
            status="full" if member.full else "probationary",
            member_since=date.fromordinal(member.since),
        )

    def _name(self, *, male: bool, hui: bool) -> str:
        rng = self.rng
        surname = (self.hui_surnames if hui else self.surnames).draw(rng.random())
        single, first, last = (
            (words.MALE_SINGLE, words.MALE_FIRST, words.MALE_LAST)
            if male
            else (words.FEMALE_SINGLE, words.FEMALE_FIRST, words.FEMALE_LAST)
        )
        if rng.random() < 0.16:
            return surname + single[int(rng.random() * len(single))]
        return surname + first[int(rng.random() * len(first))] + last[int(rng.random() * len(last))]

    def _number(self, member: Member, birth: date) -> str:
        region = member.unit.region
        if self.rng.random() < 0.07:
            region = self.rng.choice(words.ELSEWHERE)
        key = (region, member.born, member.male)
        self.serials[key] += 1
        sequence = 2 * (self.serials[key] + int(self.rng.random() * 20) * 20) + member.male
        return citizen_number.make(region=region, birth=birth, sequence=sequence)

    def _education(self, member: Member) -> str:
        profile = PROFILES.get(member.unit.group, "office")
        if profile == "village" and member.born < _OLD:
            profile = "old"
        return self.educations[profile].draw(self.rng.random())

    def _occupation(self, member: Member) -> str:
        group = member.unit.group
        profile = "institution" if "institution" in group else PROFILES.get(group, "office")
        if member.born < _OLD:
            return "农牧渔民" if profile == "village" else "离退休人员"
        choices = words.OCCUPATIONS[profile]
        return choices[int(self.rng.random() * len(choices))]


_OLD = date(1957, 1, 1).toordinal()


def _a_year_later(day: date) -> date:
    return date(day.year + 1, day.month, min(day.day, 28))
