"""`peixun account`: accounts for offices, auditors and administrators, and their one-time codes."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.models import Account, Organisation, Role
from peixun.people.operations.codes import VALID_DAYS, AccountCode, BeyondReach, issue_account_code
from peixun.people.operations.granting import GrantRefused, NewGrant
from peixun.people.operations.office_accounts import AccountRefused, NewAccount, open_account
from peixun.people.queries.scope import Actor, OutOfScope, Permission


def code_line(code: AccountCode) -> str:
    """A code as it is printed on a terminal: whose it is, and until when it is good."""
    until = f"{code.expires_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
    words = {"login": code.login, "name": code.name, "code": code.spoken, "until": until}
    return _("账号 %(login)s（%(name)s），登录码 %(code)s，%(until)s 前有效") % words


def code_json(code: AccountCode) -> dict[str, Any]:
    """A code as a document."""
    return {"login": code.login, "name": code.name, "code": code.code, "expires_at": code.expires_at.isoformat()}


def how_to_sign_in() -> str:
    """What to do with a code."""
    return _("登录码只显示这一次，%(days)s 天内有效。在登录页选“用登录码首次登录 / 忘记密码”，设自己的密码。") % {
        "days": VALID_DAYS
    }


class Command(PeixunCommand):
    help = "开通干训科、领导、审计员、系统管理员等工作账号，或者给工作账号重发登录码"
    example = """
peixun account open huining --name 会宁县委组织部干训科 --role office --org 6204.22
peixun account open shenji --name 审计员 --role auditor --org 6204
peixun account code huining
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which account."""
        parser.add_argument("what", choices=["open", "code"], help="open 开通账号，code 重发登录码")
        parser.add_argument("account", metavar="LOGIN", help="账号，登录时输入")
        parser.add_argument("--name", default="", help="显示名称，不填时与账号相同")
        parser.add_argument("--role", choices=Role.values, default=Role.OFFICE, help="角色，默认 office（干训科）")
        parser.add_argument("--org", metavar="CODE", default="", help="党组织代码，角色在它和它下面有效")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Open an account or renew its code, and print the code."""
        now = datetime.now(UTC)
        try:
            with transaction.atomic():
                account = self._opened(actor, options, now) if options["what"] == "open" else self._known(options)
                code = issue_account_code(account, by=actor, at=now, day=clock.today())
        except (AccountRefused, GrantRefused) as refusal:
            raise Refused(str(refusal)) from refusal
        except BeyondReach as beyond:
            reason = _("不能给“%(login)s”发登录码：它已停用，或不在管理范围内，或是党员本人的账号")
            raise Refused(reason % {"login": options["account"]}) from beyond
        if options["format"] == "json":
            self.print_json(code_json(code))
            return DONE
        self.stdout.write(code_line(code))
        self.stderr.write(how_to_sign_in())
        return DONE

    def _known(self, options: dict[str, Any]) -> Account:
        account = Account.objects.filter(login=options["account"]).first()
        if account is None:
            raise Refused(_("没有账号“%(login)s”，或者它已停用") % {"login": options["account"]})
        return account

    def _opened(self, actor: Actor, options: dict[str, Any], now: datetime) -> Account:
        place = actor.organisations(Permission.GIVE_ROLES).filter(code=options["org"]).first()
        if place is None:
            raise Refused(_unknown_place(options["org"]))
        grant = NewGrant(options["role"], place, clock.today())
        new = NewAccount(options["account"], options["name"].strip() or options["account"], grant)
        try:
            return open_account(new, by=actor, at=now, day=clock.today())
        except OutOfScope as error:
            raise Refused(_unknown_place(options["org"])) from error


def _unknown_place(code: str) -> str:
    if not Organisation.objects.exists():
        return _("系统里还没有党组织，请先运行 peixun setup")
    return _("没有代码为“%(code)s”的党组织，或者不在管理范围内：请用 --org 写明") % {"code": code}
