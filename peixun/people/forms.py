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
