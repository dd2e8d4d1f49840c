"""What is typed into a draft, as it stands; and the small forms around it."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Level, MembershipStatus, Organisation, OrganisationKind, PostTitle, Sector
from peixun.rulebook.models import PackKind

MOST_ROWS = 60
WITHIN = 3
"""So many “of these” parts a requirement has on screen."""
TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}
LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    PackKind.REQUIREMENT: {"requirements": ("audience", "name", "period", "min_hours", "min_days", "min_concentrated")},
    PackKind.DUTY: {"duties": ("audience", "level", "period", "only_untrained_above")},
    PackKind.CREDIT: {"rules": ("kind", "unit", "hours"), "caps": ("name", "period", "max_hours")},
}
"""The lists of a draft, with the fields of their rows."""


def read_content(kind: str, data: Any) -> dict[str, Any]:
    """A draft's content from a posted form, with the row added or removed whose button was pressed."""
    content: dict[str, Any] = {
        name: data.get(name, "").strip()[:most]
        for name, most in (("name", 120), ("since", 10), ("last", 10), ("source", 300), ("note", 300))
    }
    if kind == PackKind.CREDIT:
        content["carry_over"] = data.get("carry_over", "none")[:10]
    for which, names in LISTS[kind].items():
        rows = [_row(data, which, number, names) for number in range(_count(data, which))]
        if data.get("remove", "").startswith(f"{which}-"):
            rows = _without(rows, data["remove"].removeprefix(f"{which}-"))
        if data.get("add") == which and len(rows) < MOST_ROWS:
            rows.append({})
        content[which] = rows
    return content


def _count(data: Any, which: str) -> int:
    typed = data.get(f"{which}-count", "")
    return min(int(typed), MOST_ROWS) if typed.isascii() and typed.isdecimal() else 0


def _row(data: Any, which: str, number: int, names: tuple[str, ...]) -> dict[str, Any]:
    head = f"{which}-{number}-"
    row: dict[str, Any] = {name: data.get(head + name, "").strip()[:80] for name in names}
    if which == "caps":
        row["kinds"] = [kind[:20] for kind in data.getlist(head + "kinds")[:20]]
    if which == "requirements":
        parts = [
            {"cut": data.get(f"{head}cut-{i}", "")[:40], "hours": data.get(f"{head}part-{i}", "").strip()[:10]}
            for i in range(WITHIN)
        ]
        row["within"] = [part for part in parts if part["cut"] or part["hours"]]
    return row


def _without(rows: list[dict[str, Any]], typed: str) -> list[dict[str, Any]]:
    if not (typed.isascii() and typed.isdecimal()):
        return rows
    return [row for number, row in enumerate(rows) if number != int(typed)]


class BeginForm(forms.Form):
    """Which kind of rules, for whom."""

    kind = forms.ChoiceField(label=_("拟什么"), choices=PackKind.choices, widget=forms.Select(attrs=SELECT))
    owner = forms.ModelChoiceField(
        label=_("适用范围"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs=SELECT),
        help_text=_("所选党组织和所属党组织都按这份规则执行"),
    )

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = owners


class EndForm(forms.Form):
    """The last day of a pack, and why where it has passed."""

    last = forms.DateField(
        label=_("执行到哪一天"),
        help_text=_("这一天是最后一天"),
        widget=forms.DateInput(attrs={"type": "date", **TEXT}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        required=False,
        help_text=_("日期已经过去的，要写明原因"),
        widget=forms.TextInput(attrs=TEXT),
    )


def _ticks(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


class AudienceForm(forms.Form):
    """Who belongs: every list that is given must match, an empty one asks nothing."""

    name = forms.CharField(label=_("名称"), max_length=60, widget=forms.TextInput(attrs=TEXT))
    posts = _ticks(_("职务"), PostTitle.choices)
    statuses = _ticks(_("党员身份"), MembershipStatus.choices)
    levels = _ticks(_("党组织层级"), Level.choices)
    sectors = _ticks(_("领域"), Sector.choices)
    kinds = _ticks(_("组织类别"), OrganisationKind.choices)
    ranks = forms.CharField(
        label=_("职级"),
        max_length=300,
        required=False,
        help_text=_("几个职级用顿号隔开，如“县处级正职、县处级副职”"),
        widget=forms.TextInput(attrs=TEXT),
    )
    tags = forms.CharField(
        label=_("党组织标签"),
        max_length=300,
        required=False,
        help_text=_("几个标签用顿号隔开，有其中一个就算"),
        widget=forms.TextInput(attrs=TEXT),
    )
    under = forms.CharField(
        label=_("限于这些党组织"),
        max_length=300,
        required=False,
        help_text=_("填党组织代码，几个用顿号隔开，包括所属党组织"),
        widget=forms.TextInput(attrs=TEXT),
    )
    empty = forms.BooleanField(label=_("今天没有人也保存"), required=False)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisations = organisations

    def clean_under(self) -> list[int]:
        """Ids for the codes typed."""
        codes = _words(self.cleaned_data["under"])
        known = dict(self._organisations.filter(code__in=codes).values_list("code", "pk"))
        unknown = [code for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(_("没有这些党组织：%(codes)s"), params={"codes": _("、").join(unknown)})
        return [known[code] for code in codes]

    def rule(self) -> dict[str, list[Any]]:
        """The rule as it is stored."""
        data = self.cleaned_data
        lists: dict[str, list[Any]] = {
            **{name: data[name] for name in ("posts", "statuses", "levels", "sectors", "kinds", "under")},
            "ranks": _words(data["ranks"]),
            "tags": _words(data["tags"]),
        }
        return {name: values for name, values in lists.items() if values}


_BETWEEN = re.compile(r"[,\s\uff0c\u3001]+")  # commas and the Chinese enumeration comma


def _words(typed: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _BETWEEN.split(typed) if part.strip()))


def shown_rule(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A stored rule as the form shows it."""
    codes = dict(Organisation.objects.filter(pk__in=rule.get("under", [])).values_list("pk", "code"))
    words = {field: _("、").join(rule.get(field, [])) for field in ("ranks", "tags")}
    under = _("、").join(codes[pk] for pk in rule.get("under", []) if pk in codes)
    return {**rule, **words, "under": under, "name": name}
