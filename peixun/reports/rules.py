"""When a scheduled export is due: days only, no clock."""

from datetime import date, timedelta

WEEKLY, MONTHLY = "weekly", "monthly"
LAST_WEEKDAY, LAST_DAY = 7, 31


def next_after(rhythm: str, day: int, after: date) -> date:
    """The first day after a date on which something of this rhythm is due.

    `day` is an ISO weekday for `weekly`, a day of the month for `monthly`; a month that is too short has its last day.
    """
    if rhythm == WEEKLY:
        return after + timedelta(days=(day - after.isoweekday() - 1) % 7 + 1)
    this_month = _within(after.year, after.month, day)
    if this_month > after:
        return this_month
    return _within(after.year + after.month // 12, after.month % 12 + 1, day)


def last_month_end(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def _within(year: int, month: int, day: int) -> date:
    last = last_month_end(date(year + month // 12, month % 12 + 1, 1)).day
    return date(year, month, min(day, last))
