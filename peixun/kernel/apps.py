"""Django's registration of the room."""

import gc
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from peixun.kernel import guards

OBJECTS_BEFORE_COLLECTING = 100_000
"""Python looks for cycles after 700 new objects, and a post of a thousand credits makes a hundred thousand: a fifth
of its time went into looking. A hundred thousand small objects are some 10 MB."""


def _install_guards(sender: AppConfig, using: str, **_: Any) -> None:
    # Django sends this once an app; installing is idempotent, and the last app finds every table there.
    guards.install(using)


class KernelConfig(AppConfig):
    name = "peixun.kernel"

    def ready(self) -> None:
        """Have the guards installed after each migration, and rubbish looked for less often."""
        gc.set_threshold(OBJECTS_BEFORE_COLLECTING, 10, 10)
        post_migrate.connect(_install_guards, dispatch_uid="peixun.kernel.guards")
