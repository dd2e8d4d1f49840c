"""The demo city from nothing at several scales: seconds, memory, and what ten times the members cost.

Bars: scale 1 under 90 s without installation on SQLite; ten times the members cost at most twelve times as much.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.setup import scratch_database


def load(scale: float, folder: Path) -> tuple[float, float]:
    """Seconds, and the largest resident size in MB so far of any child process."""
    environment = {**os.environ, "PEIXUN_DATA": str(folder), "PEIXUN_DEMO": "1", "PEIXUN_TODAY": "2018-06-30"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "peixun", "demo", "--scale", str(scale), "--no-serve"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", default="0.1,1", help="ascending, separated by commas")
    options = parser.parse_args()
    measured: list[tuple[float, float]] = []
    for scale in [float(word) for word in options.scales.split(",")]:
        with scratch_database() as engine:
            seconds, size = load(scale, Path(os.environ["PEIXUN_DATA"]))
            if engine == "SQLite":
                os.environ.pop("PEIXUN_DATABASE_URL")
        measured.append((scale, seconds))
        print(f"demo city at scale {scale:g} on {engine}: {seconds:.1f} s, {size:.0f} MB at most   (bar at 1: 90 s)")
    for (small, quick), (large, slow) in pairwise(measured):
        factor, cost = large / small, slow / quick
        print(f"  {factor:g} × the city costs {cost:.1f} ×   (bar: {factor * 1.2:.1f})")


if __name__ == "__main__":
    main()
