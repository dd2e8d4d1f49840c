"""What a claim asks of the member, and what a decision asks of the office."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models import ActivityKind
from peixun.claims.models import Wrong

LINE = {"class": "form-control"}
# What people take part in; tests and teaching come with papers and are entered by the office.
CLAIMABLE = (
    ActivityKind.THEME_DAY,
    ActivityKind.BRANCH_STUDY,
    ActivityKind.GROUP_VIEWING,
    ActivityKind.LECTURE,
    ActivityKind.CLASS,
    ActivityKind.FIELD,
    ActivityKind.ONLINE_LESSON,
    ActivityKind.IN_HOUSE,
    ActivityKind.TEACHING,
    ActivityKind.TEST,
    ActivityKind.OTHER,
)


def _hours(label: Any, **more: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={**LINE, "step": "0.25", "min": "0.25", "max": "24", "inputmode": "decimal"})
    errors = {"invalid": _("学时写成数字，例如 2 或 1.5"), "required": _("请填学时，例如 2 或 1.5")}
    return forms.DecimalField(label=label, widget=widget, error_messages=errors, **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", **LINE}, format="%Y-%m-%d")
    errors = {"invalid": _("日期写成 2018-06-05 这样"), "required": _("请选择日期")}
    return forms.DateField(label=label, widget=widget, error_messages=errors, **more)


def _line(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, widget=forms.TextInput(attrs=LINE), **more)


def _words(label: Any, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={**LINE, "rows": 3})
    return forms.CharField(label=label, max_length=500, required=False, widget=widget, **more)


class DayForm(forms.Form):
    """The first step: which day."""

    on = _day(_("哪一天参加的"))


class ChosenForm(forms.Form):
    """The last step for an activity that was chosen."""

    hours = _hours(_("应记多少学时"))
    words = _words(_("补充说明（可以不填）"))


class DescribedForm(forms.Form):
    """The last step for an activity that nobody has entered."""

    activity_kind = forms.ChoiceField(
        label=_("是什么活动"),
        choices=[(kind.value, kind.label) for kind in CLAIMABLE],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    title = _line(_("活动名称"), help_text=_("例如“七一主题党日”"), error_messages={"required": _("请填活动名称")})
    hours = _hours(_("应记多少学时"))
    organiser_words = _line(_("谁组织的（可以不填）"), required=False)
    place = _line(_("在哪里（可以不填）"), required=False)
    words = _words(_("补充说明（可以不填）"))


class WrongForm(forms.Form):
    """What is wrong with an entry, and what would be right."""

    wrong = forms.ChoiceField(
        label=_("哪里不对"),
        choices=Wrong.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择哪里不对")},
    )
    hours = _hours(_("应记多少学时"), required=False, help_text=_("学时数不对时填"))
    happened_on = _day(_("应是哪一天"), required=False, help_text=_("日期不对时填"))
    words = _words(_("补充说明（可以不填）"))

    def clean(self) -> dict[str, Any]:
        """What the kind of mistake asks for has to be there."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("wrong") == Wrong.HOURS and "hours" not in self.errors and data.get("hours") is None:
            self.add_error("hours", _("请填应记多少学时"))
        if data.get("wrong") == Wrong.DATE and "happened_on" not in self.errors and data.get("happened_on") is None:
            self.add_error("happened_on", _("请填应是哪一天"))
        return data


class RulingForm(forms.Form):
    """What the office recognises."""

    hours = _hours(_("认可学时"))
    on = _day(_("认可日期"))
    words = _words(_("说明（可以不填）"))

    def __init__(self, *args: Any, hours_fixed: bool = False, date_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hours_fixed:
            self.fields["hours"].widget = forms.HiddenInput()
        if date_fixed:
            self.fields["on"].widget = forms.HiddenInput()


def plain(hours: Decimal) -> str:
    """Hours as a field shows them: 2, not 2.00."""
    return f"{hours:f}".rstrip("0").rstrip(".")
