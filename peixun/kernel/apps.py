"""Django's registration of the room."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from peixun.kernel import guards


def _install_guards(sender: AppConfig, using: str, **_: Any) -> None:
    # Django sends this once an app; installing is idempotent, and the last app finds every table there.
    guards.install(using)


class KernelConfig(AppConfig):
    name = "peixun.kernel"

    def ready(self) -> None:
        """Have the guards installed after each migration."""
        post_migrate.connect(_install_guards, dispatch_uid="peixun.kernel.guards")
