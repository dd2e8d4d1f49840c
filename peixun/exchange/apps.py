"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import periodic

HOUR = 3600
RESUME_SECONDS = 20


class ExchangeConfig(AppConfig):
    name = "peixun.exchange"

    def ready(self) -> None:
        """Have old files deleted, and imports resumed whose process ended; say what waits in the room."""
        from peixun.exchange import queries  # noqa: PLC0415 - waits until the models are loaded
        from peixun.notices import waiting  # noqa: PLC0415

        waiting.register("imports", queries.waiting_imports)
        periodic.register("old imports", every=HOUR, run=_expire)
        periodic.register("imports broken off", every=RESUME_SECONDS, run=_resume)


def _expire() -> int:
    from peixun.exchange.operations import expire  # noqa: PLC0415 - models load after the apps

    return expire(at=datetime.now(UTC))


def _resume() -> int:
    from peixun.exchange.tasks import resume_jobs  # noqa: PLC0415 - models load after the apps

    return resume_jobs()
