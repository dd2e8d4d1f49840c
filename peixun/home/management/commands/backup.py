"""`peixun backup`: the whole installation in one encrypted file, while the system runs."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.home.management.installation import InstallationCommand
from peixun.kernel import backups
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor


class Command(InstallationCommand):
    help = "备份：把数据库和上传的文件写成一个加密文件，系统不必停"
    example = "peixun backup /backup/2018-06-30.peixun"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path, metavar="FILE", help=_("写到这个文件，不能已存在"))

    def work(self, file: Path, *, actor: Actor, options: dict[str, Any]) -> None:
        """Write the backup, read it back, leave an audit row."""
        begun = time.monotonic()
        made = backups.make(file, key=backups.backup_key(), at=timezone.now())
        sums = {"tables": len(made.tables), "rows": made.rows, "files": len(made.files)}
        audit.record(by=actor, at=timezone.now(), action="backup", subject="installation", **sums)
        size, seconds = file.stat().st_size, round(time.monotonic() - begun, 1)
        if options["format"] == "json":
            self.print_json({"file": str(file), "bytes": size, **sums, "seconds": seconds})
            return
        self.stdout.write(
            _("已备份 %(tables)s 个表、%(rows)s 行、%(files)s 个文件，写到 %(file)s（%(size)s MB），已读回核对")
            % {**sums, "file": file, "size": f"{size / 1024**2:.1f}"}
        )
