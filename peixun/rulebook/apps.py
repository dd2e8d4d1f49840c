"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "peixun.rulebook"

    def ready(self) -> None:
        """Register what the room tells people."""
        from peixun.notices import kinds  # noqa: PLC0415 - waits until the apps are loaded
        from peixun.people.queries.scope import Permission  # noqa: PLC0415

        kinds.register(
            kinds.Kind(
                key="rules_published",
                permission=Permission.MANAGE_RULES,
                label=_("上级发布规则"),
                title=_("%(owner)s发布了“%(name)s”"),
                text=_("自 %(on)s 起执行。本单位和下级单位的学时要求以新规则为准，请打开规则查看。"),
                dates=("on",),
            )
        )
