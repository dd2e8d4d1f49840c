"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peixun.kernel import clock, periodic


class NoticesConfig(AppConfig):
    name = "peixun.notices"

    def ready(self) -> None:
        """Register the weekly reminder's words and the room's work in the background."""
        from peixun.notices import kinds  # noqa: PLC0415 - waits until the apps are loaded
        from peixun.notices.operations.erasing import erase_messages  # noqa: PLC0415
        from peixun.people import hooks  # noqa: PLC0415
        from peixun.people.queries.scope import Permission  # noqa: PLC0415

        hooks.erased.register(erase_messages)

        kinds.register(
            kinds.Kind(
                key="weekly_tasks",
                permission=Permission.MANAGE_PEOPLE,
                label=_("每周待办提醒"),
                title=_("本周有 %(count)s 项待办"),
                text=_("最早的一项从 %(since)s 等到现在。打开待办可以逐项办理。"),
                dates=("since",),
            )
        )
        periodic.register("deliveries", every=15, run=_deliver)
        periodic.register("weekly reminders", every=60, run=_remind)
        periodic.register("old messages", every=6 * 3600, run=_forget)


def _deliver() -> int:
    from peixun.notices.operations import deliver  # noqa: PLC0415 - models load after the apps

    return deliver(at=datetime.now(UTC))


def _remind() -> int:
    from peixun.notices.operations import remind  # noqa: PLC0415 - models load after the apps

    return remind(day=clock.today(), at=datetime.now(UTC))


def _forget() -> int:
    from peixun.notices.operations import forget_read  # noqa: PLC0415 - models load after the apps

    return forget_read(at=datetime.now(UTC))
