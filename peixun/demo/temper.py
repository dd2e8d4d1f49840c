"""How willing and how careful each organisation is: uneven by county, township and sector, so that gaps show."""

from peixun.demo.city import City
from peixun.demo.units import Unit

COUNTIES = {"620402": 0.06, "620403": -0.03, "620421": 0.0, "620422": -0.05, "620423": 0.03}
SECTORS = {
    "organ": 0.07,
    "institution": 0.02,
    "school": 0.05,
    "state_enterprise": 0.0,
    "non_public": -0.28,
    "social": -0.24,
    "village": -0.02,
    "community": 0.0,
}
LATE = {"non_public": -0.14, "social": -0.12, "organ": 0.03, "school": 0.02}


def set_temper(city: City) -> None:
    """Give every branch its zeal, its care and its share of early comers in 2018."""
    rng = city.rng
    places: dict[Unit, tuple[float, float]] = {}
    for unit in city.units:
        if unit.level in {"township", "county", "city"}:
            steps = (rng.random(), rng.random())
            low, early = (-0.24, 0.60) if unit.level == "township" else (-0.06, 0.82)
            places[unit] = (low + steps[0] * (0.10 - low), early + steps[1] * (0.985 - early))
    for unit in city.units:
        if unit.holds_members:
            _one(city, unit, places)


def _one(city: City, unit: Unit, places: dict[Unit, tuple[float, float]]) -> None:
    rng = city.rng
    above = city.by_code[unit.parent]
    while above not in places:
        above = city.by_code[above.parent]
    local, early = places[above]
    care = 0.84 + COUNTIES.get(unit.region, 0.0) + SECTORS[unit.sector] + local + rng.uniform(-0.08, 0.08)
    unit.care = min(0.985, max(0.12, care))
    unit.zeal = min(0.95, max(0.35, 0.5 + 0.34 * care + rng.uniform(-0.06, 0.06)))
    unit.early = min(0.995, max(0.3, early + LATE.get(unit.sector, 0.0) + rng.uniform(-0.05, 0.05)))
