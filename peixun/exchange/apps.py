"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import periodic

HOUR = 3600


class ExchangeConfig(AppConfig):
    name = "peixun.exchange"

    def ready(self) -> None:
        """Have old files deleted, hour by hour."""
        periodic.register("old imports", every=HOUR, run=_expire)


def _expire() -> int:
    from peixun.exchange.operations import expire  # noqa: PLC0415 - models load after the apps

    return expire(at=datetime.now(UTC))
