"""Ends groups of processes when whoever started them is gone, however that came about.

Told on standard input, a line each: `+` and the id of a group that began, `-` and the id of one that is over. The end
of the input is the end of whoever wrote it.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Listen until the other side is gone."""
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line.startswith("+") else groups.discard)(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
