"""The answer page: how far training has come, where the gaps are, and what every figure was counted from."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS_3
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.coverage.forms import CoverageFilters
from peixun.coverage.queries.closed import figures_then
from peixun.coverage.queries.listing import Roster, Row, Selection
from peixun.coverage.queries.people import Requirements
from peixun.coverage.queries.position import ChildCount, Count, Position, position
from peixun.coverage.queries.tasks import Tasks
from peixun.coverage.views.common import Looking, found_organisations, look, organisation_in_scope
from peixun.coverage.views.tasks import level_rows
from peixun.coverage.words import DIMENSIONS
from peixun.kernel import clock
from peixun.ledger.models import CLOSING_LEVELS
from peixun.ledger.queries.closings import closing_of, late_count
from peixun.notices.queries.tasks import tasks as waiting_tasks
from peixun.people.models import Organisation
from peixun.people.queries.scope import Permission

WORST, IN_HEAT, LISTED_PEOPLE = 8, 24, 20


@require_safe
def index(request: Any) -> HttpResponse:
    """One's own organisation."""
    own = request.actor.organisations(Permission.SEE_COVERAGE).order_by("path").first()
    if own is None:
        raise Http404("nothing in scope")
    return redirect("coverage:answer", own.code)


@require_safe
def answer(request: Any, code: str) -> HttpResponse:
    """The coverage of an organisation's subtree."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, form = look(request, organisation, CoverageFilters)
    text = request.GET.get("find", "").strip()
    found = found_organisations(request.actor, text) if text else []
    if len(found) == 1:
        return redirect(looking.url("answer", code=found[0].code))
    at = position(
        organisation,
        year=looking.year,
        as_of=looking.day,
        audience=looking.audience_key,
        tier=looking.tier,
        books=looking.books,
    )
    context = {
        "looking": looking,
        "organisation": organisation,
        "at": at,
        "form": form,
        "chosen": _chosen(looking),
        "path": looking.path("answer"),
        "find": text,
        "found": [{"name": o.name, "url": looking.url("answer", code=o.code)} for o in found],
        "fulfilled_known": fulfilled_known(looking),
        "words": _words(looking),
        "urls": _urls(looking),
        **_children(looking, at),
        **_charts(looking, at),
        "dimensions": _dimensions(looking, at),
        **_tasks(looking, at),
        "waiting": waiting_tasks(request.actor, day=clock.today(), within=organisation.path),
        "closed": _closed(looking),
        "closable": organisation.level in CLOSING_LEVELS and looking.year < clock.today().year,
    }
    if organisation.holds_members and looking.sees_people and not looking.tier:
        context |= _branch(looking)
    return render(request, "coverage/answer.html", context)


def _closed(looking: Looking) -> dict[str, Any] | None:
    """The closing over the year; its figures and what came after where it is the organisation's own.

    `url` is "" for whoever may not open it: one that an organisation above the reader's scope has closed.
    """
    row = closing_of(looking.organisation, looking.year)
    if row is None:
        return None
    own = row.organisation_id == looking.organisation.pk
    may_open = looking.actor.may(Permission.SEE_COVERAGE, row.organisation.path)
    return {
        "row": row,
        "own": own,
        "then": figures_then(row),
        "count": late_count(row) if own else None,
        "url": reverse("coverage:closing", args=[row.pk]) if may_open else "",
    }


def _chosen(looking: Looking) -> list[dict[str, str]]:
    chips = []
    if looking.audience:
        chips.append({"label": looking.audience.name, "remove_url": looking.url("answer", audience="")})
    if looking.tier:
        chips.append({"label": looking.tier_name, "remove_url": looking.url("answer", tier="")})
    if looking.as_of:
        label = _("截至%(day)s") % {"day": f"{looking.as_of:%Y-%m-%d}"}
        chips.append({"label": label, "remove_url": looking.url("answer", as_of="")})
    return chips


def fulfilled_known(looking: Looking) -> bool:
    """Whether anything is asked of anybody there on the day."""
    line = looking.books.organisations.at(looking.day).line(looking.organisation.pk)
    return not looking.tier and looking.books.packs.requirements(line, looking.day) is not None


def _words(looking: Looking) -> dict[str, str]:
    covered = _("参加%(tier)s") % {"tier": looking.tier_name} if looking.tier else _("已训")
    return {"due": _("应训"), "covered": covered, "fulfilled": _("达标")}


def _urls(looking: Looking) -> dict[str, str]:
    entries = looking.entries_url()
    states = ("due", "uncovered", "fulfilled", "unfulfilled")
    people = {state: looking.people_url(state) for state in states}
    return {
        "people": looking.people_url("covered"),
        "covered": entries,
        "entries": entries,
        "tree": looking.url("tree", tier=""),
        "months": looking.url("months"),
        "compare": looking.at(looking.organisation).url(
            "compare", year="", as_of="", audience="", tier="", b=looking.day
        ),
        "closings": reverse("coverage:closings"),
        **people,
    }


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One row: an organisation below, its count, where it and its gap lead."""

    name: str
    url: str
    count: Count
    gap_url: str
    entries_url: str


def _children(looking: Looking, at: Position) -> dict[str, Any]:
    rows = [_child(looking, child) for child in worst_first(at.children)]
    open_ = [row for row in rows if row.count.missing or row.count.due > row.count.fulfilled]
    return {"children": rows, "worst": [] if looking.tier else open_[:WORST]}


def worst_first(children: list[ChildCount]) -> list[ChildCount]:
    """Where most people are missing first; then where most have not fulfilled; then by code."""
    return sorted(children, key=lambda c: (-c.count.missing, c.count.fulfilled - c.count.due, c.organisation.code))


def _child(looking: Looking, child: ChildCount) -> ChildRow:
    organisation: Organisation = child.organisation
    if not looking.actor.may(Permission.SEE_COVERAGE, organisation.path):
        return ChildRow(organisation.name, "", child.count, "", "")
    return ChildRow(
        organisation.name,
        looking.url("answer", code=organisation.code),
        child.count,
        looking.people_url("uncovered", code=organisation.code),
        looking.entries_url(code=organisation.code),
    )


def month_names() -> list[str]:
    """January to December, short: 1月 in Chinese, Jan in English."""
    if (get_language() or "zh").startswith("zh"):
        return [_("%(month)s月") % {"month": month} for month in range(1, 13)]
    return [str(name).capitalize() for name in MONTHS_3.values()]


def _charts(looking: Looking, at: Position) -> dict[str, Any]:
    months = month_names()
    known = fulfilled_known(looking)
    words = _words(looking)
    unit = _("人")
    late: list[None] = [None] * (12 - len(at.months))
    trend = {
        "words": words,
        "unit": unit,
        "months": months,
        # Beside all who are due, those whom one tier reached would hardly be seen.
        "due": [*(None if looking.tier else m.due for m in at.months), *late],
        "covered": [*(m.covered for m in at.months), *late],
        "fulfilled": [*(m.fulfilled if known else None for m in at.months), *late],
    }
    audiences = [
        {
            "name": a.name,
            "due": a.count.due,
            "covered": a.count.covered,
            "fulfilled": a.count.fulfilled if known else None,
            "url": looking.url("answer", audience=a.key, tier=""),
            "missing": a.count.missing,
            "people_url": looking.people_url("due", audience=a.key),
            "covered_url": looking.entries_url(audience=a.key),
            "gap_url": looking.people_url("uncovered", audience=a.key),
        }
        for a in at.audiences
    ]
    heat = [
        {
            "name": str(c.organisation),
            "url": _child(looking, c).url,
            "values": [*(float(m.share) if m.share is not None else None for m in c.months), *late],
        }
        for c in worst_first(at.children)[:IN_HEAT]
        if c.count.due
    ]
    return {
        "trend": trend,
        "trend_rows": list(zip(months, at.months, strict=False)),
        "audiences": [] if looking.tier else audiences,
        "bars": {"words": words, "unit": unit, "rows": audiences},
        "heat": {"months": months, "rows": heat, "measure": _("参加比例") if looking.tier else _("覆盖率")},
    }


def _dimensions(looking: Looking, at: Position) -> list[dict[str, Any]]:
    """The cuts of all activities; they aren't kept crossed with audiences, so an audience hides them."""
    if looking.audience or looking.tier:
        return []
    shown = []
    for key, name, choices in DIMENSIONS:
        values = at.dimensions.get(key, {})
        rows = [
            {"name": label, "count": values[value], "url": looking.entries_url(cut=f"{key}:{value}")}
            for value, label in choices.choices
            if value in values
        ]
        if rows:
            shown.append({"name": name, "rows": rows})
    return shown


def _tasks(looking: Looking, at: Position) -> dict[str, Any]:
    """Whose task the missing are, by level; only where what is kept answers, since pages of other days would wait."""
    if looking.tier or at.updating or not at.total.missing or not looking.books.packs.responsibility_packs:
        return {}
    selection = Selection(looking.organisation, looking.year, looking.day, "uncovered", looking.audience)
    roster = Roster(selection, looking.books, list(looking.scope))
    return {"tasks": level_rows(looking, Tasks(roster)), "tasks_url": looking.url("tasks")} if roster.is_kept else {}


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody of the branch who isn't covered or hasn't fulfilled, and what is owed."""

    row: Row
    owed: list[Any]


def _branch(looking: Looking) -> dict[str, Any]:
    """In a branch the rows are people: who isn't covered, then who has not fulfilled."""
    selection = Selection(looking.organisation, looking.year, looking.day, "unfulfilled", looking.audience)
    rows = list(Roster(selection, looking.books).walk())
    requirements = Requirements()
    rows.sort(key=lambda r: r.covered)
    return {
        "missing_people": [Missing(row, requirements.owed(row.missing)) for row in rows[:LISTED_PEOPLE]],
        "missing_more": max(0, len(rows) - LISTED_PEOPLE),
    }
