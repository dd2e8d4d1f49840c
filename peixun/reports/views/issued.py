"""Issued reports: the list, one version with its frozen figures and file, its differences, the next version."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.queries.scope import Permission
from peixun.people.words import action_words
from peixun.reports import operations
from peixun.reports.forms import IssueForm
from peixun.reports.models import IssuedReport
from peixun.reports.queries.issued import is_intact, issued_in_scope, versions
from peixun.reports.views.common import DOCX, download, look, require_reports

PAGE = 50


@require_safe
def index(request: Any) -> HttpResponse:
    """What was issued within the reader's scope, newest first."""
    require_reports(request.actor)
    rows = issued_in_scope(request.actor)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    more = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {
        "rows": found[:PAGE],
        "more_url": more,
        "first_url": request.path if before else "",
        "may_issue": request.actor.may_anywhere(Permission.ISSUE_REPORT),
    }
    return render(request, "reports/issued_index.html", context)


@require_safe
def version(request: Any, report_id: int) -> HttpResponse:
    """One version: frozen figures, its file, its differences from the version before."""
    report = _report(request, report_id)
    others = versions(report.organisation, year=report.year, as_of=report.as_of)
    context = _context(request, report) | {
        "versions": others,
        "is_newest": others[0].pk == report.pk,
        "intact": is_intact(report),
        "differences": _shown(report.differences),
    }
    return render(request, "reports/issued.html", context)


@require_safe
def document(request: Any, report_id: int) -> HttpResponse:
    """The file, byte for byte as it was issued."""
    report = _report(request, report_id)
    try:
        data = operations.open_document(report, by=request.actor, at=timezone.now())
    except operations.IssueRefused as refused:
        context = _context(request, report) | {"problem": str(refused), "intact": False}
        return render(request, "reports/issued.html", context, status=409)
    name = _("%(name)s%(title)s（第%(number)d版）.docx") % {
        "name": report.organisation.name,
        "title": report.title,
        "number": report.number,
    }
    return download(data, DOCX, name)


@require_safe
def now(request: Any, report_id: int) -> HttpResponse:
    """How today's figures differ from a version, and the way to the next one."""
    report = _report(request, report_id)
    found = operations.compare_with_now(report, signed_on=clock.today())
    context = _context(request, report) | {
        "differences": _shown(found),
        "is_newest": not IssuedReport.objects.filter(previous=report).exists(),
        "form": IssueForm(),
    }
    return render(request, "reports/issued_now.html", context)


@require_POST
def issue(request: Any, code: str, year: int) -> HttpResponse:
    """Issue the first or the next version."""
    get_object_or_404(request.actor.organisations(Permission.ISSUE_REPORT), code=code)
    looking, day = look(request, code, year)
    form = IssueForm(request.POST)
    context: dict[str, Any] = {"looking": looking, "path": looking.path("work"), "form": form}
    if day.is_valid() and form.is_valid():
        wanted = operations.Wanted(
            looking.organisation, year, looking.as_of, signed_on=clock.today(), note=form.cleaned_data["note"]
        )
        try:
            made = operations.issue(wanted, by=request.actor, at=timezone.now())
        except operations.IssueRefused as refused:
            context["problem"] = str(refused)
        else:
            return redirect("reports:issued", made.pk)
    context["day_errors"] = day.errors.get("as_of", [])
    context["versions"] = versions(looking.organisation, year=year, as_of=looking.as_of)
    return render(request, "reports/issue_refused.html", context, status=422)


def _report(request: Any, report_id: int) -> IssuedReport:
    scope: Any = request.actor.organisations(Permission.REPORT)
    rows = IssuedReport.objects.select_related("organisation", "issued_by", "previous")
    return get_object_or_404(rows.defer("previous__document", "previous__roll"), pk=report_id, organisation__in=scope)


def _context(request: Any, report: IssuedReport) -> dict[str, Any]:
    organisation: Organisation = report.organisation
    return {
        "report": report,
        "may_issue": request.actor.may(Permission.ISSUE_REPORT, organisation.path),
        "sees_people": request.actor.may(Permission.SEE_PEOPLE, organisation.path),
    }


def _shown(differences: dict[str, Any]) -> dict[str, Any]:
    """Differences as kept, with the words of the acts."""
    if not differences:
        return {}
    acts = [{"words": action_words(a["action"], a["subject"]), "count": a["count"]} for a in differences["acts"]]
    return {
        **differences,
        "people": differences.get("people"),
        "acts": acts,
        "cut": differences["entries_total"] > len(differences["entries"]),
    }
