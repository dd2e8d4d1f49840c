"""Reading a draft as typed, and saying in plain words what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from peixun.catalog.models import (
    ActivityKind,
    CapPeriod,
    CarryOver,
    CreditPack,
    RequirementPack,
    ResponsibilityPack,
    Unit,
)
from peixun.catalog.rules import (
    NewCreditCap,
    NewCreditPack,
    NewCreditRule,
    NewRequirement,
    NewRequirementPack,
    NewResponsibility,
    NewResponsibilityPack,
    first_overlap,
)
from peixun.kernel.hours import to_quarters
from peixun.people.models import Audience, Level
from peixun.rulebook.models import PackDraft, PackKind

New = NewRequirementPack | NewCreditPack | NewResponsibilityPack
Pack = RequirementPack | CreditPack | ResponsibilityPack
DUTY_LEVELS = tuple((level.value, level.label) for level in Level if level != Level.GRASSROOTS)
DAY = timedelta(days=1)
MOST_HOURS = 2000
PLAIN = re.compile(r"-?\d{1,5}(\.\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know: an `error` keeps the draft from being published, a `warning` doesn't."""

    kind: Literal["error", "warning"]
    text: str


@dataclass
class Checked:
    """A draft as read: `new` is None as long as there are errors. `past` are years, already begun, that it reaches.

    `cut` is the owner's pack that would end as it begins. `until` is the first day on which nothing is changed by it
    any more, None where there is none.
    """

    new: New | None = None
    findings: list[Finding] = field(default_factory=list)
    past: list[int] = field(default_factory=list)
    begins_in_past: bool = False
    cut: Pack | None = None
    until: date | None = None

    @property
    def shortens(self) -> bool:
        """Whether it takes days from a pack that was published with a last day."""
        return self.cut is not None and self.cut.until is not None

    @property
    def errors(self) -> list[str]:
        """What keeps it from being published."""
        return [f.text for f in self.findings if f.kind == "error"]

    def error(self, text: str) -> None:
        """Note something that has to be put right."""
        self.findings.append(Finding("error", text))

    def warn(self, text: str) -> None:
        """Note something that one should know."""
        self.findings.append(Finding("warning", text))


MODELS: dict[str, Any] = {
    PackKind.REQUIREMENT: RequirementPack,
    PackKind.CREDIT: CreditPack,
    PackKind.DUTY: ResponsibilityPack,
}


def model_of(kind: str) -> Any:
    """The table of a kind of packs."""
    return MODELS[kind]


def kind_of(pack: Pack) -> str:
    """Which kind a pack is."""
    return next(kind for kind, model in MODELS.items() if isinstance(pack, model))


def check(draft: PackDraft, *, today: date, people: Mapping[str, int]) -> Checked:
    """A draft with everything that is to be said of it; `people` counts an audience's people by its key."""
    found = Checked()
    content = draft.content
    since, last = _day(found, content, "since", _("生效日期")), _day(found, content, "last", _("最后一天"))
    if since is None and not content.get("since"):
        found.error(_("没有填写生效日期"))
    if since is not None and last is not None and last < since:
        found.error(_("最后一天早于生效日期"))
        last = None
    if not _text(content, "name"):
        found.error(_("没有填写名称"))
    if not _text(content, "source"):
        found.error(_("没有写明依据：哪一级、哪份文件、哪一天"))
    until = last + DAY if last else None
    rows = _rows(draft.kind, found, content, people)
    if since is not None:
        _check_days(found, draft, since, until, today)
        if not found.errors:
            found.new = _new(draft, since, until, rows)
    return found


def _rows(kind: str, found: Checked, content: Mapping[str, Any], people: Mapping[str, int]) -> tuple[Any, Any]:
    if kind == PackKind.REQUIREMENT:
        return _requirements(found, content, people)
    return _credits(found, content) if kind == PackKind.CREDIT else (_duties(found, content, people), [])


def _new(draft: PackDraft, since: date, until: date | None, rows: tuple[Any, Any]) -> New:
    head: dict[str, Any] = {
        "key": f"{draft.kind}-{draft.owner_id}-{since:%Y%m%d}",
        "name": _text(draft.content, "name"),
        "since": since,
        "until": until,
        "source": _text(draft.content, "source"),
        "note": _text(draft.content, "note"),
    }
    if draft.kind == PackKind.REQUIREMENT:
        return NewRequirementPack(**head, requirements=tuple(rows[0]))
    if draft.kind == PackKind.DUTY:
        return NewResponsibilityPack(**head, responsibilities=tuple(rows[0]))
    carry_over = draft.content.get("carry_over", "")
    chosen = carry_over if carry_over in CarryOver.values else CarryOver.NONE.value
    return NewCreditPack(**head, rules=tuple(rows[0]), caps=tuple(rows[1]), carry_over=chosen)


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()


def _day(found: Checked, content: Mapping[str, Any], name: str, label: str) -> date | None:
    typed = _text(content, name)
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = None
        found.error(_("%(label)s“%(typed)s”不是一个日期") % {"label": label, "typed": typed})
    if day is not None and not 1949 <= day.year <= 2200:
        found.error(_("%(label)s“%(typed)s”不是一个日期") % {"label": label, "typed": typed})
        return None
    return day


def _hours(found: Checked, typed: str, where: str) -> str:
    """Hours as decimal text; "0" with a finding where they can't be read."""
    words = {"where": where, "typed": typed}
    if not PLAIN.fullmatch(typed):
        found.error(_("%(where)s：学时“%(typed)s”不是数字") % words)
        return "0"
    if Decimal(typed) < 0:
        found.error(_("%(where)s：学时不能是负数") % words)
        return "0"
    if Decimal(typed) > MOST_HOURS:
        found.error(_("%(where)s：学时“%(typed)s”太大") % words)
        return "0"
    try:
        to_quarters(typed)
    except ValueError:
        found.error(_("%(where)s：学时以 0.25 为一档，“%(typed)s”不行") % words)
        return "0"
    return typed


def _number(found: Checked, typed: str, where: str, label: str) -> int | None:
    if not typed:
        return None
    if not typed.isascii() or not typed.isdecimal() or int(typed) > 366:
        words = {"where": where, "label": label, "typed": typed}
        found.error(_("%(where)s：%(label)s“%(typed)s”不是 0 至 366 的整数") % words)
        return None
    return int(typed)


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({n for n in names if n in seen or seen.add(n)})  # type: ignore[func-returns-value]


def _requirements(
    found: Checked, content: Mapping[str, Any], people: Mapping[str, int]
) -> tuple[list[NewRequirement], list[Any]]:
    rows = []
    for number, row in enumerate(content.get("requirements", []), start=1):
        where = _("第 %(number)s 条要求") % {"number": number}
        rows.append(_requirement(found, row, where))
    if not rows:
        found.error(_("还没有一条要求"))
    for name in _twice(r.name for r in rows if r.name):
        found.error(_("有两条要求都叫“%(name)s”，请区分名称") % {"name": name})
    _check_audiences(found, [r.audience for r in rows], people)
    return rows, []


def _check_audiences(found: Checked, keys: Iterable[str], people: Mapping[str, int]) -> dict[str, str]:
    """Audiences that are gone or have nobody; the names of all, by key."""
    names = dict(Audience.objects.values_list("key", "name"))
    for key in dict.fromkeys(key for key in keys if key):
        if key not in names:
            found.error(_("培训对象“%(name)s”已经不存在") % {"name": key})
        elif not people.get(key):
            found.warn(_("培训对象“%(name)s”在适用范围内今天没有人") % {"name": names[key]})
    return names


def _duties(found: Checked, content: Mapping[str, Any], people: Mapping[str, int]) -> list[NewResponsibility]:
    rows = []
    for number, row in enumerate(content.get("duties", []), start=1):
        where = _("第 %(number)s 条责任") % {"number": number}
        audience, level = _text(row, "audience"), _text(row, "level")
        if not audience:
            found.error(_("%(where)s：没有选培训对象") % {"where": where})
        if level not in dict(DUTY_LEVELS):
            found.error(_("%(where)s：没有选责任层级") % {"where": where})
        period = "five_years" if row.get("period") == "five_years" else "year"
        rows.append(NewResponsibility(audience, level, period, row.get("only_untrained_above") == "1"))
    if not rows:
        found.error(_("还没有一条责任"))
    names = _check_audiences(found, [r.audience for r in rows], people)
    for twice in _twice(f"{r.level} {r.audience}" for r in rows if r.level and r.audience):
        level, _space, audience = twice.partition(" ")
        words = {"level": dict(DUTY_LEVELS).get(level, level), "name": names.get(audience, audience)}
        found.error(_("%(level)s对“%(name)s”的责任写了两条") % words)
    return rows


def _requirement(found: Checked, row: Mapping[str, Any], where: str) -> NewRequirement:
    audience, name = _text(row, "audience"), _text(row, "name")
    if not audience:
        found.error(_("%(where)s：没有选培训对象") % {"where": where})
    if not name:
        found.error(_("%(where)s：没有写要求的名称") % {"where": where})
    hours = _hours(found, _text(row, "min_hours") or "0", where)
    days = _number(found, _text(row, "min_days"), where, _("天数"))
    times = _number(found, _text(row, "min_concentrated"), where, _("集中培训次数"))
    within = []
    for part in row.get("within", []):
        dimension, _colon, value = _text(part, "cut").partition(":")
        if dimension:
            within.append((dimension, value, _hours(found, _text(part, "hours") or "0", where)))
        elif _text(part, "hours"):
            found.error(_("%(where)s：“其中”写了学时，没有选类别") % {"where": where})
    if not (Decimal(hours) or days or times or any(Decimal(w[2]) for w in within)):
        found.error(_("%(where)s：学时、天数、次数都没有要求") % {"where": where})
    if days and not Decimal(hours):
        found.error(_("%(where)s：天数是学时的替代条件，请同时写最低学时") % {"where": where})
    period = "five_years" if row.get("period") == "five_years" else "year"
    return NewRequirement(audience, name, hours, times or 0, days or None, period, tuple(within))


def _credits(found: Checked, content: Mapping[str, Any]) -> tuple[list[NewCreditRule], list[NewCreditCap]]:
    rules, caps = [], []
    for number, row in enumerate(content.get("rules", []), start=1):
        where = _("第 %(number)s 条折算") % {"number": number}
        kind, unit = _text(row, "kind"), _text(row, "unit")
        if kind not in ActivityKind.values or unit not in Unit.values:
            found.error(_("%(where)s：没有选活动类型或单位") % {"where": where})
        rules.append(NewCreditRule(kind, unit, _hours(found, _text(row, "hours"), where)))
    if not rules:
        found.error(_("还没有一条折算标准"))
    if _twice(f"{r.kind} {r.unit}" for r in rules if r.kind and r.unit):
        found.error(_("同一活动类型、同一单位写了两条折算标准"))
    for number, row in enumerate(content.get("caps", []), start=1):
        where = _("第 %(number)s 条上限") % {"number": number}
        caps.append(_cap(found, row, where))
    for name in _twice(c.name for c in caps if c.name):
        found.error(_("有两条上限都叫“%(name)s”，请区分名称") % {"name": name})
    return rules, caps


def _cap(found: Checked, row: Mapping[str, Any], where: str) -> NewCreditCap:
    kinds = tuple(k for k in row.get("kinds", []) if k in ActivityKind.values)
    if not _text(row, "name"):
        found.error(_("%(where)s：没有写名称") % {"where": where})
    if not kinds:
        found.error(_("%(where)s：没有选活动类型") % {"where": where})
    period = _text(row, "period")
    if period not in CapPeriod.values:
        found.error(_("%(where)s：没有选每天、每项活动还是每年") % {"where": where})
    return NewCreditCap(_text(row, "name"), kinds, period, _hours(found, _text(row, "max_hours"), where))


def _check_days(found: Checked, draft: PackDraft, since: date, until: date | None, today: date) -> None:
    """Overlaps, holes, and days that have already passed."""
    others: list[Pack] = list(model_of(draft.kind).objects.filter(owner=draft.owner_id).order_by("since"))
    cut = next((p for p in others if p.since < since and (p.until is None or p.until > since)), None)
    spans = [(p.since, since if p is cut else p.until) for p in others]
    overlap = first_overlap(spans, since, until)
    if overlap is not None:
        other = next(p for p in others if p.since == overlap[0])
        words = {"name": other.name, "day": f"{other.since:%Y-%m-%d}"}
        found.error(_("与“%(name)s”（%(day)s 起生效）的日期重叠。请先让它停止执行，或者改这份的日期") % words)
        return
    found.cut, found.until = cut, until
    if cut is not None and until is not None:
        # The days after the new one's end are no longer the old one's either.
        found.until = max(cut.until, until) if cut.until else None
    if found.shortens and cut is not None and cut.until is not None:
        words = {"name": cut.name, "last": f"{cut.until - DAY:%Y-%m-%d}", "day": f"{since - DAY:%Y-%m-%d}"}
        found.warn(_("“%(name)s”原定执行到 %(last)s，发布时要让它到 %(day)s 为止") % words)
    ends = [end for _begin, end in spans if end is not None and end <= since]
    if ends and max(ends) < since:
        words = {"first": f"{max(ends):%Y-%m-%d}", "last": f"{since - DAY:%Y-%m-%d}"}
        found.warn(_("%(first)s 至 %(last)s 没有本单位的规则，这些天按上级的规则，没有上级的规则就没有要求") % words)
    begins = [begin for begin, _end in spans if begin >= since]
    if until is not None and (not begins or min(begins) > until):
        found.warn(_("%(day)s 起没有本单位的规则，届时请及时发布新的一份") % {"day": f"{until:%Y-%m-%d}"})
    if since < today:
        last = min(found.until - DAY, today) if found.until else today
        found.begins_in_past = True
        found.past = list(range(since.year, last.year + 1))
        years = _("、").join(str(year) for year in found.past)
        words = {"years": years}
        if draft.kind == PackKind.DUTY:
            found.warn(_("从已经过去的日期开始生效：%(years)s年由谁培训的名单会跟着改变，学时和达标数字不变") % words)
        else:
            found.warn(_("从已经过去的日期开始生效：%(years)s年的达标数字会跟着改变，包括已经上报过的") % words)
