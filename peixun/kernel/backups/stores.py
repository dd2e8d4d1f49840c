"""What a backup asks of a database, and which store answers for the one at hand."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from django.db import connection

from peixun.kernel.backups.lines import Table
from peixun.kernel.backups.postgresql import PostgresqlStore
from peixun.kernel.backups.sqlite import SqliteStore


class Snapshot(Protocol):
    """One consistent state of the database, whoever writes meanwhile."""

    def tables(self) -> list[Table]:
        """Every table with its columns."""

    def lines(self, table: Table) -> Iterator[bytes]:
        """The rows of a table in the order of its key, as blocks of lines."""

    def counters(self) -> dict[str, int]:
        """The last number that each table has given out."""

    def migrations(self) -> list[tuple[str, str]]:
        """The migrations that were applied."""


class Building(Snapshot, Protocol):
    """A new database that is being filled; Django's own connection leads to it."""

    def load(self, table: Table, blocks: Iterable[bytes]) -> None:
        """Put rows into an empty table."""

    def filling(self) -> AbstractContextManager[None]:
        """Around all loads: indexes and foreign keys are laid down before and stand again, checked, after."""

    def set_counters(self, counters: dict[str, int]) -> None:
        """Go on counting where the tables left off."""


class Store(Protocol):
    """The database of this installation."""

    engine: str

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """A snapshot to read from."""

    def building(self) -> AbstractContextManager[Building]:
        """A new database; in place when the block ends well, gone without a trace when it doesn't.

        Raises BackupRefused when there are data already.
        """


def store() -> Store:
    """The store of the database at hand."""
    return PostgresqlStore() if connection.vendor == "postgresql" else SqliteStore()
