"""Quiet hours, how long to wait after a failure, and the names of weeks: plain functions without a clock."""

from datetime import date, datetime, time, timedelta

TRIES = 10
"""After so many failures a delivery is given up; the message itself stays in the list."""
LEASE = timedelta(minutes=10)
"""How long whoever works on a delivery has it to themselves."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=12)


def is_quiet(moment: time, since: time, until: time) -> bool:
    """Whether a time of the day lies in [since, until), which may run over midnight; equal ends mean never."""
    if since <= until:
        return since <= moment < until
    return moment >= since or moment < until


def after_quiet(moment: datetime, since: time, until: time) -> datetime:
    """The first instant from `moment` on that isn't quiet; `moment` is aware and in the zone of the quiet hours."""
    if not is_quiet(moment.time(), since, until):
        return moment
    end = moment.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return end if end > moment else end + timedelta(days=1)


def wait_after(tries: int) -> timedelta:
    """How long to wait after the n-th failure: one minute, doubled each time, at most twelve hours."""
    doubled: int = 2 ** (tries - 1)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def week_of(day: date) -> str:
    """The ISO week of a day: "2018-W26"."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"
