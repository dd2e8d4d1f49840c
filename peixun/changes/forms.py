"""Proposing a transfer, recording a change of one person."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peixun.changes.models import ChangeKind
from peixun.people.models import Organisation, PostTitle


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
    return gettext("%(name)s（%(above)s）") % {"name": branch.name, "above": branch.parent}


def _date(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def _line(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.TextInput(attrs={"class": "form-control"}), **more
    )


DAYS: dict[str, Any] = {
    ChangeKind.APPOINT: _("任职日期"),
    ChangeKind.LEAVE: _("免职日期"),
    ChangeKind.FULL: _("转正日期"),
    ChangeKind.FLOATING: _("外出日期"),
    ChangeKind.LOST: _("失去联系的日期"),
    ChangeKind.EXEMPT: _("免训开始日期"),
    ChangeKind.END: _("恢复日期"),
}


class ChangeForm(forms.Form):
    """What each kind of change has to know; `choices` are the posts or statuses that may end."""

    def __init__(self, *args: Any, kind: str, places: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        select = {"class": "form-select"}
        if kind == ChangeKind.APPOINT:
            self.fields["title"] = forms.ChoiceField(
                label=_("职务"), choices=PostTitle.choices, widget=forms.Select(attrs=select)
            )
            self.fields["organisation"] = forms.ModelChoiceField(
                label=_("任职的党组织"), queryset=places, empty_label=None, widget=forms.Select(attrs=select)
            )
        if kind in {ChangeKind.LEAVE, ChangeKind.END}:
            self.fields["row"] = forms.ChoiceField(
                label=_("哪一项"), choices=choices, widget=forms.Select(attrs=select)
            )
        self.fields["on"] = _date(DAYS[kind])
        if kind == ChangeKind.EXEMPT:
            self.fields["until"] = _date(_("免训结束日期"), required=False, help_text=_("不填就是没有期限"))
            self.fields["reason"] = _line(_("原因"), 100)
            self.fields["approved_by"] = _line(_("批准人"), 60)


class KeepForm(forms.Form):
    """Which of two records stays."""

    keep = forms.ChoiceField(
        label=_("保留哪一条记录"),
        help_text=_("另一条并入它：学时不改动、不重复计，组织关系以保留的记录为准；随时可以撤销。"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, sides: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["keep"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(side.person.pk), _record_words(index, side)) for index, side in enumerate(sides)]


def _record_words(index: int, side: Any) -> str:
    letter = (gettext("甲"), gettext("乙"))[index]
    place = side.membership.organisation.name if side.membership else gettext("没有组织关系")
    return gettext("记录%(letter)s：%(branch)s") % {"letter": letter, "branch": place}


class ApartForm(forms.Form):
    """Why two records are two human beings."""

    reason = _line(_("为什么不是同一人"), 100)
