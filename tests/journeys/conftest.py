"""Every journey starts in a city of its own, in a browser that nobody has used."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from tests import browser as browsing
from tests.browser import City


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder is a journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(autouse=True)
def _quick_passwords() -> None:
    """Journeys sign in with the passwords of the demo, hashed as in production."""


@pytest.fixture(autouse=True)
def _no_static_files() -> None:
    """Journeys ask for static files."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all journeys; each page gets a profile of its own."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, for which Django would take every query for a mistake.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        opened = browsing.launch(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the demo city that journeys copy."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return browsing.demo_city(folder / "journeys")


@pytest.fixture(scope="module")
def town(template, browser, tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[City]:
    """A city for tests that change nothing: one for the whole file."""
    with django_db_blocker.unblock():
        yield from _city(template, tmp_path_factory.mktemp("town") / "city.sqlite3", browser)


@pytest.fixture
def city(template, browser, tmp_path, django_db_setup, django_db_blocker) -> Iterator[City]:
    """A city of one's own; at the end no page may have had troubles."""
    with django_db_blocker.unblock():
        yield from _city(template, tmp_path / "city.sqlite3", browser)


def _city(template: Path, copy: Path, browser: Browser) -> Iterator[City]:
    if connection.vendor != "sqlite":
        pytest.skip("journeys run on SQLite")
    with browsing.own_database(template, copy), browsing.served() as address:
        city = City(address, browser)
        yield city
        city.close()
        assert city.faults == []
