"""Finding people and organisations."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peixun.home.queries.states import year_states
from peixun.kernel import clock
from peixun.people.operations.opening import look_up
from peixun.people.queries.scope import OutOfScope, Permission
from peixun.people.queries.search import Asked, Page, Question, find_organisations, find_persons, read_question


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Any) -> HttpResponse:
    """Names and parts of numbers stay in the address; a whole personal number is posted, answered and audited."""
    if not request.actor.may_anywhere(Permission.SEE_PEOPLE):
        raise OutOfScope("nobody to look for")
    typed = (request.POST if request.method == "POST" else request.GET).get("q", "")
    question = read_question(typed)
    if request.method == "POST":
        if not question.is_personal:
            return redirect(f"{reverse('home:search')}?{urlencode({'q': typed.strip()})}")
        page = look_up(question, by=request.actor, at=datetime.now(UTC), day=clock.today())
        return _answer(request, question, page, typed="")
    if question.is_personal:
        # Someone put a number into the address: don't answer, so that no habit grows from it.
        messages.info(request, _("完整的号码不要写在网址里，请在下面输入后查找。"))
        return redirect("home:search")
    page = find_persons(request.actor, question, day=clock.today(), cursor=request.GET.get("after", ""))
    return _answer(request, question, page, typed=typed.strip())


def _answer(request: HttpRequest, question: Question, page: Page, *, typed: str) -> HttpResponse:
    day = clock.today()
    paths = [found.organisation_path for found in page.found]
    states = year_states([f.person_id for f in page.found], paths=paths, year=day.year, day=day) if page.found else {}
    begun = "after" in request.GET
    organisations = [] if begun else find_organisations(request.actor, question)  # type: ignore[attr-defined]
    context = {
        "typed": typed,
        "question": question,
        "nothing_asked": question.asked == Asked.NOTHING,
        "rows": [(found, states.get(found.person_id)) for found in page.found],
        "organisations": organisations,
        "year": str(day.year),
        "first_url": f"?{urlencode({'q': typed})}" if begun else "",
        "next_url": f"?{urlencode({'q': typed, 'after': page.cursor})}" if page.cursor else "",
    }
    return render(request, "home/search.html", context)
