"""`peixun setup`: an empty installation gets its highest organisation, the rules and its first accounts."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandParser
from django.db import IntegrityError
from django.utils.translation import gettext as _

from peixun.home.operations.setting_up import AlreadySetUp, Beginners, set_up
from peixun.kernel import clock
from peixun.kernel.cells import CellError, clean_text
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.importing.organisations.rows import EARLIEST
from peixun.people.importing.words import level_told_by, parse_kind
from peixun.people.management.commands.account import code_json, code_line, how_to_sign_in
from peixun.people.models import MEMBER_KINDS, Level
from peixun.people.operations.granting import GrantRefused
from peixun.people.operations.office_accounts import AccountRefused
from peixun.people.operations.organisations import NewOrganisation, TreeError
from peixun.people.queries.scope import Actor, system_actor

LEVELS = [level for level in Level.values if level != Level.GRASSROOTS]


class Command(PeixunCommand):
    help = "在空系统里建立最高党组织、执行随附的规则、开通第一个系统管理员和干训科账号"
    example = """
peixun setup --name 中共白银市委员会 --short-name 白银市委 --code 6204
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """The highest organisation and who begins."""
        parser.add_argument("--name", required=True, help="最高党组织的全称")
        parser.add_argument("--code", required=True, help="党组织代码，与以后导入的文件一致")
        parser.add_argument("--short-name", default="", help="简称，页面上显示")
        parser.add_argument("--level", choices=LEVELS, help="层级，不填时按名称判断")
        parser.add_argument(
            "--founded", type=date.fromisoformat, default=EARLIEST, metavar="YYYY-MM-DD", help="成立日期"
        )
        parser.add_argument("--admin", default="admin", metavar="LOGIN", help="系统管理员的账号，默认 admin")
        parser.add_argument("--office", default="office", metavar="LOGIN", help="干训科的账号，默认 office")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Do all of it or nothing, and print the codes."""
        try:
            place, codes = set_up(
                _root(options),
                Beginners(options["admin"], options["office"]),
                by=actor,
                at=datetime.now(UTC),
                day=clock.today(),
            )
        except (AlreadySetUp, AccountRefused, GrantRefused, TreeError) as refusal:
            raise Refused(str(refusal)) from refusal
        except IntegrityError as error:
            raise Refused(_("另一个设置刚刚完成，这一次什么都没有改动")) from error
        if options["format"] == "json":
            self.print_json({"code": place.code, "name": place.name, "accounts": [code_json(c) for c in codes]})
            return DONE
        self.stdout.write(
            _("已建立“%(name)s”（%(code)s），随附的规则已执行") % {"name": place.name, "code": place.code}
        )
        for code in codes:
            self.stdout.write(code_line(code))
        self.stderr.write(how_to_sign_in())
        return DONE

    def _actor(self, login: str | None) -> Actor:
        if login:
            raise Refused(_("空系统里还没有账号，只能以系统身份设置，不能使用 --as"))
        return system_actor()


def _root(options: dict[str, Any]) -> NewOrganisation:
    name, code = clean_text(options["name"]), clean_text(options["code"])
    if not name or not code:
        raise Refused(_("请写明最高党组织的全称和代码"))
    if options["founded"] > clock.today():
        raise Refused(_("成立日期在将来"))
    try:
        kind = parse_kind(name)
    except CellError as error:
        raise Refused(_("从名称“%(name)s”看不出是党委还是党工委，请写全称") % {"name": name}) from error
    if kind in MEMBER_KINDS:
        raise Refused(_("最高党组织不能是党支部，党支部下不能再设党组织"))
    level = options["level"] or level_told_by(name, kind, level_above="")
    return NewOrganisation(
        code, name, kind, level, "", options["founded"], short_name=clean_text(options["short_name"])
    )
