"""Writing a backup while the system runs."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from peixun.kernel.backups.archive import PRODUCT, ArchiveWriter, Head, Manifest, inspect
from peixun.kernel.backups.lines import BLOCK
from peixun.kernel.backups.refusals import BackupRefused
from peixun.kernel.backups.sealed import SealedWriter
from peixun.kernel.backups.stores import Snapshot, store


def make(path: Path, *, key: bytes, at: datetime) -> Manifest:
    """Write a backup to a new file, read it back, and only then give it its name.

    Raises BackupRefused when the file is there already, and OSError when it can't be written.
    """
    if path.exists():
        raise BackupRefused(_("%(file)s 已存在，请换一个文件名") % {"file": path})
    part = path.with_name(path.name + ".part")
    try:
        with connection.wrap_database_errors:
            written = _write(part, key, at)
        if inspect(part, key) != written:
            raise BackupRefused(_("写出的备份读回来不一致，请检查磁盘"))
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _write(part: Path, key: bytes, at: datetime) -> Manifest:
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    database = store()
    with os.fdopen(descriptor, "wb") as file, database.snapshot() as snapshot:
        archive = ArchiveWriter(SealedWriter(file, key), _head(snapshot, database.engine, at))
        for table in archive.manifest.head.tables:
            archive.table(table.name, snapshot.lines(table))
        for found in _files(Path(settings.MEDIA_ROOT)):
            archive.file(found.relative_to(settings.MEDIA_ROOT).as_posix(), _blocks(found))
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    return archive.manifest


def _head(snapshot: Snapshot, engine: str, at: datetime) -> Head:
    return Head(
        version=version(PRODUCT),
        engine=engine,
        made_at=at.astimezone(UTC).isoformat(timespec="seconds"),
        migrations=snapshot.migrations(),
        tables=snapshot.tables(),
        counters=snapshot.counters(),
    )


def _files(root: Path) -> Iterator[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())


def _blocks(path: Path) -> Iterator[bytes]:
    """A file's bytes; one that was deleted since it was listed is empty, as nothing in the snapshot needs it."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except FileNotFoundError:
        return
