"""A real browser on a real server, over a city that each test may change.

The ledger's guards refuse the flush with which transactional tests clean up, and that is as it should be. So journeys
don't use the database of the other tests: `peixun demo` makes a small city once a session in a SQLite file, each test
gets a copy of that file and drops it afterwards. The server runs in threads of this process, with the product's own
middleware in front of static files too, so that what is compressed in production is compressed here.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from django_tasks_db.management.commands.db_worker import Worker
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Response

from peixun.coverage.models import StructureStamp
from peixun.home.sessions import BEGAN
from peixun.people.models import Account

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCALE = "0.02"
BACKEND = "django.contrib.auth.backends.ModelBackend"
PHONE, TABLET, DESK = 320, 768, 1440
LANGUAGES = {"zh": "zh-hans", "en": "en"}
NO_COOKIES: Mapping[str, str] = {}
PATIENCE = 20_000
"""Milliseconds that a page may take on a machine where much else runs."""


def demo_city(folder: Path) -> Path:
    """The file of a small demo city, made by the first process that asks and shared by the others."""
    folder.mkdir(parents=True, exist_ok=True)
    finished = folder / "city.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            environment = {k: v for k, v in os.environ.items() if k != "PEIXUN_DATABASE_URL"}
            environment |= {"PEIXUN_DATA": str(folder), "PEIXUN_DEMO": "1", "PEIXUN_TODAY": settings.TODAY}
            command = [sys.executable, "-m", "peixun", "demo", "--scale", SCALE, "--no-serve"]
            subprocess.run(command, env=environment, check=True, capture_output=True)
            made = folder / "peixun.sqlite3"
            connection = sqlite3.connect(made)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            made.rename(finished)
    return finished


@contextmanager
def own_database(template: Path, copy: Path) -> Iterator[None]:
    """Within this context every thread works on a copy of the template."""
    shutil.copyfile(template, copy)
    before, kept = connections.settings["default"], connections["default"]
    connections.settings["default"] = {**before, "NAME": str(copy), "CONN_MAX_AGE": 0}
    connections["default"] = connections.create_connection("default")
    try:
        # What is remembered of one copy between requests must not be taken for what another one holds.
        StructureStamp.objects.update(token=uuid4())
        cache.clear()
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = kept


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that runs within this context."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, allow_reuse_address=False)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def work_off_tasks() -> None:
    """Do everything that waits for the background process, here and now."""
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=uuid4().hex,
        excluded_queue_names=[],
    ).run()


def launch(playwright: Playwright) -> Browser:
    """A browser with an empty profile."""
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(FLAGS))


@dataclass
class City:
    """A served city and the browser before it. Pages are opened as one of the demo's accounts."""

    address: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def page(
        self,
        login: str = "",
        *,
        width: int = DESK,
        language: str = "zh",
        script: bool = True,
        height: int = 900,
        cookies: Mapping[str, str] = NO_COOKIES,
    ) -> Page:
        """A page in a browser of its own, signed in if a login is given. Its troubles are noted in `faults`."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            has_touch=width < TABLET,
            reduced_motion="reduce",
            locale="zh-CN" if language == "zh" else "en-GB",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        kept = {**cookies, settings.LANGUAGE_COOKIE_NAME: LANGUAGES[language]}
        if login:
            kept[settings.SESSION_COOKIE_NAME] = self.session(login)
        context.add_cookies([{"name": k, "value": v, "url": self.address} for k, v in kept.items()])
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._response)
        return page

    def session(self, login: str) -> str:
        """The key of a new session of an account, which has just given its password."""
        client = Client()
        client.force_login(Account.objects.get(login=login), backend=BACKEND)
        kept = client.session
        kept[BEGAN] = time.time()
        kept.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def close(self) -> None:
        """Shut every page."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.url.startswith(self.address):
            self.faults.append(f"{response.status}: {response.url}")


def sign_in(page: Page, login: str) -> None:
    """Sign in as a person does, from the sign-in page."""
    page.goto("/")
    page.locator("#id_username").fill(login)
    page.locator("#id_password").fill(settings.DEMO_PASSWORD)
    page.locator("form:has(#id_password) button[type=submit], form:has(#id_password) button:not([type])").first.click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
