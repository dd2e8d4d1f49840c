"""Django's registration of the room."""

from django.apps import AppConfig

from peixun.kernel import guards

APPEND_ONLY = ("ledger_activity", "ledger_creditentry", "ledger_seal")


class LedgerConfig(AppConfig):
    name = "peixun.ledger"

    def ready(self) -> None:
        """The database itself refuses to change what was posted."""
        for table in APPEND_ONLY:
            guards.register(*guards.append_only(table))
