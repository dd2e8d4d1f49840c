"""How large the city is: the account's fixed sets, and what grows with the scale."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

TODAY = date(2018, 6, 30)
"""The demo's business date: everything that it records happened on or before it."""
SEED = 6204
LEAST_SCALE, MOST_SCALE = 0.01, 10.0

# Grassroots organisations besides the places: how many of each group at scale 1.0.
FIXED_GROUPS = {"city_organ": 95, "central_school": 69}
FREE_GROUPS = {
    "city_organ_branch": 75,
    "city_institution": 130,
    "county_institution": 450,
    "city_school": 40,
    "county_school": 511,
    "state_enterprise": 560,
    "non_public": 420,
    "social": 180,
    "retired": 110,
}


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of a city at some scale. Sets never exceed the account's; free groups, people and credits do."""

    scale: float

    def fixed(self, number: int, *, least: int = 1) -> int:
        """A set of the account: in proportion below scale 1.0, itself above."""
        return max(least, round(number * min(1.0, self.scale)))

    def free(self, number: float, *, least: int = 1) -> int:
        """What grows without limit."""
        return max(least, round(number * self.scale))

    @property
    def members(self) -> int:
        """Members due on 31 December 2017."""
        return self.free(98012)

    @property
    def left_in_2017(self) -> int:
        """Members who died or left within 2017."""
        return self.free(760)

    @property
    def organisations(self) -> int:
        """Grassroots organisations, each with one secretary through 2017."""
        return self.free(4256)

    @property
    def party_workers(self) -> int:
        """Party workers in the special classes."""
        return self.fixed(454)


def check_scale(scale: float) -> None:
    """Raise ValueError for a scale that no city can be made at."""
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        limits = {"least": LEAST_SCALE, "most": MOST_SCALE}
        raise ValueError(_("--scale 应在 %(least)s 到 %(most)s 之间") % limits)
