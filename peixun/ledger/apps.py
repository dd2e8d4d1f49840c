"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig

from peixun.kernel import guards, periodic

APPEND_ONLY = ("ledger_activity", "ledger_creditentry", "ledger_seal", "ledger_lateentry")


class LedgerConfig(AppConfig):
    name = "peixun.ledger"

    def ready(self) -> None:
        """The database itself refuses to change what was posted; the room takes credit records in from files."""
        from peixun.ledger import importing  # noqa: PLC0415 - waits until the models are loaded

        importing.register()
        for table in APPEND_ONLY:
            guards.register(*guards.append_only(table))
        periodic.register("ledger seal", every=60, run=_seal)


def _seal() -> int:
    from peixun.ledger.operations import seal  # noqa: PLC0415 - models load after the apps

    return seal(at=datetime.now(UTC))
