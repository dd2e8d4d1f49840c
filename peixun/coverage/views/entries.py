"""The entries behind a figure, paged, with the figure recomputed from them."""

import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from peixun.coverage.forms import STATE_WORDS, CoverageFilters
from peixun.coverage.queries.entries import Entries, EntryCursor, EntryLine, Recount, is_cut, state_of_records
from peixun.coverage.queries.listing import STATES, Place, Roster, Selection
from peixun.coverage.queries.position import Count, position
from peixun.coverage.rules import CAP, REPEATED, SAME_DAY
from peixun.coverage.views.common import Looking, look, organisation_in_scope
from peixun.coverage.words import DIMENSIONS
from peixun.ledger.models import Activity
from peixun.people.queries.scope import Permission

PAGE = 50
AT_ONCE = 2_000
"""A figure over fewer persons is recomputed with the page, one over more after it."""
REMEMBERED_SECONDS = 600
WHY = {
    SAME_DAY: gettext_lazy("同一活动当天已计"),
    REPEATED: gettext_lazy("同一课程当年已计"),
    CAP: gettext_lazy("超过折算上限"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page; `why` says in words why not all of the hours count."""

    entry_id: int
    line: EntryLine
    place: Place
    activity: Activity
    why: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure that the entries stand behind: what is kept of it, where it is kept."""

    looking: Looking
    cut: str
    state: str

    @property
    def words(self) -> str:
        """What it counts, beside organisation, year and day."""
        parts = [self.looking.audience.name] if self.looking.audience else []
        if self.cut:
            name, _colon, value = self.cut.partition(":")
            parts += [str(dict(choices.choices)[value]) for key, _title, choices in DIMENSIONS if key == name]
        if self.state in {"fulfilled", "unfulfilled"}:
            parts.append(str(STATE_WORDS[self.state]))
        return " · ".join(parts)

    def kept(self) -> Count | None:
        """The count as it is shown elsewhere; None for combinations that are counted only here."""
        if self.state not in {"due", "covered"} or (self.cut and self.looking.audience):
            return None
        looking = self.looking
        at = position(
            looking.organisation,
            year=looking.year,
            as_of=looking.day,
            audience=looking.audience_key,
            books=looking.books,
        )
        if not self.cut:
            return at.total
        name, _colon, value = self.cut.partition(":")
        return at.dimensions.get(name, {}).get(value, Count())


@require_safe
def entries(request: Any, code: str) -> HttpResponse:
    """One page of entries; with `part=recount` only the figure recomputed from all of them."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, form = look(request, organisation, CoverageFilters)
    figure = Figure(looking, _cut(request), _state(request))
    selection = Selection(organisation, looking.year, looking.day, figure.state, looking.audience)
    roster = Roster(selection, looking.books, request.actor.paths(Permission.SEE_COVERAGE))
    behind = Entries(roster, figure.cut)
    kept = figure.kept()
    part = request.GET.get("part", "")
    at_once = part == "recount" or (roster.is_kept and behind.persons <= AT_ONCE)
    context: dict[str, Any] = {
        "looking": looking,
        "organisation": organisation,
        "figure": figure,
        "kept": kept,
        "recount": _recounted(_recount(figure, behind), kept, roster) if at_once else None,
        "recount_url": _url(figure, part="recount"),
    }
    if part == "recount" and request.htmx:
        return _vary(render(request, "coverage/_recount.html", context))
    context |= _page(request, figure, behind)
    del form.fields["find"], form.fields["tier"]
    context |= {
        "form": form,
        "path": looking.path("entries"),
        "hidden_fields": [{"name": k, "value": v} for k, v in (("cut", figure.cut), ("state", figure.state)) if v],
        "chosen": _chosen(figure),
        "answer_url": looking.url("answer"),
        "people_url": looking.people_url("covered") if not figure.cut else "",
    }
    return _vary(render(request, "coverage/entries.html", context))


def _vary(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _cut(request: Any) -> str:
    text: str = request.GET.get("cut", "")
    return text if is_cut(text) else ""


def _state(request: Any) -> str:
    text: str = request.GET.get("state", "")
    return text if text in STATES else "due"


def _recount(figure: Figure, behind: Entries) -> Recount:
    """The recount, remembered as long as nothing at all was written: every write leaves a row in one of the tables."""
    looking = figure.looking
    asked = (looking.organisation.pk, looking.day, looking.audience_key, figure.cut, figure.state, *looking.scope)
    key = f"recount:{hashlib.sha256(repr((asked, state_of_records())).encode()).hexdigest()}"
    known = cache.get(key)
    if known is None:
        known = behind.recount()
        cache.set(key, known, REMEMBERED_SECONDS)
    return Recount(*known)


def _recounted(recount: Recount, kept: Count | None, roster: Roster) -> dict[str, Any]:
    """The recomputed figure, and whether it is the one that is shown elsewhere."""
    same = kept is not None and (recount.people, recount.person_times, recount.quarters) == (
        kept.covered,
        kept.person_times,
        kept.quarters,
    )
    return {"figure": recount, "agrees": same, "comparable": kept is not None and not roster.hidden}


def _cursor(text: str) -> EntryCursor | None:
    parts = text.split("-")
    if len(parts) != 3 or not all(p.isdecimal() for p in parts):
        return None
    branch, person, entry = map(int, parts)
    return branch, person, entry


def _page(request: Any, figure: Figure, behind: Entries) -> dict[str, Any]:
    after, before = _cursor(request.GET.get("after", "")), _cursor(request.GET.get("before", ""))
    backwards = before is not None
    lines = list(islice(behind.walk(after=before if backwards else after, reverse=backwards), PAGE + 1))
    more, lines = len(lines) > PAGE, lines[:PAGE]
    if backwards:
        lines.reverse()
    activities = Activity.objects.in_bulk({line.weighed.item.facts.id for line in lines})
    places = behind.roster.places
    return {
        "lines": [
            Line(
                line.weighed.item.entry_id,
                line,
                places[line.person.branch_id],
                activities[line.weighed.item.facts.id],
                str(WHY.get(line.weighed.why, "")),
            )
            for line in lines
        ],
        "older_url": _url(figure, after=_key(lines[-1])) if lines and (more or backwards) else "",
        "newer_url": _url(figure, before=_key(lines[0])) if lines and (more if backwards else after) else "",
    }


def _key(line: EntryLine) -> str:
    return f"{line.person.branch_id}-{line.person.person_id}-{line.weighed.item.entry_id}"


def _url(figure: Figure, **extra: Any) -> str:
    state = "" if figure.state == "due" else figure.state
    return figure.looking.url("entries", **{"tier": "", "cut": figure.cut, "state": state, **extra})


def _chosen(figure: Figure) -> list[dict[str, str]]:
    looking, chips = figure.looking, []
    if looking.audience:
        chips.append({"label": looking.audience.name, "remove_url": _url(figure, audience="")})
    if figure.cut:
        name, _colon, value = figure.cut.partition(":")
        label = next(str(dict(choices.choices)[value]) for key, _title, choices in DIMENSIONS if key == name)
        chips.append({"label": label, "remove_url": _url(figure, cut="")})
    if figure.state != "due":
        chips.append({"label": str(STATE_WORDS[figure.state]), "remove_url": _url(figure, state="")})
    if looking.as_of:
        label = _("截至%(day)s") % {"day": f"{looking.as_of:%Y-%m-%d}"}
        chips.append({"label": label, "remove_url": _url(figure, as_of="")})
    return chips
