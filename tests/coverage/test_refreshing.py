"""The background process asks every two seconds: a refresh says whether there was anything to do."""

from datetime import date

from peixun.coverage.operations import refresh
from tests.factories.world import post


def test_a_refresh_says_whether_there_was_anything_to_do(world):
    refresh()
    assert not refresh()
    post(world, world.persons[0], on=date(2018, 3, 1), hours=2)
    done = refresh()
    assert done
    assert done.rebuilt_years == (2018,)  # nothing was kept of it yet
    assert not refresh()
