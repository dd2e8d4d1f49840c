"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peixun.kernel import periodic

HOUR = 3600
RESUME_SECONDS = 20


class ExchangeConfig(AppConfig):
    name = "peixun.exchange"

    def ready(self) -> None:
        """Have old files deleted, and imports resumed whose process ended; say what waits in the room."""
        from peixun.exchange import queries  # noqa: PLC0415 - waits until the models are loaded
        from peixun.notices import kinds, waiting  # noqa: PLC0415
        from peixun.people.queries.scope import Permission  # noqa: PLC0415

        waiting.register("imports", queries.waiting_imports, permission=Permission.IMPORT)
        kinds.register(
            kinds.Kind(
                key="import_done",
                permission=Permission.IMPORT,
                label=_("导入已完成"),
                title=_("“%(file)s”已导入"),
                text=_("新增 %(new)s 行，更新 %(changed)s 行。打开可以看结果。"),
            ),
            kinds.Kind(
                key="import_failed",
                permission=Permission.IMPORT,
                label=_("导入没有成功"),
                title=_("“%(file)s”没有导入"),
                text=_("原因：%(reason)s。打开可以看详情。"),
            ),
        )
        periodic.register("old imports", every=HOUR, run=_expire)
        periodic.register("imports broken off", every=RESUME_SECONDS, run=_resume)


def _expire() -> int:
    from peixun.exchange.operations import expire  # noqa: PLC0415 - models load after the apps

    return expire(at=datetime.now(UTC))


def _resume() -> int:
    from peixun.exchange.tasks import resume_jobs  # noqa: PLC0415 - models load after the apps

    return resume_jobs()
