"""The filters of the room's pages. They stay in the address, so that a page can be sent to a colleague."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models import Tier
from peixun.coverage.queries.listing import STATES
from peixun.coverage.queries.tasks import NOBODY
from peixun.people.models import Audience

STATE_WORDS = {
    "due": _("应训"),
    "covered": _("已训"),
    "uncovered": _("未参训"),
    "fulfilled": _("已达标"),
    "unfulfilled": _("未达标"),
}
TASK_WORDS = {
    "province": _("省级"),
    "city": _("市级"),
    "county": _("县级"),
    "township": _("基层党委"),
    NOBODY: _("没有规则"),
}
"""By the level obliged: whose task somebody who is missing is."""
OF_ONE = "org:"
"""Before an organisation's code: the task of this organisation; after a slash, of one duty alone."""


class CoverageFilters(forms.Form):
    """Which organisation, year, audience, tier and day are looked at."""

    find = forms.CharField(
        label=_("换一个单位"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("名称或代码"), "autocomplete": "off"}),
    )
    year = forms.TypedChoiceField(label=_("年度"), coerce=int)
    audience = forms.ChoiceField(label=_("培训对象"), required=False)
    tier = forms.ChoiceField(label=_("培训层级"), required=False)
    as_of = forms.DateField(
        label=_("截至"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, years: Iterable[int], audiences: Iterable[Audience], today: date) -> None:
        super().__init__(data)
        self._today = today
        self.fields["year"].choices = [(y, _("%(year)s年") % {"year": y}) for y in years]  # type: ignore[attr-defined]
        self.fields["audience"].choices = [("", _("全体党员")), *((a.key, a.name) for a in audiences)]  # type: ignore[attr-defined]
        self.fields["tier"].choices = [("", _("全部层级")), *Tier.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A day belongs to the year that is chosen and isn't to come; an audience and a tier exclude each other."""
        data = super().clean() or {}
        day, year = data.get("as_of"), data.get("year")
        if day is not None and year is not None and (day.year != year or day > self._today):
            data["as_of"] = None
            if day.year == year:
                self.add_error("as_of", _("这一天还没有到"))
        if data.get("audience") and data.get("tier"):
            data["tier"] = ""
            self.add_error("tier", _("不能与培训对象同时筛选，先去掉其中一项"))
        return data


class PeopleFilters(CoverageFilters):
    """The same, with a state and a name."""

    q = forms.CharField(
        label=_("姓名或拼音"),
        required=False,
        max_length=30,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        label=_("情况"), required=False, choices=[(state, STATE_WORDS[state]) for state in STATES]
    )
    task = forms.ChoiceField(label=_("由谁补训"), required=False)
    field_order = ("q", "state", "task", "year", "audience", "as_of")

    def __init__(self, data: Any, *, years: Iterable[int], audiences: Iterable[Audience], today: date) -> None:
        super().__init__(data, years=years, audiences=audiences, today=today)
        del self.fields["find"], self.fields["tier"]
        choices = [("", _("不限")), *TASK_WORDS.items()]
        task = str(data.get("task", ""))
        if task.startswith(OF_ONE):
            choices.append((task, _("所选单位")))
        self.fields["task"].choices = choices  # type: ignore[attr-defined]


class TaskFilters(CoverageFilters):
    """Year, audience and day."""

    field_order = ("year", "audience", "as_of")

    def __init__(self, data: Any, *, years: Iterable[int], audiences: Iterable[Audience], today: date) -> None:
        super().__init__(data, years=years, audiences=audiences, today=today)
        del self.fields["find"], self.fields["tier"]


class ComparisonFilters(forms.Form):
    """Which organisation is looked at, at which two dates, and as known when."""

    find = forms.CharField(
        label=_("换一个单位"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search", "placeholder": _("名称或代码"), "autocomplete": "off"}),
    )
    a = forms.DateField(label=_("从"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    b = forms.DateField(label=_("到"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    known = forms.DateField(
        label=_("当时所知（可不填）"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, *, years: Iterable[int], today: date) -> None:
        super().__init__(data)
        self._years = set(years)
        self._today = today

    def _past(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day > self._today:
            raise forms.ValidationError(_("这一天还没有到"))
        return day

    def _counted(self, name: str) -> date | None:
        day = self._past(name)
        if day is not None and day.year not in self._years:
            raise forms.ValidationError(_("没有 %(year)s 年的数字") % {"year": day.year})
        return day

    def clean_a(self) -> date | None:
        """A day that has come, of a year with figures."""
        return self._counted("a")

    def clean_b(self) -> date | None:
        """A day that has come, of a year with figures."""
        return self._counted("b")

    def clean_known(self) -> date | None:
        """A day that has come."""
        return self._past("known")


class CloseForm(forms.Form):
    """Which year is to be closed."""

    year = forms.TypedChoiceField(
        label=_("年度"),
        coerce=int,
        error_messages={"invalid_choice": _("这个年度不能关账：还没有结束，或者没有数字。")},
    )

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(y, _("%(year)s年") % {"year": y}) for y in years]  # type: ignore[attr-defined]


class ReopenForm(forms.Form):
    """Why a closed year is opened again."""

    reason = forms.CharField(
        label=_("重新开账的原因"),
        max_length=100,
        help_text=_("写清依据，例如“两个乡镇成批漏报，经批准补录”。"),
        error_messages={"required": _("请写明重新开账的原因。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
