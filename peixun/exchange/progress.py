"""How far a job has come, told through a file beside the upload.

The work runs in one transaction, from which nothing can be seen outside before it ends; on SQLite nobody else could
write meanwhile either. A small file can be written and read at any time, and lets the work be stopped.
"""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import NamedTuple

PROGRESS, STOP = "progress.json", "stop"
SILENT_SECONDS = 15 * 60


class Stopped(Exception):
    """Somebody stopped the work."""


class Told(NamedTuple):
    """Rows done, and of how many (0: not known)."""

    done: int = 0
    total: int = 0


class Teller:
    """Writes progress into a job's folder, and stops the work when it was asked to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, done: int, total: int) -> None:
        """Tell how far the work has come. Raises Stopped."""
        if (self._folder / STOP).exists():
            raise Stopped
        part = self._folder / f"{PROGRESS}.part"
        part.write_text(json.dumps({"done": done, "total": total}))
        part.replace(self._folder / PROGRESS)


def read(folder: Path) -> Told:
    """What was told last."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        told = json.loads((folder / PROGRESS).read_text())
        return Told(int(told["done"]), int(told["total"]))
    return Told()


def ask_to_stop(folder: Path) -> None:
    """Have the work stop at its next word."""
    with contextlib.suppress(OSError):
        (folder / STOP).touch()


def is_silent(folder: Path) -> bool:
    """Whether nothing was told for so long that the process must have ended."""
    for name in (PROGRESS, "source"):
        with contextlib.suppress(OSError):
            return time.time() - os.stat(folder / name).st_mtime > SILENT_SECONDS  # noqa: PTH116 - one call
    return True


def forget(folder: Path) -> None:
    """Begin anew."""
    for name in (PROGRESS, STOP):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
