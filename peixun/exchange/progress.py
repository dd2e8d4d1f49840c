"""How far a job has come, told through a file beside the upload.

The work runs in one transaction, from which nothing can be seen outside before it ends; on SQLite nobody else could
write meanwhile either. A small file can be written and read at any time, and lets the work be stopped.
"""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROGRESS, STOP, HOLD = "progress.json", "stop", "hold"


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


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a job while it is worked on. However the process ends, the system lets go of the hold with it."""
    with (folder / HOLD).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_held(folder: Path) -> bool:
    """Whether a process works on the job."""
    try:
        with (folder / HOLD).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def count_attempt(folder: Path, step: str) -> None:
    """Note that a step begins."""
    with contextlib.suppress(OSError), (folder / f"{step}.attempts").open("a") as file:
        file.write(".")


def attempts(folder: Path, step: str) -> int:
    """How often a step has begun."""
    with contextlib.suppress(OSError):
        return (folder / f"{step}.attempts").stat().st_size
    return 0


def forget(folder: Path) -> None:
    """Begin anew."""
    for name in (PROGRESS, STOP):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
