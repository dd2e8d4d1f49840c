"""Importing a roster (xlsx, the national sheet) of a full-size city, against reading the same file with
python-calamine and inserting its rows with plain multi-row SQL: into the same three tables with the same constraints
and indexes, and into one flat table. Bar: at most 3 times the first.

Also prints what importing the unchanged file again takes, and the memory of the process.

    python -m benchmarks.roster_import [--rows 98000] [--rounds 1]
"""

import argparse
import resource
import sys

from benchmarks.setup import scratch_database

BAR = 3.0


def main() -> int:
    """Measure and print; status 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=98_000)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with scratch_database() as engine:
        import django

        django.setup()
        from benchmarks.roster_import_run import run

        taken = run(rows=options.rows, rounds=options.rounds)
        django.db.connection.close()
    plain, flat = taken["read"] + taken["insert"], taken["read"] + taken["insert_flat"]
    ratio = taken["import"] / plain
    print(f"roster import on {engine}: {options.rows} rows of 19 columns, best of {options.rounds}")
    print(f"  peixun import members                 {taken['import']:7.2f} s")
    print(f"  python-calamine reading               {taken['read']:7.2f} s")
    print(f"  plain SQL, the same three tables      {taken['insert']:7.2f} s")
    print(f"  plain SQL, one flat table             {taken['insert_flat']:7.2f} s")
    print(f"  ratio                                 {ratio:7.2f}     (bar: {BAR:g})")
    print(f"  ratio to the flat table               {taken['import'] / flat:7.2f}")
    print(f"  the unchanged file again              {taken['again']:7.2f} s   {taken['again'] / plain:.2f} times")
    print(
        f"  most memory of the process            {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB"
    )
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
