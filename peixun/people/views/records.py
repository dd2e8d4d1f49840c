"""Pages about organisations and persons."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST, require_safe

from peixun.kernel import clock
from peixun.people.models import Identity, Organisation, Person
from peixun.people.operations.opening import open_numbers
from peixun.people.queries.organisation_record import MOST_CHILDREN, organisation_record
from peixun.people.queries.scope import Permission


def _address(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:  # a higher room that isn't there
        return ""


def _path(line: list[Organisation], here: Organisation, request: Any) -> list[dict[str, str]]:
    """The breadcrumb: what lies above one's scope is named without a link."""
    may = request.actor.may
    seen = [o for o in line if may(Permission.SEE_COVERAGE, o.path)]
    places = [{"name": str(o), "url": reverse("people:organisation", args=[o.code])} for o in seen]
    return [*places, {"name": str(here), "url": ""}]


@require_safe
def organisation(request: Any, code: str) -> HttpResponse:
    """The record of an organisation: what it is, who holds its posts, what became of it."""
    found = get_object_or_404(request.actor.organisations(Permission.SEE_COVERAGE), code=code)
    record = organisation_record(found, day=clock.today())
    sees_people = request.actor.may(Permission.SEE_PEOPLE, found.path)
    # What becomes of a branch is decided above it; below a committee its own office may found others.
    decides = record.line[-1] if found.holds_members and record.line else found
    manages = found.closed_on is None and request.actor.may(Permission.MANAGE_PEOPLE, decides.path)
    issues = found.holds_members and request.actor.may(Permission.ISSUE_CODES, found.path)
    context = {
        "record": record,
        "organisation": found,
        "path": _path(record.line, found, request),
        "parent": record.line[-1] if record.line else None,
        "sees_people": sees_people,
        "posts": [(p, _address("coverage:record", p.person_id)) for p in record.posts] if sees_people else [],
        "cut": len(record.children) == MOST_CHILDREN,
        "answer_url": _address("coverage:answer", found.code),
        "branch_url": _address("home:branch", found.code) if sees_people and found.holds_members else "",
        "changes_url": _address("changes:organisation", found.code) if manages else "",
        "codes_url": _address("home:codes", found.code) if issues else "",
        "gives_roles": request.actor.may(Permission.GIVE_ROLES, found.path) and found.closed_on is None,
    }
    return render(request, "people/organisation.html", context)


@require_POST
def reveal(request: Any, person_id: int) -> HttpResponse:
    """Shows one person's numbers in full and records it; htmx gets the facts alone, others a page."""
    try:
        numbers = open_numbers(person_id, by=request.actor, at=datetime.now(UTC), day=clock.today())
    except Identity.DoesNotExist as error:
        raise Http404("no numbers are held") from error
    context = {
        "numbers": numbers,
        "person": Person.objects.get(pk=person_id),
        "opened": True,
        "back_url": _address("coverage:record", person_id),
    }
    response = render(request, "people/_numbers.html" if request.htmx else "people/numbers.html", context)
    response["Cache-Control"] = "no-store"
    return response
