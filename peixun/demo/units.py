"""The city's organisations as they will be founded: who stands below whom, and how many members each branch has."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from peixun.demo.places import Place, Places
from peixun.demo.size import FIXED_GROUPS, FREE_GROUPS, Size
from peixun.demo.words import units as words
from peixun.people.operations.organisations import NewOrganisation

ROOT = "6204"
CITY_ORGAN, CENTRAL_SCHOOL, POOR_VILLAGE = "市直机关", "中心小学", "建档立卡贫困村"
POOR_VILLAGES = 260
FOUNDED = (date(1986, 3, 1), date(1992, 6, 1), date(1998, 10, 1))
FOUNDED_LATE = (date(2006, 4, 1), date(2010, 9, 1), date(2013, 5, 1), date(2015, 4, 1))
# Members of a branch of each group on the average, and the fewest that its posts need.
MEANS = {
    "village": (42, 12),
    "community": (55, 12),
    "township_organ": (38, 24),
    "subdistrict_organ": (26, 16),
    "city_organ": (26, 9),
    "city_organ_branch": (20, 6),
    "county_organ": (20, 5),
    "county_organ_branch": (16, 4),
    "city_institution": (20, 5),
    "county_institution": (17, 4),
    "central_school": (19, 8),
    "city_school": (26, 6),
    "county_school": (15, 4),
    "state_enterprise": (22, 4),
    "non_public": (8, 3),
    "social": (5, 3),
    "retired": (30, 6),
}
LARGEST = 150


@dataclass(slots=True, eq=False)
class Unit:
    """One organisation. `members` is how many its branch has in 2017; 0 for what holds none."""

    code: str
    name: str
    short: str
    kind: str
    level: str
    sector: str
    parent: str
    group: str
    region: str
    tags: tuple[str, ...] = ()
    division: str = ""
    founded: date = FOUNDED[0]
    members: int = 0
    id: int = 0
    # How willingly people come, and how much is done in the end for those who lag: 0 to 1.
    zeal: float = 0.8
    care: float = 0.8
    # The share of people who have come at all by the end of June 2018.
    early: float = 0.85
    branches: list["Unit"] = field(default_factory=list)

    @property
    def holds_members(self) -> bool:
        """Whether people belong to it."""
        return self.kind in {"branch", "joint_branch"}

    @property
    def grassroots(self) -> bool:
        """Whether it is one of the grassroots organisations that the account counts."""
        return self.level in {"township", "grassroots"}

    def new(self) -> NewOrganisation:
        """As the people's room takes it."""
        return NewOrganisation(
            code=self.code,
            name=self.name,
            short_name=self.short,
            kind=self.kind,
            level=self.level,
            sector=self.sector,
            parent_code=self.parent,
            founded_on=self.founded,
            tags=self.tags,
            division_code=self.division,
        )


class Founder:
    """Plans the tree. Codes of what isn't a place: region, two digits of its group, a running number."""

    def __init__(self, *, size: Size, places: Places, rng: random.Random) -> None:
        self.size = size
        self.places = places
        self.rng = rng
        self.units: list[Unit] = []
        self.by_code: dict[str, Unit] = {}
        self.serials: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()

    def plan(self) -> list[Unit]:
        """All organisations, parents before children."""
        self._committees()
        for place in self.places.townships:
            self._township(place)
        for place in self.places.subdistricts:
            self._subdistrict(place)
        self._villages()
        self._city_units()
        self._county_units()
        for unit in self.units:
            if unit.parent:
                self.by_code[unit.parent].branches.append(unit)
        _share_members(self.units, self.size, self.rng)
        return self.units

    def add(self, unit: Unit) -> Unit:
        """Take a unit in; a name that is taken gets a number."""
        self.taken[unit.name] += 1
        if self.taken[unit.name] > 1:
            number = f"第{_numeral(self.taken[unit.name])}"
            unit.name = unit.name.replace("支部委员会", f"{number}支部委员会").replace("党总支", f"{number}党总支")
            unit.short = unit.short.replace("党支部", f"{number}党支部")
        self.units.append(unit)
        self.by_code[unit.code] = unit
        return unit

    def code(self, region: str, group: int) -> str:
        """A code of 14 digits."""
        head = f"{region}{group:02d}"
        self.serials[head] += 1
        return f"{head}{self.serials[head]:06d}"

    def _committees(self) -> None:
        """The city's and the counties' committees, and the work committees above the branches: these come on top."""
        self.add(
            Unit(ROOT, "中共白银市委员会", "白银市委", "committee", "city", "", "", "top", "620402", division="6204",
                 founded=date(1985, 8, 1))
        )  # fmt: skip
        for suffix, name in WORK_COMMITTEES.items():
            self._above(f"620400{suffix}000000", f"中共白银市{name}", f"市{name}", "city", ROOT, "620402")
        for county in self.places.counties:
            name = f"中共{county.name}委员会"
            self._above(county.code, name, f"{county.name}委", "county", ROOT, county.code)
            for suffix, title in WORK_COMMITTEES.items():
                self._above(
                    f"{county.code}{suffix}000000",
                    f"中共{county.name}{title}",
                    f"{county.name}{title}",
                    "county",
                    county.code,
                    county.code,
                )

    def _above(self, code: str, name: str, short: str, level: str, parent: str, region: str) -> None:
        kind = "work_committee" if "工作委员会" in name else "committee"
        self.add(
            Unit(code, name, short.replace("工作委员会", "工委"), kind, level, "", parent, "top", region,
                 division=region if len(code) == 6 else "", founded=date(1985, 10, 1))
        )  # fmt: skip

    def _township(self, place: Place) -> None:
        county = self._county_name(place.code)
        self.add(
            Unit(place.code, f"中共{county}{place.name}委员会", f"{place.name}党委", "committee", "township", "village",
                 place.parent, "township", place.parent, division=place.code)
        )  # fmt: skip
        self._branch(f"{county}{place.name}机关", f"{place.name}机关", "township_organ", "organ", place.code, 21)

    def _subdistrict(self, place: Place) -> None:
        county = self._county_name(place.code)
        self.add(
            Unit(place.code, f"中共{county}{place.name}工作委员会", f"{place.name}党工委", "work_committee", "township",
                 "community", place.parent, "subdistrict", place.parent, division=place.code)
        )  # fmt: skip
        self._branch(f"{county}{place.name}机关", f"{place.name}机关", "subdistrict_organ", "organ", place.code, 21)

    def _villages(self) -> None:
        poor = self._poor_villages()
        for group, sector, places in (
            ("village", "village", self.places.villages),
            ("community", "community", self.places.communities),
        ):
            for place in places:
                above = self.by_code[place.parent]
                name = (
                    f"{above.name.removeprefix('中共').removesuffix('工作委员会').removesuffix('委员会')}{place.name}"
                )
                self.add(
                    Unit(place.code, f"中共{name}支部委员会", f"{place.name}党支部", "branch", "grassroots", sector,
                         place.parent, group, above.region, division=place.code,
                         tags=(POOR_VILLAGE,) if place.code in poor else ())
                )  # fmt: skip

    def _poor_villages(self) -> set[str]:
        """Most of them lie in the counties of hills."""
        weights = {"620402": 0.3, "620403": 0.6, "620421": 1.1, "620422": 2.2, "620423": 1.0}
        keys = {p.code: self.rng.random() ** (1 / weights[p.code[:6]]) for p in self.places.villages}
        ordered = sorted(keys, key=lambda code: -keys[code])
        return set(ordered[: self.size.fixed(POOR_VILLAGES)])

    def _county_name(self, code: str) -> str:
        return next(c.name for c in self.places.counties if code.startswith(c.code))

    def _branch(self, name: str, short: str, group: str, sector: str, parent: str, number: int) -> Unit:
        above = self.by_code[parent]
        late = group in {"non_public", "social"}
        joint = late and self.rng.random() < 0.12
        word = "联合支部" if joint else "支部"
        return self.add(
            Unit(self.code(above.region if above.level != "city" else "620400", number), f"中共{name}{word}委员会",
                 f"{short}{'联合' if joint else ''}党支部", "joint_branch" if joint else "branch", "grassroots", sector,
                 parent, group, above.region, founded=self.rng.choice(FOUNDED_LATE if late else FOUNDED))
        )  # fmt: skip

    def _city_units(self) -> None:
        size, city = self.size, "白银市"
        organs = [
            self._branch(f"{city}{name[1:]}", name, "city_organ", "organ", f"{CITY}01000000", 31)
            for name in _names(words.CITY_ORGANS, size.fixed(FIXED_GROUPS["city_organ"]))
        ]
        for unit in organs:
            unit.tags = (CITY_ORGAN,)
        self._split_into_branches(organs, size.free(FREE_GROUPS["city_organ_branch"]), 3)
        for name in _names(words.INSTITUTIONS, size.free(FREE_GROUPS["city_institution"])):
            self._branch(f"{city}{name}", f"市{name}", "city_institution", "institution", f"{CITY}04000000", 32)
        for name in _names(words.SCHOOLS, size.free(FREE_GROUPS["city_school"])):
            self._branch(f"{city}{name}", f"市{name}", "city_school", "school", f"{CITY}02000000", 33)
        self._enterprises("state_enterprise", "state_enterprise", words.STATE_TRADES, f"{CITY}05000000", 0.45)
        self._enterprises("non_public", "non_public", words.PRIVATE_TRADES, f"{CITY}03000000", 0.2)
        self._social(f"{CITY}03000000", 0.3)
        for name in _names(words.PLACES_OF_RETIREMENT, size.free(FREE_GROUPS["retired"] * 0.3)):
            self._branch(f"{city}{name}", f"市{name}", "retired", "institution", f"{CITY}06000000", 38)

    def _split_into_branches(self, organs: list[Unit], count: int, each: int) -> None:
        """Some of the larger organs are committees with branches of their own below them."""
        for unit in organs[: count // each]:
            unit.kind = "committee"
            unit.name = unit.name.replace("支部委员会", "机关委员会" if "机关" not in unit.name else "委员会")
            unit.short = unit.short.replace("党支部", "机关党委" if "机关" not in unit.short else "党委")
            base = unit.name.removeprefix("中共").removesuffix("委员会")
            for number in range(each):
                name = f"{base}第{words.NUMERALS[number]}"
                self._branch(name, f"{unit.short[:-2]}第{words.NUMERALS[number]}", f"{unit.group}_branch", "organ",
                             unit.code, 39)  # fmt: skip

    def _county_units(self) -> None:
        for county, share in self._shares():
            base, name = county.code, county.name
            for title, group, sector, parent, number in (
                ("INSTITUTIONS", "county_institution", "institution", "04", 42),
                ("SCHOOLS", "county_school", "school", "02", 43),
            ):
                for unit in _names(getattr(words, title), self.size.free(FREE_GROUPS[group] * share)):
                    self._branch(f"{name}{unit}", f"{name[:2]}{unit}", group, sector, f"{base}{parent}000000", number)
            for kind, trades, parent, part in (
                ("state_enterprise", words.STATE_TRADES, "05", 0.55),
                ("non_public", words.PRIVATE_TRADES, "03", 0.8),
            ):
                self._enterprises(kind, kind, trades, f"{base}{parent}000000", part * share)
            self._social(f"{base}03000000", 0.7 * share)
            for unit in _names(words.PLACES_OF_RETIREMENT, self.size.free(FREE_GROUPS["retired"] * 0.7 * share)):
                self._branch(f"{name}{unit}", f"{name[:2]}{unit}", "retired", "institution", f"{base}06000000", 48)
        self._central_schools()
        self._county_organs()

    def _shares(self) -> list[tuple[Place, float]]:
        weights = {"620402": 0.21, "620403": 0.15, "620421": 0.25, "620422": 0.26, "620423": 0.13}
        return [(county, weights[county.code]) for county in self.places.counties]

    def _central_schools(self) -> None:
        """One in each town and township."""
        for place in self.places.townships[: self.size.fixed(FIXED_GROUPS["central_school"])]:
            name = self._county_name(place.code) + place.name
            unit = self._branch(f"{name}中心小学", f"{place.name}中心小学", "central_school", "school", place.code, 22)
            unit.tags = (CENTRAL_SCHOOL,)

    def _county_organs(self) -> None:
        """The rest of the grassroots organisations, so that their number is the account's."""
        left = self.size.organisations - sum(unit.grassroots for unit in self.units)
        shares = self._shares()
        counts = largest_remainders([share for _, share in shares], max(left, len(shares)))
        for (county, _), count in zip(shares, counts, strict=True):
            clusters = count // 24
            letter = county.name[-1]
            organs = [
                self._branch(f"{county.name}{'' if not name.startswith('委') else letter}{name}",
                             f"{county.name[:2]}{letter}{name}", "county_organ", "organ", f"{county.code}01000000", 41)
                for name in _names(words.COUNTY_ORGANS, count - clusters * 3)
            ]  # fmt: skip
            self._split_into_branches(organs, clusters * 3, 3)

    def _enterprises(self, group: str, sector: str, trades: tuple[str, ...], parent: str, share: float) -> None:
        """Enterprises; the larger state ones are committees with several branches below them."""
        left = self.size.free(FREE_GROUPS[group] * share)
        above = self.by_code[parent]
        county = "白银" if above.level == "city" else self._county_name(parent)[:2]
        while left > 0:
            name = f"{county}{self.rng.choice(words.BRANDS)}{self.rng.choice(trades)}公司"
            number = 34 if group == "state_enterprise" else 35
            unit = self._branch(name, name, group, sector, parent, number)
            left -= 1
            if group == "state_enterprise" and left >= 7 and self.rng.random() < 0.3:
                each = self.rng.randint(4, 7)
                self._split_enterprise(unit, each)
                left -= each

    def _split_enterprise(self, unit: Unit, each: int) -> None:
        unit.kind = "committee"
        base = unit.name.removeprefix("中共").removesuffix("支部委员会")
        unit.name, unit.short = f"中共{base}委员会", unit.short.replace("党支部", "党委")
        for number in range(each):
            word = words.NUMERALS[number]
            self._branch(f"{base}第{word}车间", f"{unit.short[:-2]}第{word}车间", "state_enterprise",
                         "state_enterprise", unit.code, 39)  # fmt: skip

    def _social(self, parent: str, share: float) -> None:
        above = self.by_code[parent]
        county = "白银市" if above.level == "city" else self._county_name(parent)
        for name in _names(words.SOCIAL, self.size.free(FREE_GROUPS["social"] * share)):
            brand = self.rng.choice(words.BRANDS)
            self._branch(f"{county}{brand}{name}", f"{county[:2]}{brand}{name}", "social", "social", parent, 36)


CITY = "620400"
WORK_COMMITTEES = {
    "01": "直属机关工作委员会",
    "02": "教育工作委员会",
    "03": "非公有制经济组织和社会组织工作委员会",
    "04": "事业单位工作委员会",
    "05": "国有企业工作委员会",
    "06": "离退休干部工作委员会",
}


def _names(stems: tuple[str, ...], count: int) -> Iterator[str]:
    """So many names; past the end of the list they begin again (the founder numbers what repeats)."""
    for index in range(count):
        yield stems[index % len(stems)]


def _numeral(number: int) -> str:
    """A number up to 99 in Chinese; a larger one in digits."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{words.NUMERALS[tens - 1]}十"
    return head + (words.NUMERALS[ones - 1] if ones else "")


def largest_remainders(weights: list[float], total: int) -> list[int]:
    """Whole numbers in proportion to weights that add up to the total."""
    scale = total / sum(weights)
    exact = [weight * scale for weight in weights]
    whole = [int(number) for number in exact]
    order = sorted(range(len(weights)), key=lambda i: (whole[i] - exact[i], i))
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def _share_members(units: list[Unit], size: Size, rng: random.Random) -> None:
    """Give each branch its number of members, so that all of them, less those who leave in 2017, add up."""
    branches = [unit for unit in units if unit.holds_members]
    limits = [MEANS[unit.group] for unit in branches]
    weights = [mean * min(3.2, max(0.35, rng.lognormvariate(-0.12, 0.5))) for mean, _ in limits]
    total = size.members + size.left_in_2017
    scale = total / sum(weights)
    counts = [
        min(LARGEST, max(least, round(weight * scale))) for weight, (_, least) in zip(weights, limits, strict=True)
    ]
    while difference := total - sum(counts):
        step = 1 if difference > 0 else -1
        for index in rng.sample(range(len(branches)), min(abs(difference), len(branches))):
            if limits[index][1] <= counts[index] + step <= LARGEST:
                counts[index] += step
    for unit, count in zip(branches, counts, strict=True):
        unit.members = count


def by_group(units: list[Unit]) -> dict[str, list[Unit]]:
    """Units by the group they belong to."""
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        found[unit.group].append(unit)
    return found
