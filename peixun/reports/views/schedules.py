"""Scheduled exports: one's own list, a new one, pausing, deleting, files."""

from datetime import date
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.queries.scope import OutOfScope, Permission
from peixun.reports import operations
from peixun.reports.forms import WEEKDAYS, ScheduleForm, StatisticsForm
from peixun.reports.models import Exported, Rhythm, Schedule
from peixun.reports.queries.schedules import own_files, own_schedules
from peixun.reports.queries.statistics import Statistics
from peixun.reports.views.common import download, require_reports


@require_safe
def index(request: Any) -> HttpResponse:
    """One's own schedules with their files."""
    return _index(request)


def _index(request: Any, problem: str = "") -> HttpResponse:
    require_reports(request.actor)
    rows = [
        {
            "schedule": one,
            "rhythm": rhythm_words(one),
            "filter": filter_words(one),
            "files": [{"file": f, "size": max(1, f.size // 1024)} for f in one.files.all()],
            "may": request.actor.may(operations.PERMISSIONS[Exported(one.what)], one.organisation.path),
        }
        for one in own_schedules(request.actor)
    ]
    own = request.actor.organisations(Permission.REPORT).order_by("path").first()
    context = {"rows": rows, "own": own, "problem": problem}
    return render(request, "reports/schedules.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Any, code: str) -> HttpResponse:
    """Set one up; the filter of a table comes along in the address."""
    organisation = get_object_or_404(request.actor.organisations(Permission.REPORT), code=code)
    allowed = [what for what, needed in operations.PERMISSIONS.items() if request.actor.may(needed, organisation.path)]
    initial = {"what": request.GET.get("what"), "weekday": 1, "monthday": 1}
    form = ScheduleForm(request.POST or None, allowed=allowed, initial=initial)
    chosen = _chosen(request.GET)
    context: dict[str, Any] = {
        "organisation": organisation,
        "form": form,
        "filter": _filter_words(chosen, organisation),
    }
    if not form.is_valid():
        return render(request, "reports/schedule_new.html", context, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    wanted = operations.NewSchedule(
        organisation, data["what"], _of(data["what"], chosen), data["rhythm"], form.day, data["up_to"]
    )
    try:
        operations.make_schedule(wanted, today=clock.today(), by=request.actor, at=timezone.now())
    except operations.ScheduleRefused as refused:
        return render(request, "reports/schedule_new.html", context | {"problem": str(refused)}, status=422)
    return redirect("reports:schedules")


@require_POST
def pause(request: Any, schedule_id: int) -> HttpResponse:
    """Pause one's own."""
    operations.pause_schedule(_own(request, schedule_id), by=request.actor, at=timezone.now())
    return redirect("reports:schedules")


@require_POST
def resume(request: Any, schedule_id: int) -> HttpResponse:
    """Let one's own run again."""
    schedule = _own(request, schedule_id)
    try:
        operations.resume_schedule(schedule, today=clock.today(), by=request.actor, at=timezone.now())
    except operations.ScheduleRefused as refused:
        return _index(request, str(refused))
    return redirect("reports:schedules")


@require_POST
def delete(request: Any, schedule_id: int) -> HttpResponse:
    """Delete one's own with its files."""
    operations.delete_schedule(_own(request, schedule_id), by=request.actor, at=timezone.now())
    return redirect("reports:schedules")


@require_safe
def download_file(request: Any, file_id: int) -> HttpResponse:
    """A file, to be saved; 404 for another's, and once the right to it is lost."""
    file = get_object_or_404(own_files(request.actor), pk=file_id)
    try:
        data = operations.open_scheduled(file, by=request.actor, at=timezone.now())
    except OutOfScope:
        return _index(request, _("您现在没有这项内容的权限，不能下载"))
    return download(data, file.content_type, file.name)


def rhythm_words(schedule: Schedule) -> str:
    """How often, in words."""
    if schedule.rhythm == Rhythm.WEEKLY:
        return _("每周%(day)s") % {"day": dict(WEEKDAYS)[schedule.day]}
    return _("每月%(day)d日") % {"day": schedule.day}


def filter_words(schedule: Schedule) -> str:
    """What a table is narrowed to; "" for what has no filter."""
    return _filter_words(schedule.chosen, schedule.organisation) if schedule.what == Exported.STATISTICS else ""


def _filter_words(chosen: dict[str, Any], organisation: Organisation) -> str:
    today: date = clock.today()
    table = Statistics(
        organisation, today.year, today, rows=chosen["rows"], audience=chosen["audience"], tier=chosen["tier"]
    )
    rows = dict(StatisticsForm.base_fields["rows"].choices)[chosen["rows"]]  # type: ignore[attr-defined]
    words = {"rows": rows, "filter": operations.narrowing_words(table), "count": len(chosen["columns"])}
    return _("每行一个%(rows)s，%(count)d列，%(filter)s") % words


def _chosen(data: QueryDict) -> dict[str, Any]:
    """The filter of a table as the address holds it; what can't be is every unit with every column."""
    filled = data.copy()
    filled.pop("as_of", None)
    filled.setdefault("rows", "units")
    today = clock.today()
    form = StatisticsForm(filled, year=today.year, today=today)
    if not form.is_valid():
        form = StatisticsForm({"rows": "units"}, year=today.year, today=today)
        form.is_valid()
    found = form.cleaned_data
    return {
        "rows": found["rows"],
        "columns": list(found["columns"]),
        "audience": found["audience"],
        "tier": found["tier"],
    }


def _of(what: str, chosen: dict[str, Any]) -> dict[str, Any]:
    return chosen if what == Exported.STATISTICS else {}


def _own(request: Any, schedule_id: int) -> Schedule:
    require_reports(request.actor)
    return get_object_or_404(own_schedules(request.actor), pk=schedule_id)
