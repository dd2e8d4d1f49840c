"""`peixun report work` drafts the work report; `peixun report table` writes the statistical table."""

from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.queries.figures import work_figures


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
        figures = work_figures(organisation, year=options["year"], as_of=as_of)
        self.print_json([f.as_json() for f in figures])
        return DONE


def _organisation(actor: Actor, code: str) -> Organisation:
    organisation = actor.organisations(Permission.REPORT).filter(code=code).first()
    if organisation is None:
        raise Refused(_("没有代码为“%(code)s”的党组织，或者不在权限范围内") % {"code": code})
    return organisation


def _as_of(text: str | None, year: int) -> date:
    if text is None:
        return clock.as_of_default(year)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("日期应写成 2018-06-30 的样子：%(text)s") % {"text": text}) from error
    if day.year != year:
        raise Refused(_("截止日期 %(text)s 不在 %(year)d 年内") % {"text": text, "year": year})
    return day
