"""Two dates of an organisation side by side, on screen and as a workbook."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.coverage.exports import comparison_sheets
from peixun.coverage.forms import ComparisonFilters
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.comparing import Comparison, Pair, compare, total_known_at
from peixun.coverage.queries.years import kept_years
from peixun.coverage.views.answer import fulfilled_known
from peixun.coverage.views.common import Looking, found_organisations, organisation_in_scope
from peixun.coverage.words import cut_words
from peixun.kernel import clock
from peixun.kernel.tables.writer import write_workbook
from peixun.people.operations import audit
from peixun.people.queries.scope import Permission


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison is asked for: the organisation at two dates, and as known on a day."""

    looking: Looking
    form: ComparisonFilters
    before: date
    after: date
    known: date | None

    def url(self, name: str = "compare", *, code: str = "", **dates: date | None) -> str:
        """This comparison, or one of other dates or of another organisation."""
        chosen = {"a": self.before, "b": self.after, "known": self.known, **dates}
        query = QueryDict(mutable=True)
        query.update({key: day.isoformat() for key, day in chosen.items() if day})
        return f"{reverse(f'coverage:{name}', args=[code or self.looking.organisation.code])}?{query.urlencode()}"

    def at(self, day: date) -> Looking:
        """The organisation as it is looked at on a day."""
        looking = self.looking
        return Looking(looking.actor, looking.organisation, looking.books, day.year, day, day)


def year_before(day: date) -> date:
    """The same day a year earlier; the 28th of February for the 29th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _asked(request: Any, code: str) -> Asked:
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    today = clock.today()
    years = {*kept_years(), today.year}
    default = year_before(today) if today.year - 1 in years else date(today.year, 1, 1)
    data = request.GET.copy()
    data.setdefault("a", default.isoformat())
    data.setdefault("b", today.isoformat())
    form = ComparisonFilters(data, years=years, today=today)
    form.is_valid()
    chosen = form.cleaned_data
    after = chosen.get("b") or today
    looking = Looking(request.actor, organisation, current_books(), after.year, after, after)
    return Asked(looking, form, chosen.get("a") or default, after, chosen.get("known"))


@require_safe
def comparison(request: Any, code: str) -> HttpResponse:
    """The organisation at two dates: what grew, what shrank, and where most."""
    asked = _asked(request, code)
    looking = asked.looking
    text = request.GET.get("find", "").strip()
    found = found_organisations(request.actor, text) if text else []
    if len(found) == 1:
        return redirect(asked.url(code=found[0].code))
    both = compare(looking.organisation, asked.before, asked.after, books=looking.books)
    known = fulfilled_known(asked.at(asked.before)) and fulfilled_known(asked.at(asked.after))
    context = {
        "looking": looking,
        "organisation": looking.organisation,
        "asked": asked,
        "form": asked.form,
        "find": text,
        "found": [{"name": o.name, "url": asked.url(code=o.code)} for o in found],
        "path": [*looking.path("answer")[:-1], {"name": str(looking.organisation), "url": looking.url("answer")}],
        "both": both,
        "fulfilled_known": known,
        "quick": _quick(asked),
        "bars": _bars(asked, both, known=known),
        "audiences": [(pair, "") for pair in both.audiences],
        "dimensions": [(cut_words(pair.key), pair) for pair in both.dimensions],
        "children": [(pair, _child_url(asked, pair)) for pair in both.children],
        "before_url": asked.at(asked.before).url("answer"),
        "after_url": asked.at(asked.after).url("answer"),
        "export_url": asked.url("compare-export"),
        "swap_url": asked.url(a=asked.after, b=asked.before),
        "now": both.after.total,
        **_known(asked),
    }
    return render(request, "coverage/compare.html", context)


def _quick(asked: Asked) -> list[dict[str, Any]]:
    """The dates that are compared most; those without figures are left out."""
    day, years = asked.after, {*kept_years(), asked.after.year}
    wanted = [
        (_("与上月末比"), day.replace(day=1) - timedelta(days=1)),
        (_("与去年同期比"), year_before(day)),
        (_("与上年底比"), date(day.year - 1, 12, 31)),
    ]
    return [
        {"label": label, "url": asked.url(a=other), "current": other == asked.before}
        for label, other in wanted
        if other.year in years
    ]


def _bars(asked: Asked, both: Comparison, *, known: bool) -> dict[str, Any]:
    rows = [
        {
            "name": day.isoformat(),
            "due": count.due,
            "covered": count.covered,
            "fulfilled": count.fulfilled if known else None,
            "url": asked.at(day).url("answer"),
        }
        for day, count in ((asked.before, both.before.total), (asked.after, both.after.total))
    ]
    words = {"due": _("应训"), "covered": _("已训"), "fulfilled": _("达标")}
    return {"words": words, "unit": _("人"), "rows": rows}


def _child_url(asked: Asked, pair: Pair) -> str:
    child = pair.organisation
    if child is None or not asked.looking.actor.may(Permission.SEE_COVERAGE, child.path):
        return ""
    return asked.url(code=child.code)


def _known(asked: Asked) -> dict[str, Any]:
    """The later date from what had been entered by the end of the day that is asked for."""
    if asked.known is None:
        return {"known": None}
    moment = datetime.combine(asked.known + timedelta(days=1), time(), clock.ZONE)
    then = total_known_at(asked.looking.organisation, asked.after, moment, books=asked.looking.books)
    return {"known": asked.known, "then": then}


@require_safe
def export(request: Any, code: str) -> HttpResponseBase:
    """The comparison as a workbook."""
    asked = _asked(request, code)
    looking = asked.looking
    both = compare(looking.organisation, asked.before, asked.after, books=looking.books)
    audit.record(
        by=request.actor,
        at=timezone.now(),
        action="export",
        subject="comparison",
        subject_id=looking.organisation.code,
        organisation_id=looking.organisation.pk,
        as_of=asked.after.isoformat(),
    )
    name = _("%(name)s %(a)s 与 %(b)s 对比") % {
        "name": looking.organisation.name,
        "a": asked.before.isoformat(),
        "b": asked.after.isoformat(),
    }
    file = BytesIO()
    write_workbook(file, title=name, sheets=comparison_sheets(both))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
