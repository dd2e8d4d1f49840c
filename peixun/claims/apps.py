"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import guards, periodic

HOUR = 3600


class ClaimsConfig(AppConfig):
    name = "peixun.claims"

    def ready(self) -> None:
        """The database itself keeps a claim's history; old scans are deleted, hour by hour."""
        guards.register(*guards.append_only("claims_claimstep"))
        periodic.register("old scans", every=HOUR, run=_expire)


def _expire() -> int:
    from peixun.claims.operations import expire_scans  # noqa: PLC0415 - models load after the apps

    return expire_scans(at=datetime.now(UTC))
