"""The work report on screen and as files, and where to choose it."""

from io import BytesIO
from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.coverage.queries.years import kept_years
from peixun.kernel import clock
from peixun.kernel.papers.docx_writer import docx_bytes
from peixun.kernel.papers.html import render_html
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.forms import FindUnit, IssueForm
from peixun.reports.operations import (
    TableRequest,
    WorkReport,
    compose_work_report,
    draft_work_report,
    write_table,
)
from peixun.reports.queries.found import figure_url
from peixun.reports.queries.issued import versions
from peixun.reports.views.common import DOCX, XLSX, Looking, download, look

SHOWN = 60


@require_safe
def index(request: Any) -> HttpResponse:
    """Choose an organisation and a year."""
    scope = request.actor.organisations(Permission.REPORT)
    own = scope.order_by("path").first()
    if own is None:
        raise Http404("nothing in scope")
    today = clock.today()
    years = sorted({*(y for y in kept_years() if y <= today.year), today.year}, reverse=True)
    data = request.GET.copy()
    data.setdefault("year", str(today.year))
    form = FindUnit(data, years=years)
    form.is_valid()
    year = form.cleaned_data.get("year") or today.year
    text = form.cleaned_data.get("find", "").strip()
    units = _found(request.actor, text) if text else list(scope.filter(parent=own).open().order_by("code"))
    if text and len(units) == 1:
        return redirect("reports:work", units[0].code, year)
    rows = [{"organisation": o, "url": reverse("reports:work", args=[o.code, year])} for o in units[:SHOWN]]
    context = {"form": form, "year": year, "rows": rows, "text": text, "own": own, "cut": len(units) > SHOWN}
    context["entries"] = [
        (reverse("reports:work", args=[own.code, year]), _("工作报告"), _("起草、核对，确认以后出具正式报告")),
        (reverse("reports:issued-index"), _("正式报告"), _("出具过的各版，原样保存，可以比较差异")),
        (reverse("reports:statistics", args=[own.code, year]), _("统计表"), _("自己选行、列和范围，屏幕和表格一致")),
        (reverse("reports:bulletin", args=[own.code, year]), _("进展通报"), _("按单位通报进展，不点个人")),
        (reverse("reports:notice", args=[own.code, year]), _("补训通知"), _("要求各单位在期限内补训")),
        (reverse("reports:schedules"), _("定期导出"), _("每周或每月由系统导出，完成时发消息")),
    ]
    return render(request, "reports/index.html", context)


def _found(actor: Actor, text: str) -> list[Organisation]:
    rows = actor.organisations(Permission.REPORT)
    exact = list(rows.filter(code=text))
    return exact or list(rows.open().filter(name__contains=text).order_by("path")[: SHOWN + 1])


@require_safe
def work(request: Any, code: str, year: int) -> HttpResponse:
    """The work report on screen."""
    looking, form = look(request, code, year)
    report = compose_work_report(looking.organisation, year=year, as_of=looking.as_of, signed_on=clock.today())

    def address(key: str) -> str:
        return figure_url(looking.organisation, year=year, key=key, as_of=looking.as_of)

    context = {
        "looking": looking,
        "form": form,
        "report": report,
        "paper": render_html(report.paper, address, title_level=2),
        "path": looking.path("work"),
        "docx_url": looking.url("work-docx"),
        "figures_url": looking.url("work-figures"),
        "table_url": looking.url("table"),
        "statistics_url": looking.url("statistics"),
        "bulletin_url": looking.url("bulletin"),
        "notice_url": looking.url("notice"),
        "versions": versions(looking.organisation, year=year, as_of=looking.as_of),
        "may_issue": request.actor.may(Permission.ISSUE_REPORT, looking.organisation.path),
        "issue_form": IssueForm(),
        "issue_url": f"{reverse('reports:issue', args=[code, year])}?as_of={looking.as_of.isoformat()}",
    }
    return render(request, "reports/work.html", context)


@require_safe
def work_docx(request: Any, code: str, year: int) -> HttpResponse:
    """The report as .docx."""
    looking, _form = look(request, code, year)
    report = _drafted(looking)
    return download(docx_bytes(report.paper), DOCX, f"{report.paper.organisation}{report.paper.flat_title}.docx")


@require_safe
def work_figures(request: Any, code: str, year: int) -> HttpResponse:
    """The figures of the report as JSON."""
    looking, _form = look(request, code, year)
    report = _drafted(looking)
    data = orjson.dumps(report.figures_json(), option=orjson.OPT_INDENT_2)
    return download(data, "application/json", f"{report.paper.organisation}{report.paper.flat_title}.json")


@require_safe
def table(request: Any, code: str, year: int) -> HttpResponse:
    """The statistical table as .xlsx."""
    looking, _form = look(request, code, year)
    file = BytesIO()
    wanted = TableRequest(looking.organisation, year, looking.as_of)
    write_table(file, wanted=wanted, by=request.actor, at=timezone.now())
    return download(
        file.getvalue(),
        XLSX,
        _("%(name)s%(year)d年党员教育培训统计表.xlsx") % {"name": looking.organisation.name, "year": year},
    )


def _drafted(looking: Looking) -> WorkReport:
    return draft_work_report(
        looking.organisation,
        year=looking.year,
        as_of=looking.as_of,
        signed_on=clock.today(),
        by=looking.actor,
        at=timezone.now(),
    )
