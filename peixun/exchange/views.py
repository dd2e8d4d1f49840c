"""Uploading, previewing, confirming, watching, deciding."""

import io
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.exchange import operations, tasks
from peixun.exchange import progress as telling
from peixun.exchange.forms import ConfirmForm, UploadForm
from peixun.exchange.models import Choice, ImportJob, JobState
from peixun.exchange.queries import history, job_in_scope, require_import, titles_by_key
from peixun.kernel import clock, imports
from peixun.kernel.tables.writer import Column, Sheet, write_workbook
from peixun.people.queries.scope import OutOfScope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MISSING_TO_A_PAGE = 100
PLANNING = frozenset({JobState.QUEUED, JobState.PLANNING})
WAITING = frozenset({JobState.QUEUED, JobState.CONFIRMED})


@require_http_methods(["GET", "POST"])
def index(request: Any) -> HttpResponse:
    """Upload a file; what was imported before."""
    require_import(request.actor)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        made = operations.start(
            key=form.cleaned_data["key"],
            file_name=file.name,
            content=file.chunks(),
            by=request.actor,
            at=timezone.now(),
        )
        tasks.plan_job.enqueue(made.pk)
        return redirect("exchange:job", made.pk)
    templates = [{"title": i.title, "url": reverse("exchange:template", args=[i.key])} for i in imports.importers()]
    context = {"form": form, "jobs": history(request.actor), "templates": templates}
    return render(request, "exchange/index.html", context, status=422 if form.errors else 200)


@require_GET
def template_file(request: Any, what: str) -> HttpResponse:
    """An empty workbook with the headings of an import."""
    require_import(request.actor)
    try:
        chosen = imports.importer(what)
    except imports.UnknownImporter as error:
        raise Http404("no such import") from error
    columns = [Column(name, 18) for name in chosen.headings.names]
    target = io.BytesIO()
    write_workbook(target, sheets=[Sheet(chosen.title, columns, [])])
    return _download(target.getvalue(), _("%(title)s模板.xlsx") % {"title": chosen.title})


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


@require_GET
def job(request: Any, job_id: int) -> HttpResponse:
    """One import, wherever it stands."""
    found = job_in_scope(request.actor, job_id)
    return _show(request, found, ConfirmForm())


def _show(request: Any, found: ImportJob, form: ConfirmForm, *, problem: str = "") -> HttpResponse:
    context = {
        "job": found,
        "title": titles_by_key().get(found.key, found.key),
        "form": form,
        "problem": problem,
        "steps": _steps(found),
        "undecided": found.missing.filter(choice="").count() if found.state == JobState.DONE else 0,
        "errors_url": reverse("exchange:errors", args=[found.pk]) if found.bad and found.errors.exists() else "",
        **_progress(found),
    }
    return render(request, "exchange/job.html", context, status=422 if problem else 200)


def _steps(found: ImportJob) -> list[dict[str, str]]:
    titles = [_("选择文件"), _("检查"), _("确认"), _("导入")]
    ended_early = found.state in {JobState.REFUSED, JobState.CANCELLED, JobState.FAILED}
    at = {JobState.QUEUED: 1, JobState.PLANNING: 1, JobState.PLANNED: 2, JobState.DONE: 4}.get(
        JobState(found.state), 1 if ended_early else 3
    )
    states = ["done" if i < at else "current" if i == at else "todo" for i in range(4)]
    return [{"title": title, "state": state, "url": ""} for title, state in zip(titles, states, strict=True)]


def _progress(found: ImportJob) -> dict[str, Any]:
    told = telling.read(found.path)
    return {
        "state": "waiting" if found.state in WAITING else "running",
        "label": _("正在检查文件") if found.state in PLANNING else _("正在导入"),
        "done": told.done,
        "total": told.total,
        "poll_url": reverse("exchange:progress", args=[found.pk]),
        "cancel_url": reverse("exchange:cancel", args=[found.pk]),
    }


@require_GET
def progress(request: Any, job_id: int) -> HttpResponse:
    """How far the work has come; once it has ended, the page is asked to show the outcome."""
    found = job_in_scope(request.actor, job_id)
    if not found.is_under_way:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "peixun/_progress.html", _progress(found))


@require_POST
def confirm(request: Any, job_id: int) -> HttpResponse:
    """Have the previewed changes written."""
    found = job_in_scope(request.actor, job_id)
    form = ConfirmForm(request.POST)
    form.is_valid()
    try:
        operations.confirm(
            found,
            skip_bad=bool(form.cleaned_data.get("skip_bad")),
            late_reason=form.cleaned_data.get("late_reason", ""),
        )
    except operations.NotConfirmable as error:
        return _show(request, found, form, problem=str(error))
    tasks.apply_job.enqueue(found.pk)
    return redirect("exchange:job", found.pk)


@require_POST
def cancel(request: Any, job_id: int) -> HttpResponse:
    """Stop an import."""
    found = job_in_scope(request.actor, job_id)
    operations.cancel(found, at=timezone.now())
    return redirect("exchange:job", found.pk)


@require_GET
def errors(request: Any, job_id: int) -> HttpResponse | FileResponse:
    """The workbook of bad rows."""
    found = job_in_scope(request.actor, job_id)
    if not found.errors.exists():
        raise Http404("no bad rows, or deleted")
    operations.record_download(found, by=request.actor, at=timezone.now())
    return _download(found.errors.read_bytes(), _("需要修改的行.xlsx"))


@require_http_methods(["GET", "POST"])
def missing(request: Any, job_id: int) -> HttpResponse:
    """Who is on the roll and was not in the file: one decision each."""
    found = job_in_scope(request.actor, job_id)
    problem = ""
    if request.method == "POST":
        try:
            operations.decide(found, _choices(request), on=clock.today(), by=request.actor, at=timezone.now())
        except operations.DecisionRefused as refused:
            problem = str(refused)
        except OutOfScope as error:
            raise Http404("not in scope") from error
        else:
            return redirect("exchange:missing", found.pk)
    rows = found.missing.filter(choice="").select_related("person")
    page = Paginator(rows, MISSING_TO_A_PAGE).get_page(request.GET.get("page"))
    decided = found.missing.exclude(choice="").count()
    context = {
        "job": found,
        "page": page,
        "decided": decided,
        "choices": Choice.choices,
        "problem": problem,
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "exchange/missing.html", context, status=422 if problem else 200)


def _choices(request: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, value in request.POST.items():
        number = name.removeprefix("choice-")
        if name.startswith("choice-") and number.isdecimal() and value in Choice.values:
            found[int(number)] = value
    return found
