"""`peixun token`: bearer tokens for the HTTP API."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.models import Account, Token, TokenScope
from peixun.people.operations.tokens import LONGEST_DAYS, issue_token, revoke_token
from peixun.people.queries.scope import Actor, OutOfScope


class Command(PeixunCommand):
    help = "签发、列出、吊销 HTTP 接口的访问令牌"
    example = """
peixun token issue --as city --days 30
peixun token issue --as city --days 30 --write --label 学习平台
peixun token list --as city
peixun token revoke 7
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, with which token."""
        parser.add_argument("what", choices=["issue", "list", "revoke"], help="issue 签发，list 列出，revoke 吊销")
        parser.add_argument("token", nargs="?", type=int, metavar="NUMBER", help="要吊销的令牌的编号")
        parser.add_argument("--days", type=int, default=30, help=f"有效天数，1 到 {LONGEST_DAYS}，默认 30")
        parser.add_argument("--write", action="store_true", help="除读取外还可以写入")
        parser.add_argument("--label", default="", help="用途，写给人看")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Issue, list or revoke."""
        return {"issue": self._issue, "list": self._list, "revoke": self._revoke}[options["what"]](actor, options)

    def _issue(self, actor: Actor, options: dict[str, Any]) -> int:
        if actor.account_id is None:
            raise Refused(_("请用 --as 说明令牌代表哪个账号"))
        if not 1 <= options["days"] <= LONGEST_DAYS:
            raise Refused(_("有效天数是 1 到 %(most)s") % {"most": LONGEST_DAYS})
        issued = issue_token(
            Account.objects.get(pk=actor.account_id),
            days=options["days"],
            by=actor,
            at=datetime.now(UTC),
            scopes=list(TokenScope) if options["write"] else [TokenScope.READ],
            label=options["label"].strip()[:60],
        )
        if options["format"] == "json":
            self.print_json({**_as_json(issued.token), "token": issued.text})
        else:
            self.stdout.write(issued.text)
            self.stderr.write(_("令牌只显示这一次，请妥善保存。编号 %(id)s") % {"id": issued.token.pk})
        return DONE

    def _list(self, actor: Actor, options: dict[str, Any]) -> int:
        tokens = Token.objects.select_related("account").order_by("pk")
        if not actor.is_system:
            tokens = tokens.filter(account=actor.account_id)
        if options["format"] == "json":
            self.print_json([_as_json(token) for token in tokens])
            return DONE
        for token in tokens:
            state = _("已吊销") if token.revoked_at else _("%(day)s 失效") % {"day": f"{token.expires_at:%Y-%m-%d}"}
            used = token.last_used_on.isoformat() if token.last_used_on else _("没有用过")
            parts = (str(token.pk), token.account.login, token.scopes, state, used, token.label)
            self.stdout.write("\t".join(parts))
        return DONE

    def _revoke(self, actor: Actor, options: dict[str, Any]) -> int:
        token = Token.objects.select_related("account").filter(pk=options["token"] or 0).first()
        unknown = Refused(_("没有编号为 %(id)s 的令牌") % {"id": options["token"] or ""})
        if token is None:
            raise unknown
        try:
            revoked = revoke_token(token, by=actor, at=datetime.now(UTC))
        except OutOfScope:
            raise unknown from None
        if options["format"] == "json":
            self.print_json({"id": token.pk, "revoked": revoked})
        else:
            self.stdout.write(_("已吊销") if revoked else _("早已吊销"))
        return DONE


def _as_json(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk,
        "account": token.account.login,
        "label": token.label,
        "scopes": token.scopes.split(),
        "expires_at": token.expires_at.isoformat(),
        "revoked": token.revoked_at is not None,
        "last_used_on": token.last_used_on.isoformat() if token.last_used_on else None,
    }
