"""What every test stands on: a business date, keys of its own, a database of its own."""

import os
import tempfile

os.environ.setdefault("PEIXUN_DATA", tempfile.mkdtemp(prefix="peixun-test-"))
os.environ["PEIXUN_TODAY"] = "2018-06-30"
os.environ["PEIXUN_DEMO"] = "1"

import pytest
from django.conf import settings as django_settings

from tests.factories.world import World, build_world


def pytest_report_header() -> str:
    """Say which database the suite runs on."""
    return f"database: {django_settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Hashing is slow on purpose; tests that sign in need not wait for it. Settings load before this file does."""
    settings.TODAY = os.environ["PEIXUN_TODAY"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db) -> World:
    """A small city."""
    return build_world()
