"""A branch's year: its sessions, the lectures of its area, lessons online, and who came. By far most of the credits."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from peixun.demo.calendar import MONTHS_2017, MONTHS_2018, Days, days_of
from peixun.demo.city import City
from peixun.demo.people import YEAR_END, Member
from peixun.demo.record import Held
from peixun.demo.units import Unit
from peixun.demo.words import lessons
from peixun.ledger.operations import NewActivity

Roster = list[tuple[Member, int, int]]
Session = tuple[Held, int, int]
MEMBER_QUARTERS, COMMITTEE_QUARTERS = 32 * 4, 56 * 4


@dataclass
class YearPlan:
    """What is common to the branches of a year."""

    year: int
    days: Days
    sessions: int
    last: int
    lectures: dict[Unit, list[Session]] = field(default_factory=lambda: defaultdict(list))
    online: list[Session] = field(default_factory=list)

    @property
    def index(self) -> int:
        """0 for 2017, 1 for 2018."""
        return self.year - 2017


def plans() -> tuple[YearPlan, YearPlan]:
    """The plans of the account's year and of the year under way."""
    return (
        YearPlan(2017, days_of(2017, MONTHS_2017), 6, date(2017, 12, 31).toordinal()),
        YearPlan(2018, days_of(2018, MONTHS_2018), 5, date(2018, 6, 30).toordinal()),
    )


class Studies:
    """Holds the sessions of one year and records who came."""

    def __init__(self, city: City, plan: YearPlan) -> None:
        self.city = city
        self.rng: random.Random = city.rng
        self.plan = plan
        pools = {name: _pool(mix) for name, mix in lessons.MIXES.items()}
        if plan.year == 2018:
            pools = {name: [*pool, *lessons.NEW_IN_2018 * 4] for name, pool in pools.items()}
        self.pools = pools
        self.taken: set[tuple[int, int]] = set()
        self._open_lectures()
        self._open_online()

    def rosters(self) -> dict[Unit, Roster]:
        """Who belonged to each branch within the year, from and until which day."""
        first, last = date(self.plan.year, 1, 1).toordinal(), self.plan.last
        found: dict[Unit, Roster] = defaultdict(list)
        for member in self.city.members():
            for unit, since, until in member.spells():
                if since <= last and until > first:
                    found[unit].append((member, since, until))
        return found

    def hold(self, some: list[tuple[Unit, Roster]]) -> None:
        """Hold the year's sessions of some branches."""
        planned = [self._sessions(unit) for unit, _ in some]
        held = iter(self.city.recorder.open([activity for activities, _ in planned for activity in activities]))
        attend = self._attend_2017 if self.plan.year == 2017 else self._attend_2018
        for (unit, roster), (activities, quarters) in zip(some, planned, strict=True):
            sessions = [
                (h, h.day.toordinal(), q) for h, q in zip([next(held) for _ in activities], quarters, strict=True)
            ]
            attend(unit, roster, sessions)
            self.city.recorder.flush_if_full()

    def _sessions(self, unit: Unit) -> tuple[list[NewActivity], list[int]]:
        rng = self.rng
        mix = unit.group if unit.group in lessons.MIXES else "unit"
        chosen = rng.sample(self.pools[mix], self.plan.sessions)
        days = self.plan.days.pick(rng, self.plan.sessions)
        if self.plan.year == 2017:
            chosen.append(rng.choice(lessons.CONGRESS))
            days.append(rng.choice(self.plan.days.months[11]))
        if rng.random() < 0.03:
            days[1] = days[0]  # a day of study with films in the evening: more than the day's cap
        activities, quarters = [], []
        for number, (lesson, day) in enumerate(zip(chosen, days, strict=True), start=1):
            activities.append(self._activity(unit, lesson, day, number))
            quarters.append(4 * rng.choice(lesson.hours))
        return activities, quarters

    def _activity(self, unit: Unit, lesson: lessons.Lesson, day: date, number: int) -> NewActivity:
        return NewActivity(
            source_kind="station" if lesson.kind == "group_viewing" else "branch",
            source=unit.code,
            reference=f"{self.plan.year}-{number:02d}",
            kind=lesson.kind,
            title=lesson.title,
            organiser_id=unit.id,
            tier="grassroots",
            starts_on=day,
            ends_on=day,
            place=lesson.place or ("远程教育站点" if lesson.kind == "group_viewing" else "党员活动室"),
            mode=lesson.mode,
            topics=(lesson.topic,),
            delivery=lesson.delivery,
            setting=lesson.setting,
            strand=lesson.strand,
            example=lesson.example,
        )

    def _attend_2017(self, unit: Unit, roster: Roster, sessions: list[Session]) -> None:
        chance, credit, lectures = self.rng.random, self.city.recorder.credit, self._lectures_of(unit)
        for member, since, until in roster:
            likely = unit.zeal * member.zeal * (1.12 if member.posts else 1.0)
            got = 0
            for held, day, quarters in sessions:
                if chance() < likely and since <= day < until:
                    credit(held, member, quarters)
                    got += quarters
            member.earned[0] += got + self._online(member, since, until)
            if until > YEAR_END:
                if not member.earned[0]:
                    self._visit(member, since, sessions)
                self._catch_up(member, unit, since, lectures)

    def _visit(self, member: Member, since: int, sessions: list[Session]) -> None:
        """Whoever came to nothing was taught at home at the year's end: nobody is left out in 2017."""
        held, day, quarters = sessions[-1]
        if since > day:
            raise ValueError("a branch's last session of 2017 lies before somebody joined it")
        self.city.recorder.credit(held, member, quarters)
        member.earned[0] += quarters

    def _catch_up(self, member: Member, unit: Unit, since: int, lectures: list[Session]) -> None:
        """Careful organisations see to it that those who lag attend the area's lectures."""
        asked = COMMITTEE_QUARTERS if member.committee or member.secretary_of else MEMBER_QUARTERS
        need = asked - member.earned[0]
        if need <= 0 or self.rng.random() > unit.care:
            return
        for held, day, quarters in lectures:
            if need <= 0:
                return
            if since <= day:
                self.city.recorder.credit(held, member, quarters)
                member.earned[0] += quarters
                need -= quarters

    def _attend_2018(self, unit: Unit, roster: Roster, sessions: list[Session]) -> None:
        chance, credit, lectures = self.rng.random, self.city.recorder.credit, self._lectures_of(unit)
        for member, since, until in roster:
            if member.lost or chance() > unit.early:
                continue
            likely = 0.3 + 0.55 * unit.zeal * member.zeal
            attended = [s for s in sessions if chance() < likely and since <= s[1] < until]
            if chance() < 0.24 * unit.care:
                attended += [s for s in lectures[:1] if since <= s[1] < until]
            attended = attended or [s for s in sessions[-1:] if since <= s[1] < until]
            for held, _, quarters in attended:
                credit(held, member, quarters)
                member.earned[1] += quarters
            member.earned[1] += self._online(member, since, until)

    def _online(self, member: Member, since: int, until: int) -> int:
        """Lessons online: the younger, the more."""
        rng = self.rng
        got = 0
        if rng.random() < (0.3 if member.born > _YOUNG else 0.06):
            for held, first, quarters in rng.sample(self.plan.online, rng.randint(1, 3)):
                day = first + int(rng.random() * (self.plan.last - first))
                # Whoever moved within the year studies in two branches, but takes a lesson once.
                if since <= day < until and (held.id, member.id) not in self.taken:
                    self.taken.add((held.id, member.id))
                    self.city.recorder.credit(held._replace(day=date.fromordinal(day)), member, quarters)
                    got += quarters
        return got

    def _lectures_of(self, unit: Unit) -> list[Session]:
        """The lectures of the organisation above a branch, in an order of its own."""
        above = self.city.by_code[unit.parent]
        lectures = list(self.plan.lectures[above])
        self.rng.shuffle(lectures)
        return lectures

    def _open_lectures(self) -> None:
        """Full days of lectures that whoever stands above branches holds for their members."""
        activities, homes = [], []
        count = 6 if self.plan.year == 2017 else 3
        for unit in self.city.units:
            if not any(branch.holds_members for branch in unit.branches):
                continue
            days = self.plan.days.pick(self.rng, count)
            for number, (day, lesson) in enumerate(zip(days, self.rng.sample(lessons.LECTURES, count), strict=True), 1):
                activities.append(self._lecture(unit, lesson, day, number))
                homes.append(unit)
        for unit, held in zip(homes, self.city.recorder.open(activities), strict=True):
            self.plan.lectures[unit].append((held, held.day.toordinal(), 32))

    def _lecture(self, unit: Unit, lesson: tuple[str, str, str], day: date, number: int) -> NewActivity:
        title, topic, strand = lesson
        return NewActivity(
            source_kind="lecture",
            source=unit.code,
            reference=f"{self.plan.year}-L{number}",
            kind="lecture",
            title=title,
            organiser_id=unit.id,
            tier="grassroots" if unit.grassroots else "county",
            starts_on=day,
            ends_on=day,
            place="会议室",
            mode="专题讲授",
            topics=(topic,),
            delivery="offline",
            setting="classroom",
            strand=strand,
        )

    def _open_online(self) -> None:
        root = self.city.units[0]
        first = date(self.plan.year, 1, 8)
        activities = [
            NewActivity(
                source_kind="lesson",
                source=root.code,
                reference=f"{self.plan.year}-N{number:02d}",
                kind="online_lesson",
                title=title,
                organiser_id=root.id,
                tier="county",
                starts_on=first,
                ends_on=date.fromordinal(self.plan.last),
                mode="网络自学",
                topics=(topic,),
                delivery="online",
                setting="classroom",
                strand=strand,
            )
            for number, (title, topic, strand, _) in enumerate(lessons.ONLINE, start=1)
        ]
        for held, lesson in zip(self.city.recorder.open(activities), lessons.ONLINE, strict=True):
            self.plan.online.append((held, first.toordinal(), lesson[3]))


_YOUNG = date(1975, 1, 1).toordinal()


def _pool(mix: tuple[tuple[tuple[lessons.Lesson, ...], int], ...]) -> list[lessons.Lesson]:
    """Lessons as often as the mix says: a flat list to draw from."""
    pool: list[lessons.Lesson] = []
    for group, weight in mix:
        pool.extend(lesson for lesson in group for _ in range(max(1, round(weight * 2 / len(group)))))
    return pool
