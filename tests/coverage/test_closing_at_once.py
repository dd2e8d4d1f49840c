"""Two who close the same year at the same instant, and posts that come while it is closed."""

import json
import os
import subprocess
import sys

# Simultaneous transactions need connections of their own: a process with a database of its own.
CLOSING = """
import json, threading
from datetime import date
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from peixun.coverage.operations import rebuild
from peixun.coverage.operations.closing import close_year
from peixun.ledger.models import CreditEntry, LateEntry, YearClosing
from peixun.ledger.operations import ClosingRefused, YearClosed, post, reopen_year, verify
from peixun.people.models import AuditEntry
from tests.factories.world import SYSTEM, activity, build_world, credit

# The tables as the models have them: running every migration takes longer than the test.
settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
world = build_world(members=3)
DAY, TODAY, ROUNDS = date(2017, 5, 4), date(2018, 1, 20), 4
rebuild(2017)
lectures = [activity(world, on=DAY) for _ in range(ROUNDS)]
told = []

def at_once(*acts):
    barrier, answers = threading.Barrier(len(acts)), []
    def run(act):
        barrier.wait()
        try:
            answers.append(act())
        except (ClosingRefused, YearClosed) as refused:
            answers.append(type(refused).__name__)
        finally:
            connections.close_all()
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return answers

def close():
    return f"closed {close_year(world.root, 2017, by=SYSTEM, at=timezone.now(), today=TODAY).pk}"

for lecture in lectures:
    new = credit(world.persons[0], lecture, on=DAY, hours=2)
    known = set(CreditEntry.objects.values_list("pk", flat=True))
    answers = at_once(close, close, lambda: f"posted {post([new], by=SYSTEM, at=timezone.now()).written}")
    closing = YearClosing.objects.get(reopened_at=None)
    late = list(CreditEntry.objects.exclude(pk__in=known).filter(pk__gt=closing.last_entry))
    told.append([sorted(answers), len(late)])
    reopen_year(closing, reason="again", by=SYSTEM, at=timezone.now())
print(json.dumps({
    "told": told, "closings": YearClosing.objects.count(), "late": LateEntry.objects.count(), "rounds": ROUNDS,
    "audited": AuditEntry.objects.filter(action="close_year").count(), "sound": verify().intact,
}))
"""


def test_a_year_is_closed_once_and_what_is_posted_meanwhile_lies_before_or_is_refused(own_database, tmp_path):
    (tmp_path / "static").mkdir()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "peixun.config.settings",
        "PEIXUN_DATA": str(tmp_path),
        "PEIXUN_DATABASE_URL": own_database,
    }
    done = subprocess.run([sys.executable, "-c", CLOSING], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    for answers, late in result["told"]:
        assert len([a for a in answers if a.startswith("closed")]) == 1, answers
        assert answers.count("ClosingRefused") == 1, answers
        assert len(set(answers) & {"YearClosed", "posted 1"}) == 1, answers
        assert late == 0  # nothing slips in behind a closing without a reason
    assert (result["closings"], result["audited"], result["late"]) == (result["rounds"], result["rounds"], 0)
    assert result["sound"]
