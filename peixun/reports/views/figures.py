"""One figure of the report: what it says, by which rule, and every record behind it."""

from itertools import islice
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Organisation, Person
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import Row
from peixun.reports.text.writer import printed
from peixun.reports.views.common import Looking, look

PAGE = 100


@require_safe
def figure(request: Any, code: str, year: int, key: str) -> HttpResponse:
    """The figure and its records, page by page; with `recount`, only the figure counted afresh from them."""
    looking, _form = look(request, code, year)
    records = YearRecords(looking.organisation, year, looking.as_of)
    found = Figures(records).find(key)
    if found is None:
        raise Http404("no such figure")
    address = looking.url("figure", key)
    sign = "&" if "?" in address else "?"
    context: dict[str, Any] = {
        "looking": looking,
        "found": found,
        "figure": found.figure,
        "value": printed(found.figure),
        "recount_url": f"{address}{sign}recount=1",
        "recounted": None,
    }
    asked = "recount" in request.GET
    if asked:
        context["recounted"] = found.recounted()
        if request.htmx:
            return render(request, "reports/_recount.html", context)
    after = request.GET.get("after", "")
    rows = list(islice(found.source.rows(after), PAGE + 1))
    more = len(rows) > PAGE
    context |= {
        "path": _path(looking, found.figure.label),
        "lines": _lines(rows[:PAGE], records, looking),
        "of_people": all(not row.entry for row in rows),
        "first_page": not after,
        "first_url": address if after else "",
        "more_url": f"{address}{sign}after={rows[PAGE - 1].token}" if more else "",
        "report_url": looking.url("work"),
    }
    return render(request, "reports/figure.html", context)


def _path(looking: Looking, label: str) -> list[dict[str, str]]:
    *above, here = looking.path("work")
    return [*above, {**here, "url": looking.url("work")}, {"name": label}]


def _lines(rows: list[Row], records: YearRecords, looking: Looking) -> list[dict[str, Any]]:
    """Rows with the names that they need; persons' names only for those who may see them."""
    names: dict[int, Person] = {}
    if looking.sees_people:
        names = Person.objects.in_bulk({row.person for row in rows})
    places = records.roll.due
    branches = Organisation.objects.in_bulk({places[row.person].branch for row in rows if row.person in places})
    activities = Activity.objects.in_bulk({row.activity for row in rows if row.activity})
    hours = dict(CreditEntry.objects.filter(pk__in=[row.entry for row in rows]).values_list("pk", "hours"))
    return [
        {
            "row": row,
            "person": names.get(row.person),
            "branch": branches.get(places[row.person].branch) if row.person in places else None,
            "activity": activities.get(row.activity),
            "hours": hours.get(row.entry),
        }
        for row in rows
    ]
