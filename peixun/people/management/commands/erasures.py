"""`peixun erasures`: who was erased since a day, to be kept outside the database for the day a backup is restored."""

from datetime import date, datetime, time
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.queries.erasure import erased_since
from peixun.people.queries.scope import Actor, system_actor


class Command(PeixunCommand):
    help = "列出已注销的人员编号（不含姓名），与备份一起另行保存；恢复较早的备份后，照此重新申请注销"
    example = """
peixun erasures
peixun erasures --since 2018-06-01 --format json
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """From which day on."""
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help=_("只列这一天起复核的；不填时列全部")
        )

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """List them, the oldest first."""
        since: date | None = options["since"]
        rows = erased_since(datetime.combine(since, time.min, clock.ZONE) if since else None)
        if options["format"] == "json":
            self.print_json([{"person": r.person_id, "reason": r.reason, "confirmed_at": r.decided_at} for r in rows])
            return DONE
        for row in rows:
            moment = row.decided_at.astimezone(clock.ZONE) if row.decided_at else None
            shown = {"person": row.person_id, "time": f"{moment:%Y-%m-%d %H:%M}", "reason": row.get_reason_display()}
            self.stdout.write(_("人员 %(person)s，%(time)s 复核注销：%(reason)s") % shown)
        if not rows:
            self.stdout.write(_("没有注销过人员"))
        return DONE

    def _actor(self, login: str | None) -> Actor:
        if login:
            raise Refused(_("注销名单涉及整个系统，只能以系统身份列出，不能使用 --as"))
        return system_actor()
