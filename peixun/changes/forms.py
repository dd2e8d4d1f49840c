"""Proposing a transfer, recording a change of one person, changing an organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peixun.changes.models import ChangeKind, OrganisationChangeKind
from peixun.people.importing.words import parse_tags
from peixun.people.models import Level, Organisation, OrganisationKind, PostTitle, Sector


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


ORGANISATION_DAYS: dict[str, Any] = {
    OrganisationChangeKind.FOUND: _("成立日期"),
    OrganisationChangeKind.CHANGE: _("更改日期"),
    OrganisationChangeKind.MOVE: _("改变隶属的日期"),
    OrganisationChangeKind.MERGE: _("并入日期"),
    OrganisationChangeKind.SPLIT: _("分设日期"),
    OrganisationChangeKind.CLOSE: _("撤销日期"),
}
TARGETS: dict[str, Any] = {
    OrganisationChangeKind.MOVE: _("新的上级党组织"),
    OrganisationChangeKind.MERGE: _("并入哪个党组织"),
}


def _select(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "form-select"}), **more)


class OrganisationForm(forms.Form):
    """What each kind of change of an organisation has to know.

    `places` are the organisations that may be chosen: new parents, successors, or branches that take split-off
    members; `members` are those of a branch that is split, as `(id, name)`.
    """

    def __init__(self, *args: Any, kind: str, places: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == OrganisationChangeKind.FOUND:
            self._add_code(required=True)
        if kind in {OrganisationChangeKind.FOUND, OrganisationChangeKind.CHANGE}:
            self._add_attributes()
        if kind in TARGETS:
            self.fields["to"] = self._place(TARGETS[kind], places, forms.RadioSelect, empty_label=None)
        if kind == OrganisationChangeKind.SPLIT:
            self._add_split(places, members)
        self.fields["on"] = _date(ORGANISATION_DAYS[kind], help_text=_("从这一天起算，可以是以前的日子"))

    @staticmethod
    def _place(label: Any, places: Any, widget: Any, **more: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
        field = forms.ModelChoiceField(label=label, queryset=places, widget=widget, **more)
        field.label_from_instance = _with_parent  # type: ignore[method-assign,assignment]
        return field

    def _add_code(self, *, required: bool) -> None:
        self.fields["code"] = forms.RegexField(
            label=_("党组织代码"),
            regex=r"^[0-9A-Za-z-]{2,32}$",
            required=required,
            help_text=_("2 至 32 位数字、字母或短横线，全市不重复"),
            error_messages={"invalid": _("代码只能是 2 至 32 位数字、字母或短横线")},
            widget=forms.TextInput(attrs={"class": "form-control"}),
        )

    def _add_attributes(self) -> None:
        self.fields["name"] = _line(_("党组织名称"), 200)
        self.fields["short_name"] = _line(_("简称"), 60, required=False)
        self.fields["kind"] = _select(_("组织类别"), OrganisationKind.choices)
        self.fields["sector"] = _select(_("领域"), [("", _("不分领域")), *Sector.choices], required=False)
        self.fields["level"] = _select(_("层级"), Level.choices)
        self.fields["tags"] = _line(_("标签"), 200, required=False, help_text=_("几个标签用顿号隔开"))

    def _add_split(self, places: Any, members: list[tuple[str, str]]) -> None:
        self.fields["persons"] = forms.MultipleChoiceField(
            label=_("到新支部去的党员"), choices=members, widget=forms.CheckboxSelectMultiple
        )
        select = forms.Select(attrs={"class": "form-select"})
        self.fields["to"] = self._place(
            _("到哪个支部"),
            places,
            select,
            required=False,
            empty_label=gettext("新设一个支部"),
            help_text=_("已有支部要与原支部同属一个上级，并在分设那天成立"),
        )
        self._add_code(required=False)
        self.fields["name"] = _line(_("新支部名称"), 200, required=False)

    def clean_tags(self) -> list[str]:
        """The tags, each once."""
        return list(parse_tags(self.cleaned_data["tags"]))

    def clean(self) -> dict[str, Any]:
        """A split needs either a branch that is there or a new one's code and name."""
        data: dict[str, Any] = super().clean() or {}
        if "persons" in self.fields and not data.get("to"):
            for name in ("code", "name"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("新设支部要填写代码和名称"))
        return data


def initial_of(organisation: Organisation, kind: str) -> dict[str, Any]:
    """What the form shows at first: what the organisation is, or for a founding what stands most often below."""
    if kind == OrganisationChangeKind.CHANGE:
        names = ("name", "short_name", "kind", "sector", "level")
        tags = gettext("、").join(organisation.tags)
        return {**{name: getattr(organisation, name) for name in names}, "tags": tags}
    if kind == OrganisationChangeKind.FOUND:
        return {"kind": OrganisationKind.BRANCH, "level": Level.GRASSROOTS, "sector": organisation.sector}
    return {}


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
