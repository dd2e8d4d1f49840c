"""How one wants one's messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.notices import kinds
from peixun.notices.models import Language, Preference, Weekday
from peixun.people.queries.scope import Actor

SELECT = {"class": "form-select"}


def _time(label: Any, help_text: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M")
    return forms.TimeField(
        label=label,
        help_text=help_text,
        widget=widget,
        error_messages={"invalid": _("请填写时和分，例如 21:00。"), "required": _("请填写时间，例如 21:00。")},
    )


class PreferenceForm(forms.Form):
    """Quiet hours, language, weekday, and which kinds are only listed."""

    quiet_from = _time(_("晚上几点以后不打扰"))
    quiet_until = _time(_("早上几点以后可以发"), _("两个时间相同，就是全天都可以发。"))
    language = forms.ChoiceField(
        label=_("手机和日历里的语言"), choices=Language.choices, widget=forms.Select(attrs=SELECT)
    )
    weekday = forms.TypedChoiceField(
        label=_("每周待办在哪一天提醒"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.Select(attrs=SELECT),
        help_text=_("一周最多提醒一次，没有待办就不提醒。"),
    )
    muted = forms.MultipleChoiceField(
        label=_("不用提醒我的消息"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选以后，这类消息仍列在消息里，但不计入未读，也不往手机上发。"),
    )

    def __init__(self, *args: Any, wanted: Preference, reader: Actor, **kwargs: Any) -> None:
        values = {name: getattr(wanted, name) for name in ("quiet_from", "quiet_until", "language", "weekday", "muted")}
        kwargs["initial"] = values
        super().__init__(*args, **kwargs)
        field = self.fields["muted"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        known = [(kind.key, kind.label) for kind in kinds.known_to(reader)]
        field.choices = known
        self._hidden = [key for key in wanted.muted if key not in dict(known)]

    def clean_muted(self) -> list[str]:
        """What was ticked, and what was muted before in a role that one no longer has."""
        return [*self.cleaned_data["muted"], *self._hidden]
