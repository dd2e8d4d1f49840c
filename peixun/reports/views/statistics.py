"""Statistical tables for any filter: on screen and as a sheet, the same numbers."""

from io import BytesIO
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.kernel import clock
from peixun.reports import operations
from peixun.reports.forms import StatisticsForm
from peixun.reports.queries.statistics import COLUMNS, StatColumn, Statistics, stat_table
from peixun.reports.views.common import XLSX, Looking, download, look


@require_safe
def page(request: Any, code: str, year: int) -> HttpResponse:
    """The table on screen, with what can be chosen."""
    looking, _day = look(request, code, year)
    form = StatisticsForm(_filled(request.GET, looking), year=year, today=clock.today())
    context: dict[str, Any] = {"looking": looking, "path": looking.path("statistics"), "form": form}
    if form.is_valid():
        wanted = _wanted(looking, form)
        table = stat_table(wanted)
        rows = [
            {"name": row.name, "cells": [_cell(c, v) for c, v in zip(table.columns, row.values, strict=True)]}
            for row in table.rows
        ]
        context |= {
            "table": table,
            "rows": rows,
            "title": operations.statistics_title(wanted),
            "narrowing": operations.narrowing_words(wanted),
            "as_of": wanted.as_of,
            "query": request.GET.urlencode(),
        }
    return render(request, "reports/statistics.html", context, status=200 if form.is_valid() else 422)


@require_safe
def sheet(request: Any, code: str, year: int) -> HttpResponse:
    """The same table as .xlsx; a choice that can't be is answered with the page that says why."""
    looking, _day = look(request, code, year)
    form = StatisticsForm(_filled(request.GET, looking), year=year, today=clock.today())
    if not form.is_valid():
        return page(request, code, year)
    wanted = _wanted(looking, form)
    file = BytesIO()
    operations.write_statistics(file, wanted=wanted, by=request.actor, at=timezone.now())
    return download(file.getvalue(), XLSX, _("%s.xlsx") % operations.statistics_title(wanted))


def _filled(data: QueryDict, looking: Looking) -> QueryDict:
    """What was chosen; the boxes of a first visit stand at every column."""
    filled = data.copy()
    filled.setdefault("as_of", looking.as_of.isoformat())
    filled.setdefault("rows", "units")
    if "columns" not in filled:
        filled.setlist("columns", list(COLUMNS))
    return filled


def _wanted(looking: Looking, form: StatisticsForm) -> Statistics:
    data = form.cleaned_data
    return Statistics(
        organisation=looking.organisation,
        year=looking.year,
        as_of=data["as_of"] or looking.as_of,
        rows=data["rows"],
        columns=data["columns"],
        audience=data["audience"],
        tier=data["tier"],
    )


def _cell(column: StatColumn, value: Any) -> dict[str, Any]:
    if value is None:
        text = "—"
    elif column.kind == "percent":
        text = f"{value}%"
    else:
        text = f"{value:f}" if column.kind == "hours" else str(value)
    return {"heading": column.heading, "text": text}
