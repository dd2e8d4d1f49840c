"""Backup and restore of the whole city, seconds of each, and every table compared. Bar: under 120 s each.

Runs on a demo city that is loaded already (PEIXUN_DATA and PEIXUN_DATABASE_URL) and leaves one audit row in it; it
restores into an empty installation of the same engine, made and dropped by the run.
"""

import argparse
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

BAR = 120.0
TRACE = "people_auditentry"
Sums = dict[str, tuple[int, str]]


def command(word: str, file: Path, environment: dict[str, str]) -> float:
    """Seconds of one command; ends the run when it fails."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "peixun", word, str(file)], check=True, env=environment)
    return time.perf_counter() - start


def sums(environment: dict[str, str]) -> Sums:
    """Rows and a digest of each table, read without the product's own code."""
    url = environment.get("PEIXUN_DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url) as raw:
            names = [row[0] for row in raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
            return {name: digest(raw.cursor(name), f'SELECT t::text FROM "{name}" t ORDER BY 1') for name in names}
    path = url.removeprefix("sqlite:///") or str(Path(environment["PEIXUN_DATA"]) / "peixun.sqlite3")
    with closing(sqlite3.connect(path)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in names if name != "sqlite_sequence"]
        return {name: digest(raw.cursor(), f'SELECT * FROM "{name}" ORDER BY 1') for name in tables}


def digest(cursor, sql: str) -> tuple[int, str]:
    """Rows and a digest of what a statement gives."""
    found, count = hashlib.sha256(), 0
    cursor.execute(sql)
    for row in cursor:
        found.update(repr(row).encode())
        count += 1
    return count, found.hexdigest()


def empty_installation(stack: ExitStack, folder: Path) -> dict[str, str]:
    """The environment of an installation with nothing in it."""
    url = os.environ.get("PEIXUN_DATABASE_URL", "")
    environment = {**os.environ, "PEIXUN_DATA": str(folder / "data")}
    if not url.startswith("postgres"):
        return {**environment, "PEIXUN_DATABASE_URL": f"sqlite:///{folder / 'restored.sqlite3'}"}
    name = f"peixun_bench_restored_{os.getpid()}"
    raw = stack.enter_context(psycopg.connect(url, autocommit=True))
    raw.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    stack.callback(raw.execute, f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]
    return {**environment, "PEIXUN_DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}


def main() -> int:
    """Measure, compare, print; exit status 1 when a bar is missed or a table differs."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    os.environ.setdefault("PEIXUN_DEMO", "1")
    os.environ.setdefault("PEIXUN_DATA", "var")
    if not os.environ.get("PEIXUN_DATABASE_URL"):
        os.environ.pop("PEIXUN_DATABASE_URL", None)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peixun-bench-")))
        target = empty_installation(stack, folder)
        file = folder / "city.peixun"
        backup, restore = command("backup", file, dict(os.environ)), command("restore", file, target)
        size = file.stat().st_size / 1024**2
        before, after = sums(dict(os.environ)), sums(target)
        # Each side has one audit row of its own: of the backup there, of the restore here.
        wrong = [n for n in sorted({*before, *after}) if before.get(n) != after.get(n) and n != TRACE]
        wrong += [TRACE] if before[TRACE][0] != after[TRACE][0] else []
    rows = sum(count for count, _ in before.values())
    print(f"backup and restore of {rows:,} rows in {len(before)} tables, {size:.0f} MB sealed")
    print(f"  backup    {backup:6.1f} s   (bar: {BAR:.0f} s)")
    print(f"  restore   {restore:6.1f} s   (bar: {BAR:.0f} s)")
    print(f"  tables that differ: {', '.join(wrong) or 'none'}")
    return int(bool(wrong) or max(backup, restore) > BAR)


if __name__ == "__main__":
    sys.exit(main())
