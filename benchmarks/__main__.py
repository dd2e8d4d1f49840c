"""`make bench`: every measurement, one after the other, on SQLite and on PostgreSQL where one answers."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

POSTGRESQL = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def run(module: str, *words: str, **environment: str) -> None:
    """One measurement in a process of its own."""
    print(f"\n$ python -m benchmarks.{module} {' '.join(words)}", flush=True)
    subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *words], env={**os.environ, **environment}, check=True
    )


def main() -> None:
    """Measure everything."""
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
        engines = [{}, {"PEIXUN_DATABASE_URL": POSTGRESQL}]
    except psycopg.OperationalError:
        print(f"no PostgreSQL answers at {POSTGRESQL}: measuring on SQLite alone")
        engines = [{}]
    run("table_reading")
    for engine in engines:
        run("posting", **engine)
        run("roster_import", **engine)
    with tempfile.TemporaryDirectory(prefix="peixun-city-") as folder:
        run("scale", "--scales", "0.1,1", "--keep", folder)
        city = {"PEIXUN_DATA": folder, "PEIXUN_DATABASE_URL": f"sqlite:///{Path(folder) / 'peixun.sqlite3'}"}
        run("coverage", **city)
        run("people_search", **city)
        run("pages", **city)


if __name__ == "__main__":
    main()
