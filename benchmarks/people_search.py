"""Search at full city size: `python -m benchmarks.people_search [--members 98000] [--count 40]`.

Prints the middle and the 95th percentile of each kind of question as the city, a township and a branch ask it, and
of the whole page through the web stack.
"""

import argparse
import sys
from datetime import UTC, date, datetime

from benchmarks.setup import scratch_database

DAY = date(2018, 6, 30)
NOW = datetime(2018, 6, 30, 4, 0, tzinfo=UTC)
BAR_MS = 100


def percentile(numbers: list[float], share: float) -> float:
    """The value below which this share lies."""
    return sorted(numbers)[int(len(numbers) * share)]


def main() -> int:
    """Measure and print; status 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=98000)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    with scratch_database() as engine:
        import django

        django.setup()
        from benchmarks.people_search_run import load, measure, through_the_web

        taken = measure(load(options.members), options.count)
        web = through_the_web(options.count)
        django.db.connection.close()
    print(f"search on {engine}: {options.members} members, {options.count} questions of each kind, milliseconds")
    for (scope, kind), numbers in taken.items():
        print(f"  {scope:9} {kind:11} median {percentile(numbers, 0.5):7.1f}   p95 {percentile(numbers, 0.95):7.1f}")
    p95 = percentile([n for numbers in taken.values() for n in numbers], 0.95)
    print(f"  all questions            p95 {p95:7.1f}   share of the bar of {BAR_MS} ms: {p95 / BAR_MS:.2f}")
    print(f"  whole page, city         median {percentile(web, 0.5):7.1f}   p95 {percentile(web, 0.95):7.1f}")
    return int(p95 > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
