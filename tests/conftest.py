"""What every test stands on; `environment.py` sets the settings before Django reads them."""

import os
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings

from tests.factories.world import World, build_world


def pytest_configure() -> None:
    """Pages are asked for without collected static files; their folder must be there all the same."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def pytest_report_header() -> str:
    """Say which database the suite runs on."""
    return f"database: {django_settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing is slow on purpose; tests that sign in need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_static_files(settings):
    """Each new test client would list every static file anew; only journeys, in a real browser, ask for them."""
    settings.WHITENOISE_USE_FINDERS = False


@pytest.fixture
def world(db) -> World:
    """A small city."""
    return build_world()


@pytest.fixture
def own_database(tmp_path, settings):
    """The address of an empty database of the kind that the suite runs on."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{tmp_path / 'own.sqlite3'}"
        return
    there = settings.DATABASES["default"]
    name = f"peixun_own_{os.getpid()}"
    server = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
