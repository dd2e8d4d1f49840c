"""The month ends of a year, each beside the one before, on screen and as a workbook."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.coverage.exports import months_sheet
from peixun.coverage.forms import CoverageFilters
from peixun.coverage.queries.comparing import Month, month_by_month
from peixun.coverage.queries.position import Position, position
from peixun.coverage.views.answer import fulfilled_known, month_names
from peixun.coverage.views.common import Looking, found_organisations, look, organisation_in_scope
from peixun.kernel.tables.writer import write_workbook
from peixun.people.operations import audit
from peixun.people.queries.scope import Permission


def _position(looking: Looking) -> Position:
    return position(
        looking.organisation,
        year=looking.year,
        as_of=looking.day,
        audience=looking.audience_key,
        tier=looking.tier,
        books=looking.books,
    )


@require_safe
def months(request: Any, code: str) -> HttpResponse:
    """The months of a year: where it stood, and what each added."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, form = look(request, organisation, CoverageFilters)
    text = request.GET.get("find", "").strip()
    found = found_organisations(request.actor, text) if text else []
    if len(found) == 1:
        return redirect(looking.url("months", code=found[0].code))
    at = _position(looking)
    rows = month_by_month(at)
    known = fulfilled_known(looking)
    context = {
        "looking": looking,
        "organisation": organisation,
        "at": at,
        "form": form,
        "find": text,
        "found": [{"name": o.name, "url": looking.url("months", code=o.code)} for o in found],
        "path": [*looking.path("answer")[:-1], {"name": str(organisation), "url": looking.url("answer")}],
        "fulfilled_known": known,
        "rows": [(row, looking.url("answer", as_of=row.day.isoformat())) for row in rows],
        "trend": _trend(rows, known=known and not looking.tier),
        "export_url": looking.url("months-export"),
    }
    return render(request, "coverage/months.html", context)


def _trend(rows: list[Month], *, known: bool) -> dict[str, Any]:
    late: list[None] = [None] * (12 - len(rows))
    return {
        "words": {"due": _("应训"), "covered": _("已训"), "fulfilled": _("达标")},
        "unit": _("人"),
        "months": month_names(),
        "due": [*(row.count.due for row in rows), *late],
        "covered": [*(row.count.covered for row in rows), *late],
        "fulfilled": [*(row.count.fulfilled if known else None for row in rows), *late],
    }


@require_safe
def export(request: Any, code: str) -> HttpResponseBase:
    """The months as a workbook."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, _form = look(request, organisation, CoverageFilters)
    rows = month_by_month(_position(looking))
    audit.record(
        by=request.actor,
        at=timezone.now(),
        action="export",
        subject="months",
        subject_id=organisation.code,
        organisation_id=organisation.pk,
        year=looking.year,
    )
    name = _("%(name)s%(year)s年各月覆盖情况") % {"name": organisation.name, "year": looking.year}
    file = BytesIO()
    write_workbook(file, title=name, sheets=[months_sheet(looking.year, rows)])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
