"""`peixun import`: organisations, members, posts and credits from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from peixun.exchange.operations import write
from peixun.kernel import clock, imports
from peixun.kernel.imports import ImportOvertaken, ImportPlan
from peixun.kernel.tables.reader import TableRefused
from peixun.people.commands import DONE, FINDINGS, PeixunCommand, Refused
from peixun.people.queries.scope import Actor, Permission

SHOWN = 20
REASON_LENGTH = 100


class Command(PeixunCommand):
    help = gettext_noop("导入党组织、党员、任职或学时记录（xlsx、xls、ods、csv）")
    example = """
peixun import organisations 党组织.xlsx --dry-run
peixun import members 党员名册.xlsx --errors 需要修改的行.xlsx
peixun import credits 学时.csv --skip-bad --format json
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to import, from which file, and how."""
        keys = [importer.key for importer in imports.importers()]
        parser.add_argument("what", choices=keys, help=_("导入内容：") + "、".join(keys))
        parser.add_argument("file", type=Path, help=_("xlsx、xls、ods 或 csv 文件"))
        parser.add_argument("--dry-run", action="store_true", help=_("只说明会改变什么，不写入"))
        parser.add_argument(
            "--errors", type=Path, metavar="OUT.xlsx", help=_("把有问题的行写成工作簿，改好后可再次导入")
        )
        parser.add_argument("--skip-bad", action="store_true", help=_("有问题的行除外，其余照样导入"))

        parser.add_argument("--late-reason", default="", metavar="TEXT", help=_("年度已经关账时，补记的原因"))

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Plan, then write unless asked not to or rows are bad."""
        if not actor.may_anywhere(Permission.IMPORT):
            raise Refused(_("这个账号没有导入的权限"))
        chosen = imports.importer(options["what"])
        try:
            plan = imports.plan_file(chosen, options["file"], actor=actor, today=clock.today())
            plan.reason = options["late_reason"].strip()[:REASON_LENGTH]
            _refuse_unexplained(plan, options)
            written = not options["dry_run"] and plan.may_be_written(skip_bad=options["skip_bad"])
            if written:
                write(chosen, plan, by=actor, at=timezone.now(), file_name=options["file"].name)
        except TableRefused as refusal:
            raise Refused(refusal.reason) from refusal
        except ImportOvertaken as overtaken:
            raise Refused(str(overtaken)) from overtaken
        self._write_errors(plan, options["errors"])
        if options["format"] == "json":
            self.print_json(plan.as_json(written=written))
        else:
            self._print(plan, written=written, errors=options["errors"])
        return FINDINGS if plan.bad else DONE

    def _write_errors(self, plan: ImportPlan, target: Path | None) -> None:
        if target is None or not plan.bad:
            return
        try:
            plan.write_errors(target)
        except OSError as error:
            raise Refused(_("无法写入 %(file)s：%(reason)s") % {"file": target, "reason": error.strerror}) from error

    def _print(self, plan: ImportPlan, *, written: bool, errors: Path | None) -> None:
        line = self.stdout.write
        line(
            _("共 %(rows)s 行：新增 %(new)s，变更 %(changed)s，不变 %(unchanged)s，有问题 %(bad)s")
            % {
                "rows": plan.rows,
                "new": plan.new,
                "changed": plan.changed,
                "unchanged": plan.unchanged,
                "bad": plan.bad,
            }
        )
        if plan.unknown_headings:
            line(_("没有读取的列：%(columns)s") % {"columns": "、".join(plan.unknown_headings)})
        for index, problem in enumerate(plan.problems()):
            if index == SHOWN:
                line(_("……其余的问题见 --errors 写出的工作簿"))
                break
            where = _("第 %(row)s 行") % {"row": problem.row}
            line(" ".join(part for part in (where, problem.column, problem.value, problem.reason) if part))
        if plan.asks:
            line(plan.asks)
        if plan.missing:
            line(_("有 %(count)s 人在册而不在文件中，没有改动，请逐一核实") % {"count": len(plan.missing)})
        if errors is not None and plan.bad:
            line(_("有问题的行已写入 %(file)s") % {"file": errors})
        line(_("已写入") if written else _("没有写入"))


def _refuse_unexplained(plan: ImportPlan, options: dict[str, Any]) -> None:
    """What needs a reason isn't written without one; a dry run says so and goes on."""
    if plan.asks and not plan.reason and not options["dry_run"]:
        raise Refused(_("%(why)s：加上 --late-reason 再导入") % {"why": plan.asks})
