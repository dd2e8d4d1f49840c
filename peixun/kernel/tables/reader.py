"""Reading a table in a child process: whatever the file holds, this process neither crashes nor hangs.

`read_table` is the door; the package's docstring shows its use.
"""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self, TypeAlias, cast

import orjson

from peixun.kernel.tables.headings import HeadingSet
from peixun.kernel.tables.limits import MEBIBYTE, Limits
from peixun.kernel.tables.refusals import TableRefused

__all__ = ["DEFAULT_LIMITS", "HeadingSet", "Limits", "Row", "Table", "TableRefused", "Value", "read_table"]

DEFAULT_LIMITS = Limits()
Value: TypeAlias = str | float | int | bool | None

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
_PIPE_BYTES = 1024 * 1024
_LONGEST_FRAME = 256 * MEBIBYTE
_EXIT_MEMORY = 86


class Row(NamedTuple):
    """One row: `number` as the sheet shows it, from 1; `values` in the order of `HeadingSet.names`."""

    number: int
    values: list[Value]


class Table:
    """A table that is being read. Use it in a `with` statement, or read `rows` to the end.

    `columns` maps each known heading that the file has to its index in `Row.values`: a heading that isn't in
    it was not in the file (its values are ""), which is not the same as a column of empty cells.
    """

    def __init__(self, child: "_Child", headings: HeadingSet, head: Mapping[str, Any]) -> None:
        """Made by `read_table`."""
        present = set(head["columns"])
        self.columns = {name: index for index, name in enumerate(headings.names) if name in present}
        self.sheet_name: str = head["sheet"]
        self.unknown_headings: tuple[str, ...] = tuple(head["unknown"])
        self.heading_row: int = head["heading_row"]
        self.rows: Iterator[Row] = self._read(child)
        self._child = child

    def _read(self, child: "_Child") -> Iterator[Row]:
        try:
            while not (frame := child.frame()).get("end"):
                yield from map(Row, frame["numbers"], frame["rows"])
        finally:
            child.close()

    def close(self) -> None:
        """Stop reading and end the child process."""
        self._child.close()

    def __enter__(self) -> Self:
        """The table itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def read_table(path: str | Path, *, headings: HeadingSet, limits: Limits = DEFAULT_LIMITS) -> Table:
    """The first sheet of a file (xlsx, xls, ods, csv) that holds the headings; rows stream from its iterator.

    Raises TableRefused, here or while rows are read: so take nothing as done before `rows` has ended.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
    except OSError as error:
        raise TableRefused("unreadable") from error
    if not size:
        raise TableRefused("empty")
    if size > limits.file_bytes:
        raise TableRefused("too_large", {"megabytes": limits.file_bytes // MEBIBYTE})
    child = _Child(file, headings, limits)
    try:
        return Table(child, headings, child.frame())
    except KeyError as error:
        child.close()
        raise TableRefused("broken") from error
    except BaseException:
        child.close()
        raise


class _Child:
    """The reading process and its pipe. Waiting for it is bounded; what it says is plain JSON."""

    def __init__(self, path: Path, headings: HeadingSet, limits: Limits) -> None:
        request = {"path": str(path.resolve()), "headings": headings.as_json(), "limits": limits.as_json()}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-P", "-m", "peixun.kernel.tables.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            # Nothing of this process's settings: the child reads a stranger's file and needs no keys.
            env={"PYTHONPATH": str(_PACKAGE_ROOT), "LC_ALL": "C.UTF-8"},
        )
        self.close = weakref.finalize(self, _end, self._process)
        self._seconds_left = float(limits.seconds)
        stdin, stdout = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        self._pipe = stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN | select.POLLHUP)
        _widen(self._pipe)
        with contextlib.suppress(BrokenPipeError):  # it died at once: its exit status will tell
            stdin.write(orjson.dumps(request))
            stdin.close()

    def frame(self) -> dict[str, Any]:
        """The next frame. Raises TableRefused when the child refuses, dies, or takes too long."""
        length = int.from_bytes(self._take(4), "little")
        if length > _LONGEST_FRAME:
            raise TableRefused("broken")
        try:
            frame: dict[str, Any] = dict(orjson.loads(self._take(length)))
        except (ValueError, TypeError) as error:
            raise TableRefused("broken") from error
        if "refused" in frame:
            raise TableRefused(frame["refused"], frame.get("facts"))
        return frame

    def _take(self, length: int) -> bytes:
        taken = bytearray()
        while len(taken) < length:
            self._wait()
            block = os.read(self._pipe, min(length - len(taken), _PIPE_BYTES))
            if not block:
                raise TableRefused(_cause(self._process.wait()))
            taken += block
        return bytes(taken)

    def _wait(self) -> None:
        """Until there is something to read. Only time spent here counts, not the caller's with its rows."""
        begun = time.monotonic()
        ready = self._poll.poll(max(0.0, self._seconds_left) * 1000)
        self._seconds_left -= time.monotonic() - begun
        if not ready:
            raise TableRefused("time")


def _widen(pipe: int) -> None:
    # A wider pipe lets the child read ahead while rows are taken; not every system has the call.
    with contextlib.suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _cause(status: int) -> str:
    """The refusal that a child's silent end stands for."""
    # A reader that gets no memory aborts; a machine that has none left kills it.
    if status in {_EXIT_MEMORY, -signal.SIGABRT, -signal.SIGKILL}:
        return "memory"
    return "time" if status == -signal.SIGXCPU else "broken"


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
