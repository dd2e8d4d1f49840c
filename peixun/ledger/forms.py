"""Forms of the room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReversalForm(forms.Form):
    """Why an entry is cancelled."""

    reason = forms.CharField(
        label=_("冲销原因"),
        max_length=100,
        help_text=_("写清依据，例如“签到表核对后本人未参加”。原因会留在台账里。"),
        error_messages={"required": _("请写明冲销原因。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        """Blanks alone are no reason."""
        reason: Any = self.cleaned_data["reason"]
        return str(reason).strip()
