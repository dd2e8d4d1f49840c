"""Proposing a transfer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Organisation


class ProposeForm(forms.Form):
    """Where to, from when on, why."""

    to = forms.ModelChoiceField(
        label=_("转入党支部"), queryset=Organisation.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    on = forms.DateField(
        label=_("转接日期"),
        help_text=_("从这一天起属于新的支部"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("原因"), max_length=100, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = branches
        field.label_from_instance = _with_parent  # type: ignore[method-assign,assignment]


def _with_parent(branch: Organisation) -> str:
    return f"{branch.name}（{branch.parent}）" if branch.parent else branch.name
