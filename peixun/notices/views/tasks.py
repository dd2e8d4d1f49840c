"""What waits to be done, and slips on paper for those without a phone."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from peixun.kernel import clock
from peixun.notices import operations
from peixun.notices.queries.slips import slips as printable
from peixun.notices.queries.tasks import has_tasks
from peixun.notices.queries.tasks import tasks as waiting
from peixun.people.models import MEMBER_KINDS
from peixun.people.queries.scope import Permission

MANAGE = Permission.MANAGE_PEOPLE


@require_safe
def tasks(request: Any) -> HttpResponse:
    """One's own tasks, the oldest first; what waits below, in sum."""
    if not has_tasks(request.actor):
        raise Http404("not for this role")
    return render(request, "notices/tasks.html", {"tasks": waiting(request.actor, day=clock.today(), whole_year=True)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def slips(request: Any, code: str) -> HttpResponse:
    """Chooses messages of a branch's members; the slips to print are the answer to the form."""
    branch = get_object_or_404(request.actor.organisations(MANAGE).filter(kind__in=MEMBER_KINDS), code=code)
    found = printable(branch, day=clock.today())
    context = {"branch": branch, "slips": found, "back_url": _address("home:branch", branch.code)}
    if request.method != "POST":
        return render(request, "notices/choose_slips.html", context)
    ticked = set(request.POST.getlist("message"))
    chosen = [slip for slip in found if str(slip.message.pk) in ticked]
    if not chosen:
        return render(request, "notices/choose_slips.html", context | {"nothing": True}, status=422)
    operations.note_printed(
        len(chosen), path=branch.path, organisation_id=branch.pk, by=request.actor, at=timezone.now()
    )
    return render(request, "notices/slips.html", context | {"slips": chosen})


def _address(name: str, *arguments: object) -> str:
    """The address of a page above this room; "" where there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
