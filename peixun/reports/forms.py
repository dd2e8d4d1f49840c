"""The forms of the room: which organisation, which year, up to which day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models import Tier
from peixun.people.models import Audience
from peixun.reports.models import Exported, Rhythm, UpToDay
from peixun.reports.queries.statistics import COLUMNS, stat_columns
from peixun.reports.rules import LAST_DAY


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


class StatisticsForm(UpTo):
    """What a statistical table shows. Nothing chosen means rows by unit with every column."""

    rows = forms.ChoiceField(
        label=_("每行一个"),
        required=False,
        choices=[
            ("units", _("下级单位")),
            ("audiences", _("培训对象")),
            ("months", _("月份")),
            ("dimensions", _("培训维度")),
        ],
        widget=forms.Select({"class": "form-select"}),
    )
    audience = forms.ChoiceField(label=_("只看培训对象"), required=False, widget=forms.Select({"class": "form-select"}))
    tier = forms.ChoiceField(
        label=_("只看活动层级"),
        required=False,
        choices=[("", _("全部层级")), *Tier.choices],
        widget=forms.Select({"class": "form-select"}),
    )
    columns = forms.MultipleChoiceField(label=_("列"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, *, year: int, today: date) -> None:
        super().__init__(data, year=year, today=today)
        rows = Audience.objects.order_by("position", "bit").values_list("key", "name")
        self.fields["audience"].choices = [("", gettext("全部应训人员")), *rows]  # type: ignore[attr-defined]
        columns = [(key, column.heading) for key, column in stat_columns().items()]
        self.fields["columns"].choices = columns  # type: ignore[attr-defined]

    def clean_rows(self) -> str:
        """Units, unless something else is chosen."""
        return self.cleaned_data["rows"] or "units"

    def clean_columns(self) -> tuple[str, ...]:
        """The chosen columns in their order; all of them where none is chosen."""
        chosen = self.cleaned_data["columns"]
        return tuple(key for key in COLUMNS if key in chosen) or COLUMNS

    def clean(self) -> dict[str, Any]:
        """Figures by audience, tier and dimension aren't kept crossed."""
        data = self.cleaned_data
        if data.get("audience") and data.get("tier"):
            self.add_error("tier", _("培训对象和活动层级只能选一项"))
        elif data.get("rows") in {"audiences", "dimensions"} and (data.get("audience") or data.get("tier")):
            self.add_error("rows", _("按培训对象或维度分行时，不能再选培训对象或层级"))
        return data


class NoticeForm(UpTo):
    """What a notice says that no record knows: until when, and whom to ask."""

    until = forms.DateField(
        label=_("补训完成日期"),
        widget=forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    contact = forms.CharField(
        label=_("联系人及电话"),
        required=False,
        max_length=60,
        help_text=_("可以不填；会印在通知末尾"),
        widget=forms.TextInput({"class": "form-control"}),
    )

    def clean_until(self) -> date:
        """A day to come."""
        day: date = self.cleaned_data["until"]
        if day < self._today:
            raise forms.ValidationError(_("完成日期不能早于今天"))
        return day


WEEKDAYS = [
    (1, _("星期一")),
    (2, _("星期二")),
    (3, _("星期三")),
    (4, _("星期四")),
    (5, _("星期五")),
    (6, _("星期六")),
    (7, _("星期日")),
]


class ScheduleForm(forms.Form):
    """What is exported, up to which day, and how often. The day is the one of the rhythm that is chosen."""

    what = forms.ChoiceField(label=_("导出内容"), widget=forms.Select({"class": "form-select"}))
    up_to = forms.ChoiceField(label=_("截至"), choices=UpToDay.choices, widget=forms.Select({"class": "form-select"}))
    rhythm = forms.ChoiceField(
        label=_("多久一次"), choices=Rhythm.choices, widget=forms.Select({"class": "form-select"})
    )
    weekday = forms.TypedChoiceField(
        label=_("每周的哪一天"),
        coerce=int,
        choices=WEEKDAYS,
        required=False,
        empty_value="1",
        help_text=_("选“每周”时用"),
        widget=forms.Select({"class": "form-select"}),
    )
    monthday = forms.IntegerField(
        label=_("每月几日"),
        min_value=1,
        max_value=LAST_DAY,
        required=False,
        help_text=_("选“每月”时用；当月没有这一天的，在当月最后一天导出"),
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any, *, allowed: Iterable[Exported], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["what"].choices = [(one.value, one.label) for one in allowed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A monthly export needs its day."""
        data = self.cleaned_data
        if data.get("rhythm") == Rhythm.MONTHLY and "monthday" in data and not data["monthday"]:
            self.add_error("monthday", _("请填写每月几日，1到31"))
        return data

    @property
    def day(self) -> int:
        """The weekday or the day of the month."""
        data = self.cleaned_data
        found: int = data["monthday"] if data["rhythm"] == Rhythm.MONTHLY else data["weekday"]
        return found
