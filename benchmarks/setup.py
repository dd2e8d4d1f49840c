"""A database of its own for a measurement, made and dropped by the run."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


@contextmanager
def scratch_database() -> Iterator[str]:
    """Set the environment up for a scratch database on the engine of PEIXUN_DATABASE_URL; yields its name.

    Must run before Django is configured.
    """
    url = os.environ.get("PEIXUN_DATABASE_URL", "")
    with tempfile.TemporaryDirectory(prefix="peixun-bench-") as folder:
        os.environ["PEIXUN_DATA"] = folder
        os.environ.setdefault("PEIXUN_DEMO", "1")
        os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
        if not url.startswith("postgres"):
            os.environ["PEIXUN_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            yield "SQLite"
            return
        name = f"peixun_bench_{secrets.token_hex(4)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        try:
            os.environ["PEIXUN_DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
            yield "PostgreSQL"
        finally:
            os.environ["PEIXUN_DATABASE_URL"] = url
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def median(numbers: list[float]) -> float:
    """The middle one."""
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2]
