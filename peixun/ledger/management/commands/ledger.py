"""`peixun ledger`: entries out, the chain checked, rows sealed."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.ledger.exports import entries_of_year, write_entries_csv, write_parquet
from peixun.ledger.operations import seal, verify
from peixun.ledger.operations.sealing import Verification
from peixun.ledger.words import fault_words
from peixun.people.commands import DONE, FINDINGS, PeixunCommand, Refused
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission

SHOWN = 50


class Command(PeixunCommand):
    help = "学时台账：导出一年的记录、核对校验码、立即封存"
    example = """
peixun ledger export --year 2017 --out 台账.parquet
peixun ledger verify --format json
peixun ledger seal
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and for an export the year and the file."""
        parser.add_argument("what", choices=["export", "verify", "seal"], help="export 导出，verify 核对，seal 封存")
        parser.add_argument("--year", type=int, help="导出哪一年")
        parser.add_argument("--out", type=Path, metavar="FILE", help="写到这个文件（.parquet 或 .csv）")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Do what is asked."""
        steps = {"export": self._export, "verify": self._verify, "seal": self._seal}
        return steps[options["what"]](actor, options)

    def _export(self, actor: Actor, options: dict[str, Any]) -> int:
        year, out = options["year"], options["out"]
        if year is None or out is None:
            raise Refused(_("导出需要 --year 和 --out"))
        writers = {".parquet": write_parquet, ".csv": write_entries_csv}
        writer = writers.get(out.suffix.lower())
        if writer is None:
            raise Refused(_("%(file)s：台账只能写成 .parquet 或 .csv") % {"file": out})
        paths = actor.paths(Permission.EXPORT)
        if not paths:
            raise Refused(_("这个账号没有导出的权限"))
        try:
            count = writer(entries_of_year(year, paths), out)
        except OSError as error:
            raise Refused(_("无法写入 %(file)s：%(reason)s") % {"file": out, "reason": error.strerror}) from error
        audit.record(by=actor, at=timezone.now(), action="export", subject="ledger", subject_id=year, rows=count)
        if options["format"] == "json":
            self.print_json({"year": year, "entries": count, "file": str(out)})
        else:
            self.stdout.write(_("%(count)s 条，已写到 %(file)s") % {"count": count, "file": out})
        return DONE

    def _verify(self, actor: Actor, options: dict[str, Any]) -> int:
        _require_audit(actor)
        found = verify()
        if options["format"] == "json":
            self.print_json(
                {
                    "intact": found.intact,
                    "sealed": found.sealed,
                    "unsealed": found.unsealed,
                    "head": found.head,
                    "faults": found.faults,
                }
            )
        else:
            self._say(found)
        return DONE if found.intact else FINDINGS

    def _say(self, found: Verification) -> None:
        sums = {"sealed": found.sealed, "unsealed": found.unsealed}
        self.stdout.write(_("已封存 %(sealed)s 条，待封存 %(unsealed)s 条") % sums)
        if found.head:
            self.stdout.write(_("最新校验码 %(head)s") % {"head": found.head})
        for fault in found.faults[:SHOWN]:
            self.stdout.write(fault_words(fault))
        if len(found.faults) > SHOWN:
            self.stdout.write(_("……共 %(count)s 处，--format json 列出全部") % {"count": len(found.faults)})
        if found.intact:
            self.stdout.write(_("台账完好：没有记录被改动、删除或插入"))

    def _seal(self, actor: Actor, options: dict[str, Any]) -> int:
        _require_audit(actor)
        count = seal(at=timezone.now())
        if options["format"] == "json":
            self.print_json({"sealed": count})
        else:
            self.stdout.write(_("封存了 %(count)s 条") % {"count": count})
        return DONE


def _require_audit(actor: Actor) -> None:
    if not actor.may_anywhere(Permission.SEE_AUDIT):
        raise Refused(_("这个账号没有查看审计的权限"))
