"""`peixun restore`: a backup into an empty installation, all of it or nothing."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.home.management.installation import InstallationCommand
from peixun.kernel import backups
from peixun.ledger.operations import verify
from peixun.ledger.words import fault_words
from peixun.people.models import Identity
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import NumberUnreadable, open_box


class Command(InstallationCommand):
    help = "恢复：把备份文件放进空的系统，逐表核对后才生效"
    example = "peixun restore /backup/2018-06-30.peixun"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether a ledger that was damaged when it was backed up is wanted all the same."""
        parser.add_argument("file", type=Path, metavar="FILE", help=_("peixun backup 写出的文件"))
        parser.add_argument(
            "--accept-ledger-faults", action="store_true", help=_("备份时台账就有问题，仍然恢复，问题数写进审计")
        )

    def work(self, file: Path, *, actor: Actor, options: dict[str, Any]) -> None:
        """Restore, check, leave an audit row in the new database."""
        begun = time.monotonic()

        def finish(manifest: backups.Manifest) -> None:
            faults = _ledger_faults(accepted=options["accept_ledger_faults"])
            head = manifest.head
            detail: dict[str, Any] = {
                "made_at": head.made_at,
                "version": head.version,
                "rows": manifest.rows,
                "ledger_faults": faults,
            }
            audit.record(by=actor, at=timezone.now(), action="restore", subject="installation", faults=faults, **detail)

        restored = backups.restore(file, key=backups.backup_key(), finish=finish)
        self._warn_of_other_data_keys()
        sums = {"tables": len(restored.tables), "rows": restored.rows, "files": len(restored.files)}
        made_at, seconds = restored.head.made_at, round(time.monotonic() - begun, 1)
        if options["format"] == "json":
            self.print_json({"made_at": made_at, **sums, "seconds": seconds})
            return
        self.stdout.write(
            _("已恢复 %(tables)s 个表、%(rows)s 行、%(files)s 个文件，逐表核对一致；备份制作于 %(made_at)s")
            % {**sums, "made_at": made_at}
        )

    def _warn_of_other_data_keys(self) -> None:
        for number in Identity.objects.order_by().values_list("key_number", flat=True).distinct():
            try:
                open_box(b"", number)
            except NumberUnreadable:
                self.stderr.write(_("注意：PEIXUN_DATA_KEYS 里没有这份备份所用的密钥，个人号码将无法读出"))
                return


def _ledger_faults(*, accepted: bool) -> int:
    """How many faults the ledger has. Raises BackupRefused for any that weren't accepted."""
    faults = verify().faults
    if faults and not accepted:
        words = {"count": len(faults), "first": fault_words(faults[0])}
        raise backups.BackupRefused(
            _("备份里的学时台账有 %(count)s 处问题（%(first)s），没有恢复；确要恢复请加 --accept-ledger-faults") % words
        )
    return len(faults)
