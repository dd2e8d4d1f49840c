"""All is killed at random moments while people write: nothing acknowledged is lost, nothing doubled or half there."""

import os
import random
import time
from dataclasses import asdict

import psycopg
import pytest

from tests.kills.product import FOUND, LOOK, Product
from tests.kills.writers import Writers

pytestmark = pytest.mark.long
KILLS = int(os.environ.get("PEIXUN_KILLS", "25"))
LOOKS = 5
"""After every so many kills the database is looked at while nothing runs."""
REST_SECONDS = 150
SERVER = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture
def seed():
    """Printed, so that a run that failed can be had again: PEIXUN_SEED=…"""
    chosen = int(os.environ.get("PEIXUN_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"\nPEIXUN_SEED={chosen}")  # noqa: T201 - what it is for
    return chosen


@pytest.fixture(params=["sqlite", "postgresql"])
def product(request, tmp_path):
    """An installation on a database of its own."""
    (tmp_path / "static").mkdir()
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'peixun.sqlite3'}"
        made = Product(tmp_path, address)
        yield made
        made.kill()
        return
    name = f"peixun_kills_{os.getpid()}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers")
    with server:
        server.execute(f'CREATE DATABASE "{name}"')
        made = Product(tmp_path, f"{SERVER.rpartition('/')[0]}/{name}")
        try:
            yield made
        finally:
            made.kill()
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def look(product, told, *, quiet=False):
    """What is there now; fails with every fault."""
    found = product.script(LOOK, {**asdict(told), "quiet": quiet})
    faults = found["faults"] + told.strange
    assert not faults, "\n".join(faults[:20])
    return found


def at_rest(product, writers):
    """Wait until the background has worked everything off, then stop it."""
    until = time.monotonic() + REST_SECONDS
    while time.monotonic() < until:
        found = product.script(LOOK, asdict(writers.told))
        if not {"queued", "planning", "confirmed", "applying"} & found["jobs"].keys():
            break
        time.sleep(1)
    product.kill()


def test_nothing_is_lost_and_nothing_invented(product, seed):
    chance = random.Random(seed)
    city = product.script(FOUND)
    writers = Writers(product, city, seed)
    product.start()
    writers.start()
    try:
        for number in range(1, KILLS + 1):
            time.sleep(chance.uniform(0.2, 4.0))
            product.kill()
            if number % LOOKS == 0:
                look(product, writers.told)
            product.start()
        time.sleep(3)
    finally:
        writers.stopping.set()
    writers.stop()
    at_rest(product, writers)
    found = look(product, writers.told, quiet=True)
    print({**found, "told": {k: len(v) for k, v in asdict(writers.told).items()}})  # noqa: T201
    for kind in ("posted", "moved", "confirmed", "merged", "separated"):
        assert getattr(writers.told, kind), f"nothing was {kind}: the kills came too soon to say anything"
