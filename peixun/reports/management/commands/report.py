"""`peixun report work` drafts the work report; `peixun report table` writes the statistical table."""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.kernel.papers.docx_writer import write_docx
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.operations import FIRST_YEAR, TableRequest, WorkReport, draft_work_report, write_table


class Command(PeixunCommand):
    help = "起草工作报告（.docx）；导出统计表（.xlsx）"
    example = """peixun report work --org 6204 --year 2017 --out 报告.docx --figures 数据.json
peixun report table --org 6204 --year 2017 --out 统计表.xlsx --levels 2"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to write, for whom, up to when, and where to."""
        parser.add_argument("paper", choices=["work", "table"], help="work：工作报告；table：统计表")
        parser.add_argument("--org", required=True, metavar="CODE", help="党组织代码")
        parser.add_argument("--year", required=True, type=int, help="年度")
        parser.add_argument("--as-of", metavar="DATE", help="截止日期，如 2018-06-30；不填时为年末或今天")
        parser.add_argument("--out", metavar="FILE", help="写到这个文件")
        parser.add_argument("--figures", metavar="FILE.json", help="把报告中的数据写到这个文件")
        parser.add_argument("--levels", type=int, default=2, help="统计表向下列几级（默认 2）")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Write what was asked for."""
        organisation = _organisation(actor, options["org"])
        as_of = _as_of(options["as_of"], options["year"])
        try:
            if options["paper"] == "work":
                self._work(organisation, as_of, actor, options)
            else:
                self._table(organisation, as_of, actor, options)
        except OSError as error:
            raise Refused(
                _("无法写入 %(file)s：%(reason)s") % {"file": error.filename, "reason": error.strerror}
            ) from error
        return DONE

    def _work(self, organisation: Organisation, as_of: date, actor: Actor, options: dict[str, Any]) -> None:
        out, figures, as_json = options["out"], options["figures"], options["format"] == "json"
        if out is None and figures is None and not as_json:
            raise Refused(_("请用 --out 指明报告写到哪个 .docx 文件"))
        report = draft_work_report(
            organisation, year=as_of.year, as_of=as_of, signed_on=clock.today(), by=actor, at=timezone.now()
        )
        if out is not None:
            write_docx(report.paper, out)
        if figures is not None:
            Path(figures).write_bytes(orjson.dumps(report.figures_json(), option=orjson.OPT_INDENT_2))
        if as_json:
            self.print_json(report.as_json())
            return
        self._say(report, out, figures)

    def _say(self, report: WorkReport, out: str | None, figures: str | None) -> None:
        line = self.stdout.write
        line(report.paper.flat_title)
        length = report.length
        verdict = _("未超过") if length.within else _("超过")
        line(
            _("正文 %(count)d 字，%(verdict)s %(limit)d 字的限制")
            % {"count": length.count, "verdict": verdict, "limit": length.limit}
        )
        for item in report.left_out:
            line(_("未反映：%(label)s（%(key)s）：%(reason)s") % vars(item))
        if report.lagging:
            line(_("提示：部分达标数据正在更新，可能略有滞后"))
        for words, file in ((_("工作报告"), out), (_("数据"), figures)):
            if file:
                line(_("%(what)s已写到 %(file)s") % {"what": words, "file": file})

    def _table(self, organisation: Organisation, as_of: date, actor: Actor, options: dict[str, Any]) -> None:
        if options["out"] is None:
            raise Refused(_("请用 --out 指明统计表写到哪个 .xlsx 文件"))
        wanted = TableRequest(organisation, as_of.year, as_of, options["levels"])
        write_table(options["out"], wanted=wanted, by=actor, at=timezone.now())
        if options["format"] == "json":
            self.print_json({"file": options["out"], "as_of": as_of.isoformat()})
        else:
            self.stdout.write(_("统计表已写到 %(file)s") % {"file": options["out"]})


def _organisation(actor: Actor, code: str) -> Organisation:
    organisation = actor.organisations(Permission.REPORT).filter(code=code).first()
    if organisation is None:
        raise Refused(_("没有代码为“%(code)s”的党组织，或者不在权限范围内") % {"code": code})
    return organisation


def _as_of(text: str | None, year: int) -> date:
    if not FIRST_YEAR <= year <= clock.today().year:
        raise Refused(_("没有 %(year)d 年的记录可报") % {"year": year})
    if text is None:
        return clock.as_of_default(year)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("日期应写成 2018-06-30 的样子：%(text)s") % {"text": text}) from error
    if day.year != year:
        raise Refused(_("截止日期 %(text)s 不在 %(year)d 年内") % {"text": text, "year": year})
    return day
