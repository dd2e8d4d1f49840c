"""Posting credits, 1,000 at a time, against plain SQL that writes the same rows (credits and person-years).

Both sides take turns in one run on one database with the same constraints and durability; the plain side gets its
rows ready-made. The city has its full size: 97,888 members in 4,256 branches with ten credits each, a million in all.
Bar: at most 3 times.
"""

import argparse
import time
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.setup import median, scratch_database

BATCH = 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--branches", type=int, default=4256)
    options = parser.parse_args()
    with scratch_database() as engine:
        import django

        django.setup()
        from benchmarks.posting_run import run

        ours, plain = run(rounds=options.rounds, branches=options.branches)
    print(f"posting on {engine}: {BATCH} credits a post, {options.rounds} rounds, {options.branches * 23} persons")
    print(f"  ledger.operations.post  {median(ours) * 1000:8.1f} ms  {BATCH / median(ours):8.0f} credits/s")
    print(f"  plain SQL, same rows    {median(plain) * 1000:8.1f} ms  {BATCH / median(plain):8.0f} credits/s")
    print(f"  ratio                   {median(ours) / median(plain):8.2f}   (bar: 3)")


def timed(function: Any) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


NOW = datetime.now(UTC)
DAY = date(2018, 3, 1)

if __name__ == "__main__":
    main()
