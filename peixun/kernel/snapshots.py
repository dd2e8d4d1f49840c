"""Which transactions can still commit: the horizon that a reader of growing tables needs.

Under PostgreSQL ids may commit out of order, so "id greater than the last one seen" can miss rows. SQLite has one
writer at a time: whatever a writer doesn't see will never appear below what it sees.
"""

from django.db import connection


def newest_transaction() -> int:
    """The number that the next transaction will have (0 on SQLite)."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def oldest_running_transaction() -> int:
    """Every transaction below this number has ended (1 on SQLite, so that all of them have)."""
    if connection.vendor != "postgresql":
        return 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
