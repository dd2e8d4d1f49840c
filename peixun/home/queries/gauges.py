"""What Prometheus is told beside requests: queue, ledger, coverage, sessions, database, disk."""

import shutil
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Min, Sum
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from peixun.coverage.models import StaleBranch
from peixun.home.queries.health import data_folder, worker_age
from peixun.ledger.models import CreditEntry, Seal

KEPT_SECONDS = 5
KEPT = "peixun.gauges"

# Name, what it is; those that the database answers are missing while it doesn't.
HELP = {
    "peixun_database_up": "1 when the database answers.",
    "peixun_database_bytes": "Size of the database.",
    "peixun_queue_waiting": "Background tasks that wait.",
    "peixun_queue_oldest_waiting_seconds": "Age of the background task that has waited longest; 0 when none waits.",
    "peixun_queue_failed": "Background tasks on record that failed.",
    "peixun_ledger_rows_unsealed": "Ledger rows above the last seal.",
    "peixun_ledger_last_seal_age_seconds": "Seconds since the last seal; absent before the first.",
    "peixun_coverage_stale_branches": "Branch-years whose figures wait for refreshing.",
    "peixun_sessions": "Sessions that haven't run out.",
    "peixun_sign_in_failures": "Failed sign-ins on record of the last hour; cleared by a sign-in that succeeds.",
    "peixun_worker_heartbeat_age_seconds": "Seconds since the worker last showed itself; absent when it never did.",
    "peixun_disk_free_bytes": "Free space where the data folder is.",
}


class Gauges(Collector):
    """Reads everything anew at most every five seconds in each web process."""

    def collect(self) -> Iterator[Metric]:
        """The gauges and the version."""
        for name, value in kept_values().items():
            family = GaugeMetricFamily(name, HELP[name])
            family.add_metric([], value)
            yield family
        build = GaugeMetricFamily(
            "peixun_build_info", "Versions, as labels.", labels=["version", "python", "django", "database"]
        )
        versions = [version("peixun"), sys.version.split()[0], version("django"), connection.vendor]
        build.add_metric(versions, 1)
        yield build


def kept_values() -> dict[str, float]:
    """All gauges by name, at most five seconds old."""
    known: dict[str, float] = cache.get_or_set(KEPT, values, KEPT_SECONDS) or {}
    return known


def values() -> dict[str, float]:
    """All gauges by name, read now; a silent database leaves only what is known without it."""
    found = {"peixun_disk_free_bytes": float(shutil.disk_usage(data_folder()).free)}
    age = worker_age(now=time.time())
    if age is not None:
        found["peixun_worker_heartbeat_age_seconds"] = age
    try:
        return {**found, **_from_database(), "peixun_database_up": 1.0}
    except DatabaseError:
        return {**found, "peixun_database_up": 0.0}


def _from_database() -> dict[str, float]:
    return {**_queue(), **_ledger(), **_people(), "peixun_database_bytes": float(database_bytes())}


def _queue() -> dict[str, float]:
    waiting = DBTaskResult.objects.ready()
    oldest = waiting.aggregate(oldest=Min("enqueued_at"))["oldest"]
    return {
        "peixun_queue_waiting": waiting.count(),
        "peixun_queue_oldest_waiting_seconds": (timezone.now() - oldest).total_seconds() if oldest else 0.0,
        "peixun_queue_failed": DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count(),
    }


def _ledger() -> dict[str, float]:
    last = Seal.objects.order_by("number").values("watermark", "sealed_at").last()
    above = last["watermark"] if last else 0
    found: dict[str, float] = {
        "peixun_ledger_rows_unsealed": CreditEntry.objects.filter(pk__gt=above).count(),
        "peixun_coverage_stale_branches": StaleBranch.objects.count(),
    }
    if last:
        found["peixun_ledger_last_seal_age_seconds"] = (timezone.now() - last["sealed_at"]).total_seconds()
    return found


def _people() -> dict[str, float]:
    now = timezone.now()
    attempts: Any = AccessAttempt.objects.filter(attempt_time__gte=now - timedelta(hours=1))
    failures = attempts.aggregate(sum=Sum("failures_since_start"))["sum"]
    return {
        "peixun_sessions": Session.objects.filter(expire_date__gt=now).count(),
        "peixun_sign_in_failures": failures or 0,
    }


def database_bytes() -> int:
    """Size of the database, as it says itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
