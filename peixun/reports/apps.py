"""Django's registration of the room."""

from datetime import UTC, datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peixun.kernel import clock, guards, periodic


class ReportsConfig(AppConfig):
    name = "peixun.reports"

    def ready(self) -> None:
        """The database itself refuses to change what was issued; scheduled exports run in the background."""
        from peixun.notices import kinds  # noqa: PLC0415 - waits until the models are loaded

        guards.register(*guards.append_only("reports_issuedreport"))
        kinds.register(
            kinds.Kind(
                key="scheduled_file_ready",
                label=_("定期导出已完成"),
                title=_("%(name)s的定期导出已完成"),
                text=_("%(file)s 可以下载，保留90天。"),
            ),
            kinds.Kind(
                key="scheduled_file_failed",
                label=_("定期导出没有完成"),
                title=_("%(name)s的定期导出没有完成"),
                text=_("原因：%(reason)s。到下一次的日期再导出；也可以打开页面自行下载。"),
            ),
            kinds.Kind(
                key="schedule_stopped",
                label=_("定期导出已停止"),
                title=_("%(name)s的定期导出已停止"),
                text=_("您现在没有导出这项内容的权限，系统已停止导出。恢复权限后，可以在定期导出页上恢复。"),
            ),
        )
        periodic.register("scheduled exports", every=60, run=_export)
        periodic.register("old exports", every=6 * 3600, run=_expire)


def _export() -> int:
    from peixun.reports.operations import run_due  # noqa: PLC0415 - models load after the apps

    return run_due(today=clock.today(), at=datetime.now(UTC))


def _expire() -> int:
    from peixun.reports.operations import expire_files  # noqa: PLC0415 - models load after the apps

    return expire_files(at=datetime.now(UTC))
