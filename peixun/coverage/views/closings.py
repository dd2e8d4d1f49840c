"""Closing years: what is open before, what came after, reopening."""

from datetime import date
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peixun.coverage.exports import late_sheet
from peixun.coverage.forms import CloseForm, ReopenForm
from peixun.coverage.operations.closing import close_year, reopen_year
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.closed import closable, describe_late, figures_then
from peixun.coverage.queries.position import position
from peixun.coverage.queries.years import kept_years
from peixun.coverage.views.common import Looking, organisation_in_scope
from peixun.kernel import bulk, clock
from peixun.kernel.tables.writer import write_workbook
from peixun.ledger.models import YearClosing
from peixun.ledger.operations import ClosingRefused
from peixun.ledger.operations.closing import may_close
from peixun.ledger.queries.closings import closing_of, closings_in_scope, late_count, late_entries
from peixun.ledger.queries.seals import sealing
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import OutOfScope, Permission

PAGE = 50
SHOWN = 200
IN_ONE_STEP = 2000


@require_safe
def closings(request: Any) -> HttpResponse:
    """The closings of one's scope, and where one may close another."""
    if not request.actor.may_anywhere(Permission.SEE_COVERAGE):
        raise Http404("nothing in scope")
    heads, below = closable(request.actor)
    context = {
        "closings": [(row, figures_then(row)) for row in closings_in_scope(request.actor)[:SHOWN]],
        "closable": heads,
        "closable_below": below,
        "shown": SHOWN,
    }
    return render(request, "coverage/closings.html", context)


def _closable_years() -> list[int]:
    """Years that are over and have figures, the latest first."""
    today = clock.today()
    return sorted((year for year in kept_years() if year < today.year), reverse=True)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Any, code: str) -> HttpResponse:
    """Shows what a year still lacks, and closes it when asked to."""
    organisation = organisation_in_scope(request.actor, code, Permission.CLOSE_YEAR)
    if not may_close(request.actor, organisation):
        raise Http404("not of this level")
    years = _closable_years()
    data = request.POST or request.GET.copy()
    if request.method != "POST" and "year" not in data and years:
        data["year"] = str(years[0])
    form = CloseForm(data, years=years)
    problem = ""
    if form.is_valid() and request.method == "POST":
        try:
            closing = close_year(
                organisation, form.cleaned_data["year"], by=request.actor, at=timezone.now(), today=clock.today()
            )
        except ClosingRefused as refused:
            problem = str(refused)
        else:
            words = {"name": organisation.name, "year": closing.year}
            messages.success(request, _("%(name)s %(year)s 年度已关账。以后补记或冲销都要写明原因。") % words)
            return redirect("coverage:closing", closing.pk)
    refused_ = request.method == "POST"
    context = {"organisation": organisation, "form": form, "years": years, "problem": problem}
    context |= _open_matters(request, organisation, form.cleaned_data.get("year"))
    return render(request, "coverage/close.html", context, status=422 if refused_ else 200)


def _open_matters(request: Any, organisation: Organisation, year: int | None) -> dict[str, Any]:
    if year is None:
        return {"year": None}
    day = date(year, 12, 31)
    looking = Looking(request.actor, organisation, current_books(), year, day)
    above = closing_of(organisation, year)
    return {
        "year": year,
        "at": position(organisation, year=year, as_of=day, books=looking.books),
        "unsealed": sealing().unsealed,
        "uncovered_url": looking.people_url("uncovered"),
        "unfulfilled_url": looking.people_url("unfulfilled"),
        "closed": above if above and above.organisation_id == organisation.pk else None,
        "above": above if above and above.organisation_id != organisation.pk else None,
    }


@require_safe
def export(request: Any, closing_id: int) -> HttpResponseBase:
    """All that came after a closing as a workbook; names go out only where the reader may export lists of people."""
    row = _in_scope(request, closing_id)
    notes = late_entries(row).select_related("entry__activity", "entry__person")
    audit.record(
        by=request.actor,
        at=timezone.now(),
        action="export",
        subject="late_entries",
        subject_id=row.pk,
        organisation_id=row.organisation_id,
        year=row.year,
        rows=notes.count(),
    )
    books = current_books()
    chunks = bulk.chunks(notes.iterator(IN_ONE_STEP), IN_ONE_STEP)
    named = request.actor.paths(Permission.EXPORT)
    lines = (line for some in chunks for line in describe_late(some, row, named=named, books=books))
    name = _("%(name)s%(year)s年度关账后补记") % {"name": row.organisation.name, "year": row.year}
    file = BytesIO()
    write_workbook(file, title=name, sheets=[late_sheet(lines)])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _in_scope(request: Any, closing_id: int) -> YearClosing:
    return get_object_or_404(closings_in_scope(request.actor), pk=closing_id)


@require_safe
def closing(request: Any, closing_id: int) -> HttpResponse:
    """One closing: the figures then and now, and what came after."""
    return _show(request, _in_scope(request, closing_id), ReopenForm())


def _show(request: Any, row: YearClosing, form: ReopenForm, *, problem: str = "") -> HttpResponse:
    books = current_books()
    before = request.GET.get("before", "")
    notes = late_entries(row).select_related("entry__activity", "entry__person")
    if before.isdecimal():
        notes = notes.filter(entry__lt=int(before))
    shown = list(notes[: PAGE + 1])
    day = date(row.year, 12, 31)
    looking = Looking(request.actor, row.organisation, books, row.year, day)
    now = position(row.organisation, year=row.year, as_of=day, books=books)
    context = {
        "closing": row,
        "head": bytes(row.head).hex(),
        "then": figures_then(row),
        "now": now.total,
        "updating": now.updating,
        "answer_url": looking.url("answer"),
        "count": late_count(row),
        "late": describe_late(shown[:PAGE], row, named=request.actor.paths(Permission.SEE_PEOPLE), books=books),
        "export_url": reverse("coverage:late-export", args=[row.pk]),
        "older_url": f"?before={shown[PAGE - 1].entry_id}" if len(shown) > PAGE else "",
        "may_reopen": row.reopened_at is None and may_close(request.actor, row.organisation),
        "form": form,
        "problem": problem,
    }
    refused = form.is_bound
    return render(request, "coverage/closing.html", context, status=422 if refused else 200)


@require_POST
def reopen(request: Any, closing_id: int) -> HttpResponse:
    """Opens a closed year again, with a reason."""
    row = _in_scope(request, closing_id)
    if not may_close(request.actor, row.organisation):
        raise Http404("not granted here")
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form)
    try:
        reopen_year(row, reason=form.cleaned_data["reason"], today=clock.today(), by=request.actor, at=timezone.now())
    except ClosingRefused as refused:
        return _show(request, row, form, problem=str(refused))
    except OutOfScope as error:
        raise Http404("not granted here") from error
    words = {"name": row.organisation.name, "year": row.year}
    messages.success(request, _("%(name)s %(year)s 年度已重新开账。补录完成后请再次关账。") % words)
    return redirect("coverage:closing", row.pk)
