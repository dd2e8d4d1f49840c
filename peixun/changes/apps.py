"""Django's registration of the room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangesConfig(AppConfig):
    name = "peixun.changes"

    def ready(self) -> None:
        """Register what the room tells people, and what waits in it."""
        from peixun.changes import queries  # noqa: PLC0415 - waits until the models are loaded
        from peixun.changes.operations.erasing import erase_words  # noqa: PLC0415
        from peixun.notices import kinds, waiting  # noqa: PLC0415
        from peixun.people import hooks  # noqa: PLC0415
        from peixun.people.queries.scope import Permission  # noqa: PLC0415

        hooks.erased.register(erase_words)
        waiting.register("transfers", queries.waiting_to_receive)
        kinds.register(
            kinds.Kind(
                key="transfer_proposed",
                permission=Permission.MANAGE_PEOPLE,
                label=_("有党员等待接收"),
                title=_("%(name)s 转入%(to)s，等待接收"),
                text=_("%(from)s提出把 %(name)s 的组织关系转到%(to)s，自 %(on)s 起。请接收，或者写明原因退回。"),
                dates=("on",),
            ),
            kinds.Kind(
                key="transfer_accepted",
                permission=Permission.MANAGE_PEOPLE,
                label=_("转出的党员已被接收"),
                title=_("%(name)s 的转接已接收"),
                text=_("%(to)s已接收 %(name)s，自 %(on)s 起不再属于%(from)s。"),
                dates=("on",),
            ),
            kinds.Kind(
                key="transfer_refused",
                permission=Permission.MANAGE_PEOPLE,
                label=_("转出的党员被退回"),
                title=_("%(name)s 的转接被退回"),
                text=_("%(to)s退回了 %(name)s 的转接，原因：%(note)s。%(name)s 仍属%(from)s。"),
            ),
            kinds.Kind(
                key="transferred",
                label=_("本人组织关系的变动"),
                title=_("您的组织关系已转到%(to)s"),
                text=_("自 %(on)s 起，您的组织关系从%(from)s转到%(to)s。有不对的地方，请联系所在党组织。"),
                dates=("on",),
                printable=True,
            ),
            kinds.Kind(
                key="transfer_undone",
                label=_("本人组织关系的转接被撤销"),
                title=_("您的组织关系仍在%(from)s"),
                text=_("转到%(to)s的手续已撤销，您的组织关系仍在%(from)s，学时不受影响。"),
                printable=True,
            ),
        )
