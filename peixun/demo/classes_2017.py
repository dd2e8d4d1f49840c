"""The account's year of classes: key classes, rotation of all secretaries, the special classes off the city, and what
the counties held for committee members."""

from collections import defaultdict

from peixun.demo.city import City
from peixun.demo.classes import ClassPlan, hold, mondays, split_evenly
from peixun.demo.people import PROBATION_FROM, Member
from peixun.demo.units import ROOT, Unit, by_group, largest_remainders
from peixun.demo.words import courses

SCHOOL_GROUPS = ("central_school", "city_school", "county_school")
IN_CLASS = 100


class Classes2017:
    """Holds the classes of 2017. `groups` is everybody in each key set."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.root = city.by_code[ROOT]
        self.groups = by_group(city.units)
        self.key_people = self._key_people()
        self.trained: set[Member] = set()

    def hold_all(self) -> None:
        """Every class of the year."""
        self._key()
        self._rotation()
        self._special()
        self._committee_members()
        self._probationary()
        self._provincial()

    def _secretaries(self, units: list[Unit]) -> list[Member]:
        return [self.city.cadre.secretaries[unit] for unit in units]

    def _key_people(self) -> dict[str, list[Member]]:
        size, rng, groups = self.city.size, self.city.rng, self.groups
        schools = [unit for name in SCHOOL_GROUPS for unit in groups[name]]
        with_workers = [unit for unit in groups["non_public"] if unit in self.city.cadre.party_workers]
        others = [unit for unit in groups["non_public"] if unit not in self.city.cadre.party_workers]
        enterprises = [*with_workers, *others][: size.fixed(74)]
        return {
            "township_secretaries": self._secretaries(groups["township"]),
            "community_secretaries": self._secretaries([*groups["subdistrict"], *groups["community"]]),
            "city_organ_secretaries": self._secretaries(groups["city_organ"]),
            "school_secretaries": self._secretaries(rng.sample(schools, min(size.fixed(88), len(schools)))),
            "non_public_secretaries": self._secretaries(enterprises),
            "social_secretaries": self._secretaries(
                rng.sample(groups["social"], min(size.fixed(50), len(groups["social"])))
            ),
            "first_secretaries": self.city.cadre.first_secretaries,
            "office_heads": self.city.cadre.office_heads,
        }

    def _key(self) -> None:
        for key_set in courses.KEY_SETS:
            people = self.key_people[key_set.key]
            self.trained.update(people)
            parts = split_evenly(people, len(key_set.first_days))
            for number, (first_day, part) in enumerate(zip(key_set.first_days, parts, strict=False), start=1):
                issue = f"（第{number}期）" if len(parts) > 1 else ""
                plan = ClassPlan(
                    reference=f"2017-K-{key_set.key[:12]}-{number}",
                    title=f"{key_set.title}{issue}",
                    organiser=self.root,
                    tier="city_key",
                    first_day=first_day,
                    days=key_set.days,
                    topics=key_set.topics,
                    programme="2017年市级重点培训班",
                    programme_kind="key",
                    audience=key_set.audience,
                    mode="学院论坛" if number % 2 else "现场模拟",
                )
                hold(self.city, plan, part)

    def _rotation(self) -> None:
        """All other secretaries of grassroots organisations, each county by itself."""
        homes: dict[str, list[Member]] = defaultdict(list)
        for unit, member in self.city.cadre.secretaries.items():
            if unit.grassroots and member not in self.trained:
                homes[self.city.county_of(unit).code].append(member)
        codes = sorted(homes)
        counts = _at_least_one([len(homes[code]) for code in codes], courses.ROTATION_CLASSES)
        days = self.city.rng.sample(mondays(2017, 3, 12), courses.ROTATION_CLASSES)
        number = 0
        for code, count in zip(codes, counts, strict=True):
            self.city.rng.shuffle(homes[code])
            for part in split_evenly(homes[code], count):
                autumn = days[number].month >= 11
                topics = courses.ROTATION_TOPICS[number % len(courses.ROTATION_TOPICS)]
                number += 1
                plan = ClassPlan(
                    reference=f"2017-R-{number:02d}",
                    title=f"{courses.ROTATION_TITLE}（第{number}期）",
                    organiser=self.city.by_code[code],
                    tier="county",
                    first_day=days[number - 1],
                    days=4,
                    topics=courses.AUTUMN_TOPICS if autumn else topics,
                    programme="2017年基层党组织书记轮训",
                    programme_kind="rotation",
                    audience="grassroots_secretaries",
                    place="县委党校" if code != ROOT else "市委党校",
                )
                hold(self.city, plan, part)

    def _special(self) -> None:
        """Secretaries and party workers of city organs, non-public enterprises and central primary schools."""
        cadre, people = self.city.cadre, []
        enterprises = [m.secretary_of for m in self.key_people["non_public_secretaries"]]
        for units in (self.groups["city_organ"], enterprises, self.groups["central_school"]):
            for unit in units:
                if unit is not None:
                    people += [cadre.secretaries[unit], *cadre.party_workers.get(unit, ())]
        for number, part in enumerate(split_evenly(people, len(courses.SPECIAL_FIRST_DAYS)), start=1):
            plan = ClassPlan(
                reference=f"2017-S-{number}",
                title=f"{courses.SPECIAL_TITLE}（第{number}期）",
                organiser=self.root,
                tier="city_key",
                first_day=courses.SPECIAL_FIRST_DAYS[number - 1],
                days=courses.SPECIAL_DAYS,
                topics=courses.SPECIAL_TOPICS,
                programme="2017年第四季度市外专题培训",
                programme_kind="special",
                audience=courses.SPECIAL_AUDIENCE,
                place=courses.SPECIAL_PLACE,
                setting="field",
                strand="theory",
                mode="现场教学",
            )
            hold(self.city, plan, part)

    def _committee_members(self) -> None:
        """What the counties hold for committee members; not everybody comes."""
        rng = self.city.rng
        homes: dict[str, list[Member]] = defaultdict(list)
        for member in self.city.cadre.committee:
            if not member.classes[0] and rng.random() < 0.25 + 0.72 * member.unit.care:
                homes[self.city.county_of(member.unit).code].append(member)
        for code in sorted(homes):
            rng.shuffle(homes[code])
            for number, part in enumerate(split_evenly(homes[code], -(-len(homes[code]) // IN_CLASS)), start=1):
                plan = ClassPlan(
                    reference=f"2017-C-{number:02d}",
                    title=f"{courses.COMMITTEE_TITLE}（第{number}期）",
                    organiser=self.city.by_code[code],
                    tier="county",
                    first_day=rng.choice(mondays(2017, 3, 11)),
                    days=4,
                    topics=courses.COMMITTEE_TOPICS,
                    programme="2017年班子成员培训",
                    audience="committee_members",
                    place="县委党校" if code != ROOT else "市委党校",
                )
                hold(self.city, plan, part)

    def _probationary(self) -> None:
        homes: dict[str, list[Member]] = defaultdict(list)
        for member in self.city.members():
            if PROBATION_FROM <= member.joined < PROBATION_FROM + 60 and self.city.rng.random() < 0.8:
                homes[self.city.county_of(member.unit).code].append(member)
        for code in sorted(homes):
            plan = ClassPlan(
                reference="2017-P-1",
                title=courses.PROBATION_TITLE,
                organiser=self.city.by_code[code],
                tier="county",
                first_day=self.city.rng.choice(mondays(2017, 9, 11)),
                days=3,
                topics=("oath", "party-rules", "party-history"),
                programme="2017年预备党员培训",
                audience="probationary",
                strand="theory",
            )
            hold(self.city, plan, homes[code])

    def _provincial(self) -> None:
        """A demonstration class of the province, held here."""
        people = [m for workers in self.city.cadre.party_workers.values() for m in workers]
        people = self.city.rng.sample(people, min(len(people), self.city.size.fixed(120)))
        plan = ClassPlan(
            reference="2017-V-1",
            title=courses.PROVINCIAL_TITLE,
            organiser=self.root,
            tier="provincial",
            first_day=mondays(2017, 9, 9)[1],
            days=5,
            topics=("system-meetings", "two-studies"),
            programme="承办省级示范培训",
        )
        hold(self.city, plan, people)


def _at_least_one(weights: list[int], total: int) -> list[int]:
    """Shares of a total in proportion to weights, none of them nothing."""
    counts = [max(1, count) for count in largest_remainders([float(w) for w in weights], total)]
    while sum(counts) > total:
        counts[counts.index(max(counts))] -= 1
    return counts
