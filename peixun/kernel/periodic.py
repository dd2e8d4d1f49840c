"""Work that the background process does again and again; rooms register theirs in `AppConfig.ready`."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections

log = logging.getLogger(__name__)

HEARTBEAT = "worker.alive"
HEARTBEAT_SECONDS = 10
WORTH_A_LINE_SECONDS = 1.0


@dataclass
class Periodic:
    """A function that runs every so many seconds."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = field(default=0.0)


_registered: dict[str, Periodic] = {}


def register(name: str, *, every: float, run: Callable[[], object]) -> None:
    """Make periodic work known; the same name twice is the same work."""
    _registered[name] = Periodic(name, every, run)


def run_due(now: float) -> float:
    """Run what is due at `now` (seconds of a monotonic clock) and return when the next one is.

    A database that doesn't answer is logged and tried again at the next turn; nothing else is swallowed.
    """
    for work in _registered.values():
        if work.due <= now:
            close_old_connections()
            try:
                _run(work)
            except DatabaseError:
                log.exception("%s failed and will be tried again", work.name)
            work.due = time.monotonic() + work.every
    return min((work.due for work in _registered.values()), default=now + HEARTBEAT_SECONDS)


def _run(work: Periodic) -> None:
    log.debug("periodic work begins", extra={"work": work.name})
    begun = time.monotonic()
    result = work.run()
    seconds = time.monotonic() - begun
    # Much of it finds nothing to do every few seconds: that is not worth a line.
    level = logging.INFO if result or seconds >= WORTH_A_LINE_SECONDS else logging.DEBUG
    count = result if isinstance(result, int) else None
    extra = {"work": work.name, "duration_ms": round(seconds * 1000, 1), "result": count}
    log.log(level, "periodic work ends", extra=extra)


def heartbeat_file() -> Path:
    """The file whose age says whether the background process is alive."""
    return Path(settings.DATA) / HEARTBEAT


def beat() -> None:
    """Say that the background process is alive."""
    heartbeat_file().parent.mkdir(parents=True, exist_ok=True)
    heartbeat_file().touch()
