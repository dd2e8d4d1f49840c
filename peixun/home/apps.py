"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "peixun.home"

    def ready(self) -> None:
        """Tell accounts about their roles."""
        from peixun.home.operations.telling import tell_role  # noqa: PLC0415 - waits until the models are loaded
        from peixun.notices import kinds  # noqa: PLC0415
        from peixun.people import hooks  # noqa: PLC0415
        from peixun.people.models import Role  # noqa: PLC0415

        roles = {"role": dict(Role.choices)}
        kinds.register(
            kinds.Kind(
                key="role_given",
                label=_("授予本人的角色"),
                title=_("您已是%(organisation)s的%(role)s"),
                text=_("自 %(on)s 起，您可以在%(organisation)s和下级单位以%(role)s的身份办理。"),
                dates=("on",),
                choices=roles,
            ),
            kinds.Kind(
                key="role_ended",
                label=_("本人的角色结束"),
                title=_("您在%(organisation)s的%(role)s角色结束"),
                text=_("自 %(on)s 起，您不再以%(role)s的身份办理%(organisation)s的事。"),
                dates=("on",),
                choices=roles,
            ),
        )
        hooks.role_changed.register(tell_role)
