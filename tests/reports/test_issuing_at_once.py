"""Two who issue the same report at the same moment, and somebody who posts meanwhile."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

# What happens at once needs connections and transactions of its own: a process with a database of its own.
ISSUING = """
import json, threading
from datetime import date
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

# The tables as the models have them: running every migration takes longer than the test.
settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
from peixun.coverage.operations import refresh
from peixun.ledger.models import CreditEntry
from peixun.reports.models import IssuedReport
from peixun.reports.operations import IssueRefused, Wanted, issue
from peixun.reports.queries.issued import is_intact
from tests.factories.world import NOW, SYSTEM, build_world, post

world = build_world(3)
post(world, world.persons[0], on=date(2017, 3, 1), hours=4)
refresh()
answers, ROUNDS, AT_ONCE = [], 3, 4

def ask(barrier, day):
    wanted = Wanted(world.root, 2017, day, date(2018, 6, 30))
    barrier.wait()
    try:
        made = issue(wanted, by=SYSTEM, at=NOW)
        answers.append((str(day), made.number, True))
    except IssueRefused as refused:
        answers.append((str(day), 0, "不必出新版" in str(refused) or "另一人" in str(refused)))
    finally:
        connections.close_all()

def give(barrier, number):
    barrier.wait()
    post(world, world.persons[number], on=date(2017, 5, 1), hours=1)
    connections.close_all()

for number in range(ROUNDS):
    barrier = threading.Barrier(AT_ONCE + 1)
    day = date(2017, 12, 29 + number)
    threads = [threading.Thread(target=ask, args=(barrier, day)) for _ in range(AT_ONCE)]
    threads.append(threading.Thread(target=give, args=(barrier, number)))
    for thread in threads: thread.start()
    for thread in threads: thread.join(60)
    refresh()
rows = IssuedReport.objects.order_by("pk")
print(json.dumps({
    "answers": answers,
    "versions": [(str(r.as_of), r.number) for r in rows],
    "intact": all(is_intact(r) for r in rows),
    "entries": CreditEntry.objects.count(),
}))
"""


@pytest.fixture
def own_database(tmp_path, settings):
    """The address of an empty database of the kind that the suite runs on."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{tmp_path / 'own.sqlite3'}"
        return
    there = settings.DATABASES["default"]
    name = f"peixun_issue_{os.getpid()}"
    server = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT'] or 5432}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_of_those_who_issue_at_once_each_version_is_made_once(own_database, tmp_path):
    (tmp_path / "static").mkdir()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "peixun.config.settings",
        "PEIXUN_DATA": str(tmp_path),
        "PEIXUN_DATABASE_URL": own_database,
    }
    done = subprocess.run([sys.executable, "-c", ISSUING], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["answers"]) == 12, done.stderr
    assert all(well for _day, _number, well in told["answers"]), told
    issued = sorted((day, number) for day, number, _well in told["answers"] if number)
    assert issued == sorted(map(tuple, told["versions"]))
    assert len(set(issued)) == len(issued)
    assert {day for day, _number in issued} == {"2017-12-29", "2017-12-30", "2017-12-31"}
    assert (told["intact"], told["entries"]) == (True, 4)
