"""All is killed at random moments while people write: nothing acknowledged is lost, nothing doubled or half there."""

import os
import random
import time
from dataclasses import asdict

import pytest

from tests.kills.writers import Writers

pytestmark = pytest.mark.long
KILLS = int(os.environ.get("PEIXUN_KILLS", "25"))
OUTAGES = 6
REST_SECONDS = 150


@pytest.fixture(params=["sqlite", "postgresql"])
def product(request):
    """An installation on either database."""
    return request.getfixturevalue(f"on_{request.param}")


def look(product, told, *, quiet=False):
    """What is there now; fails with every fault."""
    found = product.beside("look", {**asdict(told), "quiet": quiet})
    faults = found["faults"] + told.strange
    assert not faults, "\n".join(faults[:20])
    return found


def at_rest(product, writers):
    """Let clients and the background work everything off, stop it, and look at all of it."""
    writers.stop()
    until = time.monotonic() + REST_SECONDS
    while time.monotonic() < until:
        found = product.beside("look", asdict(writers.told))  # of no weight yet: the background still writes
        if not {"queued", "planning", "confirmed", "applying"} & found["jobs"].keys():
            break
        time.sleep(1)
    product.kill()
    found = look(product, writers.told, quiet=True)
    print({**found, "told": {k: v if k == "away" else len(v) for k, v in asdict(writers.told).items()}})  # noqa: T201
    for kind in ("posted", "moved", "confirmed", "merged", "separated"):
        assert getattr(writers.told, kind), f"nothing was {kind}: it was all too quick to say anything"


def wait_for_a_moment(number, writers, chance):
    """Soon after the start, or every third time just when a roster is about to be written."""
    if number % 3 == 0:
        writers.writing.clear()
        writers.writing.wait(12)
        time.sleep(chance.uniform(0, 1.5))
    else:
        time.sleep(chance.uniform(0.1, 2.5))


def test_nothing_is_lost_and_nothing_invented(product, seed):
    chance = random.Random(seed)
    writers = Writers(product, product.beside("found"), seed)
    begun = time.monotonic()
    product.start()
    print(f"started in {time.monotonic() - begun:.1f} s")  # noqa: T201
    with writers:
        for number in range(1, KILLS + 1):
            wait_for_a_moment(number, writers, chance)
            product.kill()
            # Else it is the product itself that finds the database as it was left.
            if chance.random() < 0.5:
                look(product, writers.told)
            product.start()
        at_rest(product, writers)


def test_a_database_that_goes_away_is_said_so_and_nothing_is_lost(on_postgresql, server, seed):
    product, chance = on_postgresql, random.Random(seed)
    name = product.database.rpartition("/")[2]
    writers = Writers(product, product.beside("found"), seed)
    product.start()
    slowest = 0.0
    with writers:
        for number in range(1, OUTAGES + 1):
            wait_for_a_moment(number, writers, chance)
            # Every second time all sessions end; else nobody gets in for a while either, as when PostgreSQL restarts.
            closed = number % 2 == 0
            if closed:
                server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            if closed:
                time.sleep(chance.uniform(0.5, 2))
                server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            begun = time.monotonic()
            writers.session()
            slowest = max(slowest, time.monotonic() - begun)
            assert product.process.poll() is None, "the product ended with its database"
        at_rest(product, writers)
    print(f"signed in again after {slowest:.1f} s at most")  # noqa: T201
    assert writers.told.away, "nobody ever noticed that the database was away"
    assert slowest < 20
