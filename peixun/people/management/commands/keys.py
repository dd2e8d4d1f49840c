"""`peixun keys`: under which keys personal numbers are held, and changing them."""

import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.kernel import periodic
from peixun.people.commands import DONE, FINDINGS, PeixunCommand, Refused
from peixun.people.operations.keys import KeysRefused, rotate_data_keys, rotate_lookups
from peixun.people.queries.keys import KeysState, keys_state
from peixun.people.queries.scope import Actor, system_actor

ALIVE_SECONDS = 6 * periodic.HEARTBEAT_SECONDS


class Command(PeixunCommand):
    help = "查看密钥的使用情况，更换密钥"
    example = """
peixun keys status
peixun keys rotate
peixun keys rotate-lookups
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument(
            "what",
            choices=["status", "rotate", "rotate-lookups"],
            help=_(
                "status 查看；rotate 用最新的数据密钥重新加密，可以边用边做；rotate-lookups 换查号密钥，须先停止系统"
            ),
        )

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Look, or change. Exit status 1 when something doesn't open, isn't found, or is left under an old key."""
        try:
            if options["what"] == "rotate":
                self._rotate(actor)
            elif options["what"] == "rotate-lookups":
                self._rotate_lookups(actor)
        except KeysRefused as refusal:
            raise Refused(str(refusal)) from refusal
        state = keys_state()
        if options["format"] == "json":
            self.print_json(_as_json(state))
        else:
            self._say(state)
        return FINDINGS if state.unreadable or state.unfindable or state.to_rotate else DONE

    def _rotate(self, actor: Actor) -> None:
        done = rotate_data_keys(by=actor, at=datetime.now(UTC), progress=self._progress)
        words = {"identities": done.identities, "factors": done.factors}
        self.stderr.write(_("已重新加密 %(identities)s 人、%(factors)s 个第二步验证") % words)

    def _rotate_lookups(self, actor: Actor) -> None:
        beat = periodic.heartbeat_file()
        if beat.exists() and time.time() - beat.stat().st_mtime < ALIVE_SECONDS:
            raise Refused(_("系统正在运行。请先停止系统，再更换查号密钥；不停止就更换，同一个人可能被登记两次"))
        count = rotate_lookups(by=actor, at=datetime.now(UTC), progress=self._progress)
        self.stderr.write(_("已重新计算 %(count)s 人的查号信息") % {"count": count})

    def _progress(self, count: int) -> None:
        self.stderr.write(_("已完成 %(count)s 人") % {"count": count})

    def _say(self, state: KeysState) -> None:
        for held in state.held:
            kind = _("最新") if held.newest else _("旧") if held.configured else _("没有配置")
            shown = {"key": held.key_number, "kind": kind, "identities": held.identities, "factors": held.factors}
            self.stdout.write(_("密钥 %(key)s（%(kind)s）：%(identities)s 人，%(factors)s 个第二步验证") % shown)
        for number in state.droppable:
            self.stdout.write(_("密钥 %(key)s 已没有数据使用；不再需要恢复旧备份时可以去掉") % {"key": number})
        if state.unreadable:
            self.stdout.write(
                _("有 %(count)s 项用现有密钥打不开，请把原来的密钥加回 PEIXUN_DATA_KEYS") % {"count": state.unreadable}
            )
        if state.unfindable:
            self.stdout.write(
                _("有 %(count)s 人按号码查不到，请停止系统后运行 peixun keys rotate-lookups")
                % {"count": state.unfindable}
            )
        if not (state.unreadable or state.unfindable):
            self.stdout.write(_("全部号码都能打开，也都能按号码查到"))

    def _actor(self, login: str | None) -> Actor:
        if login:
            raise Refused(_("密钥涉及整个系统，只能以系统身份更换，不能使用 --as"))
        return system_actor()


def _as_json(state: KeysState) -> dict[str, Any]:
    keys = [
        {
            "key": h.key_number,
            "newest": h.newest,
            "configured": h.configured,
            "identities": h.identities,
            "factors": h.factors,
        }
        for h in state.held
    ]
    return {
        "keys": keys,
        "droppable": state.droppable,
        "unreadable": state.unreadable,
        "unfindable": state.unfindable,
        "to_rotate": state.to_rotate,
    }
