"""The secretary's branch on a phone."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from peixun.home.links import address
from peixun.home.places import place_here
from peixun.home.queries.branch import LISTED_BRANCHES, branch_lines, branch_sheet
from peixun.kernel import clock
from peixun.notices.queries.tasks import tasks
from peixun.people.models import MEMBER_KINDS, Organisation
from peixun.people.queries.scope import Permission


@require_safe
def branches(request: Any) -> HttpResponse:
    """One's branch; for the secretary of more than one, their list."""
    place = place_here(request)
    if place is not None and place.may(Permission.SEE_PEOPLE):
        if place.organisation.holds_members:
            return redirect("home:branch", place.organisation.code)
        return _choose(request, place.organisation)
    return redirect("home:start")


def _choose(request: Any, root: Organisation) -> HttpResponse:
    year, name = clock.today().year, request.GET.get("q", "").strip()[:60]
    lines = branch_lines(request.actor, root, year=year, name=name)
    return render(
        request,
        "home/branches.html",
        {
            "root": root,
            "year": str(year),
            "name": name,
            "lines": lines,
            "cut": len(lines) == LISTED_BRANCHES,
            "answer_url": address("coverage:answer", root.code),
        },
    )


@require_safe
def branch(request: Any, code: str) -> HttpResponse:
    """The branch at one glance."""
    rows = request.actor.organisations(Permission.SEE_PEOPLE).filter(kind__in=MEMBER_KINDS)
    found = get_object_or_404(rows, code=code)
    day = clock.today()
    sheet = branch_sheet(found, year=day.year, day=day)
    context = {"sheet": sheet, "branch": found, "year": str(day.year), "today": day}
    context["tasks"] = tasks(request.actor, day=day, within=found.path)
    return render(request, "home/branch.html", context | _links(request, found))


def _links(request: Any, found: Organisation) -> dict[str, str]:
    place = place_here(request)
    manages = place is not None and place.may(Permission.MANAGE_PEOPLE)
    issues = request.actor.may(Permission.ISSUE_CODES, found.path)
    prints = request.actor.may(Permission.MANAGE_PEOPLE, found.path)
    several = place is not None and not place.organisation.holds_members
    return {
        "entries_url": address("coverage:people", found.code),
        "tasks_url": address("coverage:tasks", found.code),
        "organisation_url": address("people:organisation", found.code),
        "transfer_url": address("changes:branch", found.code) if manages else "",
        "slips_url": address("notices:slips", found.code) if prints else "",
        "codes_url": address("home:codes", found.code) if issues else "",
        "branches_url": address("home:branches") if several else "",
    }
