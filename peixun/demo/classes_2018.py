"""Classes of the year under way: some key classes, and what the account complains of: the same topic twice to the same
people, and two organisers who call the same people in the same days."""

from datetime import date, timedelta

from peixun.demo.city import COUNTY_CODE, City
from peixun.demo.classes import ClassPlan, hold, mondays
from peixun.demo.people import NEVER, Member
from peixun.demo.units import ROOT, Unit
from peixun.demo.words import courses

DUPLICATE_TOPIC = "skill-revival"


class Classes2018:
    """Holds the classes of January to June 2018."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.root = city.by_code[ROOT]
        self.counties = [unit for unit in city.units if unit.level == "county" and len(unit.code) == COUNTY_CODE]

    def hold_all(self) -> None:
        """Every class up to the demo's today."""
        self._key()
        for county in self.counties:
            secretaries = self._village_secretaries(county)
            self._duplicate(county, secretaries)
            self._many_headed(county, secretaries)
            self._committee_members(county)

    def _key(self) -> None:
        """Nine in ten of each audience come; township secretaries all."""
        people = self._audiences()
        for key_set in courses.CLASSES_2018:
            everybody = key_set.key == "township_secretaries"
            coming = [m for m in people[key_set.key] if everybody or self.city.rng.random() < 0.9]
            plan = ClassPlan(
                reference=f"2018-K-{key_set.key[:12]}-1",
                title=key_set.title,
                organiser=self.root,
                tier="city_key",
                first_day=key_set.first_days[0],
                days=key_set.days,
                topics=key_set.topics,
                programme="2018年市级重点培训班",
                programme_kind="key",
                audience=key_set.audience,
                mode="交流讨论",
            )
            hold(self.city, plan, coming)

    def _audiences(self) -> dict[str, list[Member]]:
        groups = {"township": "township_secretaries", "subdistrict": "community_secretaries",
                  "community": "community_secretaries", "city_organ": "city_organ_secretaries"}  # fmt: skip
        found: dict[str, list[Member]] = {key_set.key: [] for key_set in courses.CLASSES_2018}
        for unit, member in self.city.cadre.current.items():
            if unit.group in groups and member.until == NEVER:
                found[groups[unit.group]].append(member)
        found["first_secretaries"] = [m for m in self.city.cadre.first_secretaries if m.until == NEVER]
        return found

    def _village_secretaries(self, county: Unit) -> list[Member]:
        return [
            member
            for unit, member in self.city.cadre.current.items()
            if unit.group == "village" and unit.region == county.code and member.until == NEVER
        ]

    def _duplicate(self, county: Unit, secretaries: list[Member]) -> None:
        """The county and the city each teach the same topic to the same secretaries."""
        coming = [m for m in secretaries if self.city.rng.random() < 0.7]
        for organiser, tier, day, title in (
            (county, "county", date(2018, 3, 12), "乡村振兴战略专题培训班"),
            (self.root, "city_key", date(2018, 4, 9), "村党组织书记乡村振兴专题班"),
        ):
            plan = ClassPlan(
                reference=f"2018-D-{county.code}",
                title=f"{title}（{county.short.removesuffix('委')}）",
                organiser=organiser,
                tier=tier,
                first_day=day,
                days=2,
                topics=(DUPLICATE_TOPIC,),
                programme="2018年乡村振兴专题培训",
                audience="village_secretaries",
                place="县委党校" if organiser is county else "市委党校",
            )
            hold(self.city, plan, coming)

    def _many_headed(self, county: Unit, secretaries: list[Member]) -> None:
        """Two classes overlap; those who were called to both spent the first days here and the last ones there."""
        called = [m for m in secretaries if self.city.rng.random() < 0.3]
        first = date(2018, 5, 14)
        plans = (
            ("脱贫攻坚能力提升班", "扶贫口培训", first, slice(0, 2), ("skill-poverty",)),
            ("基层治理能力培训班", "政法口培训", first + timedelta(days=1), slice(2, 4), ("action-governance",)),
        )
        for number, (title, programme, day, days, topics) in enumerate(plans, start=1):
            plan = ClassPlan(
                reference=f"2018-M-{number}",
                title=title,
                organiser=county,
                tier="county",
                first_day=day,
                days=4,
                topics=topics,
                programme=f"2018年{programme}",
                audience="village_secretaries",
                place="县委党校",
            )
            hold(self.city, plan, called, days=days)

    def _committee_members(self, county: Unit) -> None:
        """The first of this year's classes for committee members."""
        coming = [
            m
            for m in self.city.cadre.committee
            if m.until == NEVER and m.unit.region == county.code and self.city.rng.random() < 0.22 * m.unit.early
        ]
        plan = ClassPlan(
            reference="2018-C-1",
            title=f"{courses.COMMITTEE_TITLE}（第一期）",
            organiser=county,
            tier="county",
            first_day=self.city.rng.choice(mondays(2018, 3, 6)),
            days=3,
            topics=("congress-19", "system-organisation-life"),
            programme="2018年班子成员培训",
            audience="committee_members",
            place="县委党校",
        )
        hold(self.city, plan, coming)
