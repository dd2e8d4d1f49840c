"""What may be done about a claim: the branch answers, the office decides, the member withdraws or asks again."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from peixun.claims import operations
from peixun.claims.models import Claim
from peixun.claims.views.filing import uploaded
from peixun.claims.views.pages import ruling_form, show
from peixun.claims.views.reading import in_scope
from peixun.kernel import clock


def _carry_out(request: Any, claim: Claim, act: Callable[[], None]) -> HttpResponse:
    """Do it and show the claim; what is refused is said on the page. Outside the scope nothing is there."""
    try:
        act()
    except operations.ClaimRefused as refused:
        return show(request, in_scope(request, claim.pk), problem=str(refused))
    return redirect("claims:claim", claim.pk)


def _chosen(request: Any, verbs: dict[str, Callable[[], None]]) -> Callable[[], None]:
    verb = verbs.get(request.POST.get("verb", ""))
    if verb is None:
        raise Http404("no such verb")
    return verb


@require_POST
def answer(request: Any, claim_id: int) -> HttpResponse:
    """The branch confirms or refuses."""
    one, by, at = in_scope(request, claim_id), request.actor, timezone.now()
    words = request.POST.get("words", "")[:500]
    verbs: dict[str, Callable[[], None]] = {
        "confirm": lambda: operations.confirm(one, words=words, today=clock.today(), by=by, at=at),
        "refuse": lambda: operations.refuse(one, words=words, by=by, at=at),
        "ask": lambda: operations.ask(one, words=words, by=by, at=at),
    }
    return _carry_out(request, one, _chosen(request, verbs))


@require_POST
def decide(request: Any, claim_id: int) -> HttpResponse:
    """The office looks at what it would change, recognises, or refuses."""
    one, by, at = in_scope(request, claim_id), request.actor, timezone.now()
    words = request.POST.get("words", "")[:500]
    spoken: dict[str, Callable[[], None]] = {
        "refuse": lambda: operations.refuse(one, words=words, by=by, at=at),
        "ask": lambda: operations.ask(one, words=words, by=by, at=at),
    }
    if request.POST.get("verb") in spoken:
        return _carry_out(request, one, _chosen(request, spoken))
    form = ruling_form(one, request.POST)
    if not form.is_valid() or request.POST.get("verb") == "preview":
        return show(request, one, form=form)
    ruling = operations.Ruling(**form.cleaned_data)
    verbs: dict[str, Callable[[], None]] = {
        "grant": lambda: operations.grant(one, ruling, today=clock.today(), by=by, at=at)
    }
    return _carry_out(request, one, _chosen(request, verbs))


@require_POST
def own_step(request: Any, claim_id: int) -> HttpResponse:
    """The member, or whoever filed for them, adds something, withdraws, or asks for a second look."""
    one, by, at = in_scope(request, claim_id), request.actor, timezone.now()
    words = request.POST.get("words", "")[:500]
    verbs: dict[str, Callable[[], None]] = {
        "withdraw": lambda: operations.withdraw(one, by=by, at=at),
        "appeal": lambda: operations.appeal(one, words=words, today=clock.today(), by=by, at=at),
        "add": lambda: operations.add(one, words=words, scans=uploaded(request), today=clock.today(), by=by, at=at),
    }
    return _carry_out(request, one, _chosen(request, verbs))
