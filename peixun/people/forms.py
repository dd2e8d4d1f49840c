"""The filters of the audit trail, which stay in the address (a person's number never does); giving a role."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.people.models import ErasureReason
from peixun.people.words import ACTIONS

SEEN = "seen"
"""The choice of all actions by which somebody saw one person's data."""


def action_choices() -> list[tuple[str, Any]]:
    """Every action, the seeing of personal data first."""
    each = [(f"{action}.{subject}", words) for (action, subject), words in ACTIONS.items()]
    return [("", _("全部操作")), (SEEN, _("查看个人信息")), *each]


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class TrailFilters(forms.Form):
    """From when to when, what, and who did it."""

    since = forms.DateField(label=_("开始日期"), required=False, widget=_day())
    until = forms.DateField(label=_("结束日期"), required=False, widget=_day())
    action = forms.ChoiceField(label=_("操作"), required=False, choices=action_choices)
    who = forms.CharField(
        label=_("操作人账号"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """The last day isn't before the first."""
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            data["until"] = None
            self.add_error("until", _("结束日期早于开始日期"))
        return data


class ErasureForm(forms.Form):
    """Why somebody's data is to be erased, and on what ground."""

    reason = forms.ChoiceField(label=_("原因"), choices=ErasureReason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("写哪份文件，或者是怎么误登记的。不要写号码。注销后这段话也会删除。"),
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
    )


class GiveRoleForm(forms.Form):
    """Which role, from when until when."""

    role = forms.ChoiceField(label=_("角色"), widget=forms.Select({"class": "form-select"}))
    since = forms.DateField(label=_("开始日期"), widget=_day())
    until = forms.DateField(
        label=_("结束日期"),
        required=False,
        help_text=_("从这一天起不再有这项权限；不填就是没有期限。"),
        widget=_day(),
    )

    def __init__(self, *args: Any, roles: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(roles)


class TokenForm(forms.Form):
    """What a token is for, what it may, for how long."""

    label = forms.CharField(
        label=_("用途"),
        max_length=60,
        help_text=_("写明哪个系统、哪台设备用，以后好认。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("权限"),
        choices=[("read", _("只读取")), ("read write", _("读取和写入"))],
        widget=forms.Select({"class": "form-select"}),
    )
    days = forms.ChoiceField(
        label=_("有效期"),
        choices=[("30", _("30 天")), ("90", _("90 天")), ("365", _("1 年"))],
        initial="90",
        widget=forms.Select({"class": "form-select"}),
    )


class PlatformForm(forms.Form):
    """What a platform is called, and its login."""

    name = forms.CharField(label=_("平台名称"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    login = forms.RegexField(
        label=_("账号"),
        regex=r"^[a-z][a-z0-9-]{2,39}$",
        help_text=_("小写字母开头，3 至 40 位小写字母、数字或短横线。"),
        error_messages={"invalid": _("账号要以小写字母开头，只用小写字母、数字和短横线，3 至 40 位。")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
