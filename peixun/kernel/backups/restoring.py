"""Putting a backup into an empty installation: all of it, checked, or nothing."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from peixun.kernel import guards
from peixun.kernel.backups.archive import (
    PRODUCT,
    TABLE,
    ArchiveReader,
    Head,
    Manifest,
    Part,
    Sum,
    Summing,
    inspect,
    reading,
    safe_path,
)
from peixun.kernel.backups.lines import canonical, quoted, spelt_alike
from peixun.kernel.backups.occupied import MIGRATIONS
from peixun.kernel.backups.refusals import BackupRefused
from peixun.kernel.backups.stores import Building, store


def restore(path: Path, *, key: bytes, finish: Callable[[Manifest], None]) -> Manifest:
    """Read the backup through, build a new database from it, compare every table, and put it in place.

    `finish` runs on the new database before it counts: it checks what the kernel knows nothing of, leaves its traces,
    and raises BackupRefused when something is wrong. Raises BackupRefused or OSError; then nothing has changed.
    """
    manifest = inspect(path, key)
    _refuse_unknown(manifest.head)
    database = store()
    with connection.wrap_database_errors, _new_files() as files, database.building() as building:
        _migrate(_last_of_each_app(manifest.head.migrations))
        _clear_migrations()
        tables = _spelling(building, manifest.head, same=manifest.head.engine == database.engine)
        with building.filling(), reading(path, key) as archive:
            sums = _load(archive, building, tables, files.new)
        building.set_counters(manifest.head.counters)
        _compare(building, manifest.head, tables, sums)
        _bring_up_to_date()
        finish(manifest)
        files.place()
    return manifest


def _refuse_unknown(head: Head) -> None:
    if head.product != PRODUCT:
        raise BackupRefused(_("这不是本系统的备份文件"))
    known = set(MigrationLoader(None).disk_migrations)
    newer = _numbers(head.version) > _numbers(version(PRODUCT))
    if newer or not known.issuperset(head.migrations):
        raise BackupRefused(
            _("备份由版本 %(version)s 制作，其数据库结构是本版本不认识的，请先升级本系统") % {"version": head.version}
        )


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _last_of_each_app(migrations: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where to migrate to: those applied migrations that no other applied one of the same app follows."""
    graph = MigrationLoader(None).graph
    applied = {node for node in migrations if node in graph.nodes}
    followed = {parent.key for node in applied for parent in graph.node_map[node].parents if parent.key[0] == node[0]}
    return sorted(applied - followed)


def _migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def _clear_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quoted(MIGRATIONS)}")  # noqa: S608 - the backup has its own


Spelling = dict[str, Callable[[bytes], bytes]]
"""How the rows of each table are spelt when they are summed up: as they are, or as no database spells them."""


def _spelling(building: Building, head: Head, *, same: bool) -> Spelling:
    """The spelling of each table. Raises BackupRefused when the new database's tables aren't those of the backup."""
    tables = {table.name: table for table in building.tables()}
    theirs = {table.name: {name for name, _ in table.columns} for table in head.tables}
    if theirs != {table.name: {name for name, _ in table.columns} for table in tables.values()}:
        raise BackupRefused(_("备份的数据表与本系统的不一致"))
    if same:
        return dict.fromkeys(tables, bytes)
    return {table.name: partial(canonical, kinds=spelt_alike(table, tables[table.name]).kinds) for table in head.tables}


def _load(archive: ArchiveReader, building: Building, spelling: Spelling, folder: Path) -> dict[str, Sum]:
    """Put every part where it belongs; returns the sums of what was put in."""
    tables = {table.name: table for table in archive.manifest.head.tables}
    sums = {}
    for part in archive.parts():
        if part.kind != TABLE:
            _write_file(part, folder)
            continue
        summing = Summing()
        building.load(tables[part.name], summing.rows(part.blocks, spelling[part.name]))
        sums[part.name] = summing.sum()
    return sums


def _write_file(part: Part, folder: Path) -> None:
    target = safe_path(folder, part.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        for block in part.blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _compare(building: Building, head: Head, spelling: Spelling, sums: dict[str, Sum]) -> None:
    """Read every table back. Raises BackupRefused for the first that isn't what was put in."""
    for table in head.tables:
        summing = Summing()
        for _block in summing.rows(building.lines(table), spelling[table.name]):
            pass
        if summing.sum() != sums.get(table.name):
            raise BackupRefused(_("数据表 %(table)s 恢复后与备份不一致，已放弃恢复") % {"table": table.name})


def _bring_up_to_date() -> None:
    """Apply what this version adds, and set the guards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    _migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    if missing := guards.missing():
        raise BackupRefused(_("数据库保护 %(name)s 没能建立，已放弃恢复") % {"name": missing[0]})


class _NewFiles:
    """A folder that becomes the folder of this installation's files when all is well."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.new = target.with_name(target.name + ".restoring")
        self.placed = False

    def place(self) -> None:
        """Put the files in place: an empty folder is replaced."""
        if any(self.new.iterdir()):
            self.new.replace(self.target)
            self.placed = True


@contextmanager
def _new_files() -> Iterator[_NewFiles]:
    files = _NewFiles(Path(settings.MEDIA_ROOT))
    if files.target.exists() and any(files.target.iterdir()):
        raise BackupRefused(_("%(folder)s 里已有文件，备份只能恢复到空的系统") % {"folder": files.target})
    shutil.rmtree(files.new, ignore_errors=True)
    files.new.mkdir(parents=True)
    try:
        yield files
    except BaseException:
        if files.placed:  # the database didn't follow
            shutil.rmtree(files.target, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(files.new, ignore_errors=True)
