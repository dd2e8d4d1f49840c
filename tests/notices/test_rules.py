"""Quiet hours over midnight, waits after failures, names of weeks."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.clock import ZONE
from peixun.notices.rules import LONGEST_WAIT, TRIES, after_quiet, is_quiet, wait_after, week_of

MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda n: datetime(2018, 1, 1, tzinfo=ZONE) + timedelta(minutes=n))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


def at(hour, minute=0, day=30):
    return datetime(2018, 6, day, hour, minute, tzinfo=ZONE)


def test_quiet_hours_run_over_midnight():
    night = (time(21), time(8))
    assert after_quiet(at(22), *night) == at(8) + timedelta(days=1)
    assert after_quiet(at(3), *night) == at(8)
    assert after_quiet(at(21), *night) == at(8) + timedelta(days=1)
    assert after_quiet(at(20, 59), *night) == at(20, 59)
    assert after_quiet(at(8), *night) == at(8)


def test_quiet_hours_at_noon_and_none_at_all():
    assert after_quiet(at(13), time(12), time(14)) == at(14)
    assert after_quiet(at(14), time(12), time(14)) == at(14)
    assert after_quiet(at(13), time(13), time(13)) == at(13)


@given(MOMENTS, TIMES, TIMES)
def test_what_waits_goes_out_within_a_day_and_never_in_quiet_hours(moment, since, until):
    found = after_quiet(moment, since, until)
    assert moment <= found <= moment + timedelta(days=1)
    assert not is_quiet(found.time(), since, until)


def test_waits_grow_and_end():
    waits = [wait_after(n) for n in range(1, TRIES + 5)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_a_week_belongs_to_the_year_of_its_thursday():
    assert week_of(date(2018, 12, 31)) == "2019-W01"
    assert week_of(date(2018, 6, 30)) == "2018-W26"
