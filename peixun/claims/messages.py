"""What the room tells people, in words."""

from django.utils.translation import gettext_lazy as _

from peixun.notices.kinds import Kind
from peixun.people.queries.scope import Permission

KINDS = (
    Kind(
        key="claim_to_answer",
        permission=Permission.ANSWER_CLAIMS,
        label=_("有申诉等支部答复"),
        title=_("%(name)s 的学时申诉等您答复"),
        text=_("%(branch)s %(name)s 对 %(on)s 的“%(title)s”提出申诉，请在 15 天内答复。"),
        dates=("on",),
    ),
    Kind(
        key="claim_to_decide",
        permission=Permission.ANSWER_CLAIMS,
        label=_("有申诉等干训科决定"),
        title=_("%(name)s 的学时申诉等您决定"),
        text=_("%(branch)s %(name)s 对 %(on)s 的“%(title)s”提出的申诉已到%(office)s，请核对后决定。"),
        dates=("on",),
    ),
    Kind(
        key="claim_added",
        permission=Permission.ANSWER_CLAIMS,
        label=_("申诉补充了材料"),
        title=_("%(name)s 补充了申诉材料"),
        text=_("%(branch)s %(name)s 对“%(title)s”的申诉补充了说明或材料，请查看后办理。"),
    ),
    Kind(
        key="claim_asked",
        label=_("申诉要补充材料"),
        title=_("“%(title)s”的申诉请您补充"),
        text=_("%(name)s 对 %(on)s“%(title)s”的申诉还缺：%(words)s。请打开申诉补充。"),
        dates=("on",),
        printable=True,
    ),
    Kind(
        key="claim_confirmed",
        label=_("申诉已由支部证实"),
        title=_("“%(title)s”的申诉已由支部证实"),
        text=_("%(branch)s已证实 %(name)s 的申诉，等%(office)s干训科决定。"),
        printable=True,
    ),
    Kind(
        key="claim_granted",
        label=_("申诉已认可"),
        title=_("“%(title)s”的申诉已认可"),
        text=_("%(name)s 对“%(title)s”的申诉已认可，学时记录已经改好，可以在学习记录里看到。"),
        printable=True,
    ),
    Kind(
        key="claim_refused",
        label=_("申诉没有认可"),
        title=_("“%(title)s”的申诉没有认可"),
        text=_("%(name)s 对“%(title)s”的申诉没有认可，原因：%(words)s。不同意的，可以打开申诉申请复核。"),
        printable=True,
    ),
)
