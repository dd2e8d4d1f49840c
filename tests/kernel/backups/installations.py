"""Installations of their own, each a folder and a database, worked on through the commands as an administrator does."""

import os
import re
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = os.environ.get("PEIXUN_DATABASE_URL", "")
FILL = """
import django; django.setup()
from datetime import date
from django.conf import settings
from peixun.ledger import operations as ledger
from peixun.people.models import Person
from tests.factories.world import NOW, SYSTEM, build_world, post
world = build_world()
entries = [post(world, world.persons[i], on=date(2017, 5, 4), hours=2.25) for i in (0, 1, 30)]
ledger.reverse(entries[1], reason="录错", by=SYSTEM, at=NOW)
ledger.seal(at=NOW)
Person.objects.filter(pk=world.persons[3]).update(name="欧阳\\t反\\\\斜\\n杠\\\\N", occupation="")
Person.objects.filter(pk=world.persons[-1]).update(joined_party_on=date(2011, 7, 1))
folder = settings.MEDIA_ROOT / "imports" / "a"
folder.mkdir(parents=True)
(folder / "名册.xlsx").write_bytes(bytes(range(256)) * 3000)
(folder / "empty.csv").write_bytes(b"")
"""


@dataclass(frozen=True)
class Installation:
    """A data folder, and on PostgreSQL a database."""

    folder: Path
    url: str

    @property
    def files(self) -> Path:
        """Where uploaded files are."""
        return self.folder / "files"

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of this installation."""
        own = {"PEIXUN_DATA": str(self.folder), "PEIXUN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "peixun.config.settings"}
        whole = {**os.environ, **own, "PEIXUN_DATABASE_URL": self.url, **more}
        return {name: value for name, value in whole.items() if value or name != "PEIXUN_DATABASE_URL"}

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start a command."""
        command = [sys.executable, "-m", "peixun", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(**more), stdout=pipe, stderr=pipe, text=True)

    def run(self, *words: str, **more: str) -> tuple[int, str]:
        """Exit status and what was said."""
        process = self.start(*words, **more)
        out, err = process.communicate(timeout=120)
        return process.returncode, out + err

    def fill(self) -> None:
        """Make the small city in it."""
        assert self.run("migrate", "--verbosity", "0") == (0, "")
        self.script(FILL)

    def script(self, text: str, **more: str) -> None:
        """Run some Python in it."""
        subprocess.run([sys.executable, "-c", text], env=self.environment(**more), check=True)

    def behind_the_back(self, table: str, sql: str) -> None:
        """Change a table as somebody with the database's own tools could."""
        if self.url:
            with psycopg.connect(self.url) as raw:
                raw.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                raw.execute(sql)
                raw.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        with closing(sqlite3.connect(self.folder / "peixun.sqlite3")) as raw, raw:
            raw.execute(f"DROP TRIGGER guard_{table}_update")
            raw.execute(sql)

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, read by hand."""
        if self.url:
            return self._postgresql()
        path = self.folder / "peixun.sqlite3"
        if not path.exists():
            return {}
        with closing(sqlite3.connect(path)) as raw:
            names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(raw.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}

    def shape(self) -> list[tuple[object, ...]]:
        """Indexes, constraints, triggers and counters."""
        if not self.url:
            with closing(sqlite3.connect(self.folder / "peixun.sqlite3")) as raw:
                shapes = raw.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
                counters = raw.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
                return sorted([*shapes, *counters], key=repr)
        with psycopg.connect(self.url) as raw:
            return [
                *_without_casts(
                    raw.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
                ),
                *_without_casts(
                    raw.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2")
                ),
                *raw.execute("SELECT tgname, '' FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"),
                *raw.execute("SELECT sequencename::text, last_value::text FROM pg_sequences ORDER BY 1"),
            ]

    def _postgresql(self) -> dict[str, list[tuple[object, ...]]]:
        with psycopg.connect(self.url) as raw:
            found = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {
                name: sorted(raw.execute(f'SELECT t::text FROM "{name}" t').fetchall(), key=repr) for (name,) in found
            }


def _without_casts(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """PostgreSQL writes a list of texts with other casts once it has read what it wrote itself; it means the same."""
    return [(name, re.sub(r"::(character varying|text)(\[\])?|[()]", "", words)) for name, words in rows]


@contextmanager
def installation(folder: Path, *, server: str = SERVER) -> Iterator[Installation]:
    """An installation with nothing in it, on the kind of database that the suite runs on."""
    folder.mkdir()
    if not server:
        yield Installation(folder, "")
        return
    name = f"peixun_backup_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as raw:
        raw.execute(f'CREATE DATABASE "{name}"')
    try:
        yield Installation(folder, urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(server, autocommit=True) as raw:
            raw.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
