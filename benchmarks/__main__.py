"""`make bench`: every measurement, one after the other, on SQLite and on PostgreSQL where one answers."""

import os
import subprocess
import sys

import psycopg

from benchmarks.setup import scratch_database

POSTGRESQL = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def run(module: str, *words: str) -> None:
    """One measurement in a process of its own; one that misses its bar says so and the next goes on."""
    print(f"\n$ python -m benchmarks.{module} {' '.join(words)}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *words], check=False)


def engines() -> list[str]:
    """Database addresses to measure on; SQLite's is made by each run."""
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.OperationalError:
        print(f"no PostgreSQL answers at {POSTGRESQL}: measuring on SQLite alone")
        return [""]
    return ["", POSTGRESQL]


def main() -> None:
    """Measure everything."""
    run("table_reading")
    for address in engines():
        os.environ["PEIXUN_DATABASE_URL"] = address
        run("posting")
        run("roster_import")
        run("people_search")
        run("scale", "--scales", "0.1,1,3" if not address else "0.1,1")
        with scratch_database():
            subprocess.run(
                [sys.executable, "-m", "peixun", "demo", "--no-serve"], check=True, stdout=subprocess.DEVNULL
            )
            run("coverage")
            run("packs")
            run("transfers")
            run("pages")
            run("backup")
            run("keys")  # the numbers stay under a key that nobody keeps


if __name__ == "__main__":
    main()
