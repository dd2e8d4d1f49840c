"""Whether the parts that the product needs are there."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from peixun.kernel import periodic

WORKER_SILENT_SECONDS = 6 * periodic.HEARTBEAT_SECONDS
LEAST_FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it is well, and what was seen."""

    ok: bool
    detail: str


def database() -> Check:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check(ok=False, detail="no answer")
    return Check(ok=True, detail=connection.vendor)


def worker_age(*, now: float) -> float | None:
    """Seconds since the background process last showed itself; None when it never did."""
    try:
        return max(0.0, now - periodic.heartbeat_file().stat().st_mtime)
    except FileNotFoundError:
        return None


def worker(*, now: float) -> Check:
    """Whether the background process has shown itself lately; `now` in seconds since the epoch."""
    age = worker_age(now=now)
    if age is None:
        return Check(ok=False, detail="never seen")
    return Check(ok=age < WORKER_SILENT_SECONDS, detail=f"seen {int(age)} s ago")


def data_folder() -> Path:
    """The data folder, or the nearest one above it while there is none yet."""
    folder = Path(settings.DATA)
    while not folder.exists():
        folder = folder.parent
    return folder


def disk() -> Check:
    """Whether the data folder has room."""
    free = shutil.disk_usage(data_folder()).free
    return Check(ok=free >= LEAST_FREE_BYTES, detail=f"{free // 2**20} MB free")


def readiness() -> dict[str, Check]:
    """All checks by name."""
    return {"database": database(), "worker": worker(now=time.time()), "disk": disk()}
