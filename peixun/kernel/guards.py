"""Guards: rules that the database itself holds, created again and checked after each migration.

Some SQLite migrations rebuild a table and silently drop its triggers, so guards live outside migrations. A room
registers its guards in `AppConfig.ready`; the kernel installs them on `post_migrate`; `missing()` lists those
that don't stand (tests and `peixun doctor` ask it).
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger or constraint: its name, its table, and the SQL that creates it on each database."""

    name: str
    table: str
    sqlite: str
    postgresql: str


_registered: dict[str, Guard] = {}


def register(*guards: Guard) -> None:
    """Make guards known; the same name twice is the same guard."""
    for guard in guards:
        _registered[guard.name] = guard


def append_only(table: str) -> tuple[Guard, ...]:
    """Guards that refuse update, delete and truncate of a table."""
    guards = []
    for verb in ("update", "delete"):
        name = f"guard_{table}_{verb}"
        guards.append(
            Guard(
                name=name,
                table=table,
                sqlite=(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ),
                postgresql=(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION peixun_append_only()"
                ),
            )
        )
    name = f"guard_{table}_truncate"
    guards.append(
        Guard(
            name=name,
            table=table,
            sqlite="",  # SQLite has no TRUNCATE
            postgresql=(
                f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION peixun_append_only()"
            ),
        )
    )
    return tuple(guards)


POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION peixun_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _standing(cursor: Any, vendor: str) -> set[str]:
    if vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' "
            "UNION SELECT conname FROM pg_constraint"
        )
    return {row[0] for row in cursor.fetchall()}


def _sql(guard: Guard, vendor: str) -> str:
    return guard.sqlite if vendor == "sqlite" else guard.postgresql


def missing(using: str = "default") -> list[str]:
    """Names of registered guards that don't stand in the database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        standing = _standing(cursor, connection.vendor)
    return [g.name for g in _registered.values() if _sql(g, connection.vendor) and g.name not in standing]


def install(using: str = "default") -> None:
    """Create the guards that don't stand yet and whose table exists."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    wanted = [g for g in _registered.values() if g.table in tables and _sql(g, connection.vendor)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        standing = _standing(cursor, connection.vendor)
        for guard in wanted:
            if guard.name not in standing:
                cursor.execute(_sql(guard, connection.vendor))
