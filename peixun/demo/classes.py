"""Training classes: one activity a class, one credit of eight hours a person and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from peixun.demo.city import City
from peixun.demo.people import Member
from peixun.demo.units import Unit
from peixun.ledger.operations import NewActivity


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A class to be held: who holds it, for whom, when and about what."""

    reference: str
    title: str
    organiser: Unit
    tier: str
    first_day: date
    days: int
    topics: tuple[str, ...]
    programme: str = ""
    programme_kind: str = "other"
    audience: str = ""
    place: str = "市委党校"
    setting: str = "classroom"
    strand: str = "practice"
    mode: str = "专题讲授"

    @property
    def dates(self) -> list[date]:
        """The days on which it is held."""
        return [self.first_day + timedelta(days=step) for step in range(self.days)]

    def activity(self) -> NewActivity:
        """As the ledger takes it."""
        return NewActivity(
            source_kind="class",
            source=self.organiser.code,
            reference=self.reference,
            kind="class",
            title=self.title,
            organiser_id=self.organiser.id,
            programme=self.programme,
            programme_kind=self.programme_kind,
            audience=self.audience,
            tier=self.tier,
            starts_on=self.first_day,
            ends_on=self.dates[-1],
            place=self.place,
            mode=self.mode,
            topics=self.topics,
            delivery="offline",
            setting=self.setting,
            strand=self.strand,
        )


def hold(city: City, plan: ClassPlan, attendees: Sequence[Member], *, days: slice = slice(None)) -> None:
    """Hold a class: everybody attends its days, or the given ones of them."""
    [held] = city.recorder.open([plan.activity()])
    numbered = list(enumerate(plan.dates, start=1))[days]
    year = plan.first_day.year - 2017
    for member in attendees:
        city.recorder.class_days(held, member, numbered)
        member.earned[year] += 32 * len(numbered)
        member.classes[year] += 1


def split_evenly(people: Sequence[Member], parts: int) -> list[Sequence[Member]]:
    """People in so many groups of nearly the same size; fewer when there are fewer people."""
    parts = min(parts, len(people))
    edges = [len(people) * index // parts for index in range(parts + 1)] if parts else []
    return [people[start:end] for start, end in pairwise(edges)]


def mondays(year: int, first_month: int, last_month: int) -> list[date]:
    """Mondays on which a class may begin."""
    day = date(year, first_month, 1)
    day += timedelta(days=-day.weekday() % 7)
    found = []
    while day.year == year and day.month <= last_month:
        if not (day.month == 10 and day.day < 9) and day.day <= 24:
            found.append(day)
        day += timedelta(days=7)
    return found
