"""When things happen: busy at the year's end and before 1 July, slack at harvest and around the Spring Festival."""

import random
from datetime import date, timedelta
from typing import NamedTuple

MONTHS_2017 = (0.6, 0.4, 1.2, 1.0, 1.0, 1.3, 1.1, 0.7, 0.5, 0.8, 1.8, 0.5)
MONTHS_2018 = (0.7, 0.35, 1.2, 1.1, 1.0, 1.4)
CLOSED = (
    (date(2017, 1, 1), date(2017, 1, 3)),
    (date(2017, 1, 26), date(2017, 2, 4)),
    (date(2017, 10, 1), date(2017, 10, 8)),
    (date(2018, 1, 1), date(2018, 1, 2)),
    (date(2018, 2, 14), date(2018, 2, 24)),
)


class Days(NamedTuple):
    """The days of a year on which something may be held, by month."""

    months: list[list[date]]
    weights: tuple[float, ...]

    def pick(self, rng: random.Random, count: int) -> list[date]:
        """So many days, each in a month of its own while there are months, in order."""
        keys = sorted((rng.random() ** (1 / weight), index) for index, weight in enumerate(self.weights))
        chosen = [index for _, index in keys[-count:]]
        return sorted(self.months[i][int(rng.random() * len(self.months[i]))] for i in chosen)


def days_of(year: int, weights: tuple[float, ...]) -> Days:
    """The open days of a year's first months: no Sundays, no holidays, none in its last days."""
    months: list[list[date]] = [[] for _ in weights]
    day = date(year, 1, 2)
    while day.year == year and day.month <= len(weights):
        closed = any(first <= day < last for first, last in CLOSED)
        if not closed and day.weekday() != 6 and day.day <= 28:
            months[day.month - 1].append(day)
        day += timedelta(days=1)
    return Days(months, weights)
