"""What the room tells people, in words."""

from django.utils.translation import gettext_lazy as _

from peixun.notices.kinds import Kind
from peixun.people.queries.scope import Permission

KINDS = (
    Kind(
        key="year_closed",
        permission=Permission.REVERSE,
        label=_("上级关账"),
        title=_("%(name)s %(year)s 年度已关账"),
        text=_("关账后补记 %(year)s 年的学时要写明原因，并单独列出。"),
    ),
    Kind(
        key="year_reopened",
        permission=Permission.REVERSE,
        label=_("上级重新开账"),
        title=_("%(name)s %(year)s 年度已重新开账"),
        text=_("原因：%(reason)s。%(year)s 年的学时可以照常补录，补录完成后会再次关账。"),
    ),
)
