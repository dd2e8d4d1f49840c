"""Backups: the whole installation in one sealed file, and back.

Door: `make` writes a backup while the system runs, `inspect` reads one through, `restore` puts one into an empty
installation. Both raise `BackupRefused` with a sentence for people, and leave nothing half-written.

From the bottom: `refusals`, `keys`, `lines` (rows as text, the same on both databases), `sealed` (chunks that are
compressed, encrypted and authenticated), `archive` (what stands in the file), one store for each database, `making`
and `restoring`.
"""

from peixun.kernel.backups.archive import Manifest, inspect
from peixun.kernel.backups.keys import backup_key
from peixun.kernel.backups.making import make
from peixun.kernel.backups.refusals import BackupRefused
from peixun.kernel.backups.restoring import restore

__all__ = ["BackupRefused", "Manifest", "backup_key", "inspect", "make", "restore"]
