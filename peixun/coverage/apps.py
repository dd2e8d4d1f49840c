"""Django's registration of the room; coverage asks the rooms below to be told of changes."""

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "peixun.coverage"

    def ready(self) -> None:
        """Register with the hooks of the rooms below (imports wait until the apps are loaded)."""
        from peixun.catalog import hooks as catalog_hooks  # noqa: PLC0415
        from peixun.coverage import operations  # noqa: PLC0415
        from peixun.coverage.messages import KINDS  # noqa: PLC0415
        from peixun.coverage.queries.own_tasks import year_tasks  # noqa: PLC0415
        from peixun.kernel import periodic  # noqa: PLC0415
        from peixun.ledger import hooks as ledger_hooks  # noqa: PLC0415
        from peixun.notices import kinds, waiting  # noqa: PLC0415
        from peixun.people import hooks as people_hooks  # noqa: PLC0415

        people_hooks.changed.register(operations.persons_changed)
        people_hooks.tree_grew.register(operations.stamp_structure)
        people_hooks.structure_changed.register(operations.everything_changed)
        catalog_hooks.packs_changed.register(operations.everything_changed)
        catalog_hooks.responsibilities_changed.register(operations.stamp_structure)
        ledger_hooks.changed.register(operations.persons_changed)
        kinds.register(*KINDS)
        waiting.register("year tasks", year_tasks, standing=True)
        periodic.register("coverage refresh", every=2, run=operations.refresh)
