"""Django's registration of the room."""

from django.apps import AppConfig

from peixun.kernel import guards


class ReportsConfig(AppConfig):
    name = "peixun.reports"

    def ready(self) -> None:
        """The database itself refuses to change what was issued."""
        guards.register(*guards.append_only("reports_issuedreport"))
