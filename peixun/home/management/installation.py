"""What `peixun backup` and `peixun restore` share: the whole installation, as the system, all or nothing."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from peixun.kernel import backups
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.queries.scope import Actor, system_actor


class InstallationCommand(PeixunCommand):
    """A command that does all of it, or is refused in one line that says why nothing was done."""

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Do all of it or nothing. Raises Refused."""
        try:
            with _tidied_when_stopped():
                self.work(options["file"], actor=actor, options=options)
        except backups.BackupRefused as refusal:
            raise Refused(str(refusal)) from refusal
        except OSError as error:
            words = {"file": error.filename or options["file"], "reason": error.strerror or error}
            raise Refused(_("无法读写 %(file)s：%(reason)s") % words) from error
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise Refused(_("数据库出错，没有完成：%(reason)s") % {"reason": reason}) from error
        except KeyboardInterrupt as stop:
            raise Refused(_("已中止，没有留下任何内容")) from stop
        return DONE

    def work(self, file: Path, *, actor: Actor, options: dict[str, Any]) -> None:
        """Do it. Raises BackupRefused."""
        raise NotImplementedError

    def _actor(self, login: str | None) -> Actor:
        if login:
            raise Refused(_("备份和恢复涉及整个系统，只能以系统身份执行，不能使用 --as"))
        return system_actor()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _tidied_when_stopped() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does, so that its own clearing up runs."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
