"""The forms of the room: which organisation, which year, up to which day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FindUnit(forms.Form):
    """Another organisation to report on."""

    find = forms.CharField(
        label=_("换一个单位"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("名称或代码"), "autocomplete": "off"}),
    )
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(y, _("%(year)s年") % {"year": y}) for y in years]  # type: ignore[attr-defined]


class UpTo(forms.Form):
    """The day up to which a year is reported."""

    as_of = forms.DateField(
        label=_("截至"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, year: int, today: date) -> None:
        super().__init__(data)
        self._year, self._today = year, today

    def clean_as_of(self) -> date | None:
        """A day of the year that isn't to come."""
        day: date | None = self.cleaned_data["as_of"]
        if day is None or (day.year == self._year and day <= self._today):
            return day
        if day.year != self._year:
            raise forms.ValidationError(_("这一天不在所选年度内"))
        raise forms.ValidationError(_("这一天还没有到"))


class IssueForm(forms.Form):
    """What is to be known about a version."""

    note = forms.CharField(
        label=_("出具说明"),
        required=False,
        max_length=200,
        help_text=_("可以不填；会印在报告的附件里，例如“补登迟报学时后更正”"),
        widget=forms.TextInput({"class": "form-control"}),
    )
