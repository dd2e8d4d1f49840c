"""Installations that are killed, each on a database of its own."""

import contextlib
import os
import random

import psycopg
import pytest

from tests.kills.product import Product

SERVER = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
PREFIX = "peixun_kills_"


@pytest.fixture
def seed():
    """Printed, so that a run that failed can be had again: PEIXUN_SEED=…"""
    chosen = int(os.environ.get("PEIXUN_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"\nPEIXUN_SEED={chosen}")  # noqa: T201 - what it is for
    return chosen


@pytest.fixture
def server():
    """A connection to PostgreSQL's own database."""
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers")
    with connection:
        yield connection


@pytest.fixture
def on_postgresql(server, tmp_path):
    """An installation on PostgreSQL."""
    _sweep(server)
    name = f"{PREFIX}{os.getpid()}"
    server.execute(f'CREATE DATABASE "{name}"')
    made = Product(_folder(tmp_path), f"{SERVER.rpartition('/')[0]}/{name}")
    try:
        yield made
    finally:
        made.close()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def on_sqlite(tmp_path):
    """An installation on SQLite."""
    made = Product(_folder(tmp_path), f"sqlite:///{tmp_path / 'peixun.sqlite3'}")
    try:
        yield made
    finally:
        made.close()


def _folder(folder):
    (folder / "static").mkdir()
    return folder


def _sweep(server):
    """Drop databases of tests that were ended themselves; one that somebody uses stays."""
    for (name,) in server.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{PREFIX}[0-9]+$"]):
        try:
            os.kill(int(name.removeprefix(PREFIX)), 0)
        except ProcessLookupError:
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                server.execute(f'DROP DATABASE "{name}"')
