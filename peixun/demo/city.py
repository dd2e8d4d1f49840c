"""The city in memory while it is made: what every stage reads and adds to."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from peixun.demo.people import Member
from peixun.demo.posts import Cadre
from peixun.demo.record import Recorder
from peixun.demo.size import Size
from peixun.demo.units import Unit
from peixun.people.queries.scope import Actor

COUNTY_CODE = 6
"""County committees bear the code of their county; work committees below them a longer one."""


@dataclass
class City:
    """Units, people and posts by the generator's own words, with the recorder that posts what they do."""

    size: Size
    rng: random.Random
    by: Actor
    at: datetime
    units: list[Unit] = field(default_factory=list)
    by_code: dict[str, Unit] = field(default_factory=dict)
    rosters: dict[Unit, list[Member]] = field(default_factory=dict)
    cadre: Cadre = field(default_factory=Cadre)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.by, self.at)

    def members(self) -> list[Member]:
        """Everybody, by branch."""
        return [member for roster in self.rosters.values() for member in roster]

    def county_of(self, unit: Unit) -> Unit:
        """The county committee above a unit; the city's own for what belongs to the city directly."""
        current = unit
        while current.parent and not (current.level == "county" and len(current.code) == COUNTY_CODE):
            current = self.by_code[current.parent]
        return current
