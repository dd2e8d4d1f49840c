"""Packs that were published: copied into a draft, ended, taken back."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from peixun.catalog.queries import rule_makers
from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.queries.scope import Permission
from peixun.rulebook.forms import EndForm
from peixun.rulebook.models import PackKind
from peixun.rulebook.operations import drafts, publishing
from peixun.rulebook.queries import scope
from peixun.rulebook.queries.checking import model_of


def _model(kind: str) -> Any:
    if kind not in PackKind.values:
        raise Http404("no such kind")
    return model_of(kind)


@require_POST
def copy(request: Any, pack_kind: str, pack_id: int) -> HttpResponse:
    """A draft that begins with what a pack says: for its owner, or for one's own organisation."""
    model = _model(pack_kind)
    mine = list(rule_makers(request.actor))
    base = get_object_or_404(model.objects.select_related("owner"), pk=pack_id)
    if not mine or not _reaches(request, base.owner, mine):
        raise Http404("not in scope")
    owner = next((o for o in mine if o.pk == base.owner_id), mine[0])
    made = drafts.begin(pack_kind, owner, base=base, by=request.actor, at=timezone.now())
    return redirect("rulebook:draft", made.pk)


def _reaches(request: Any, owner: Organisation, mine: list[Organisation]) -> bool:
    """Whether a pack's owner lies within or above what the actor makes rules for."""
    return request.actor.may(Permission.MANAGE_RULES, owner.path) or any(o.path.startswith(owner.path) for o in mine)


@require_http_methods(["GET", "POST"])
def pack(request: Any, pack_kind: str, pack_id: int) -> HttpResponse:
    """End a pack on a day."""
    found = get_object_or_404(scope.packs(request.actor, _model(pack_kind)), pk=pack_id)
    today, problem = clock.today(), ""
    form = EndForm(request.POST or None, initial={"last": max(today, found.since)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            publishing.end(
                found,
                on=data["last"] + timedelta(days=1),
                reason=data["reason"],
                today=today,
                by=request.actor,
                at=timezone.now(),
            )
        except drafts.RulesRefused as refused:
            problem = str(refused)
            found.refresh_from_db()
        else:
            return redirect("catalog:index")
    context = {"pack": found, "kind": pack_kind, "form": form, "problem": problem, "future": found.since > today}
    return render(request, "rulebook/pack.html", context, status=422 if problem or form.errors else 200)


@require_POST
def withdraw(request: Any, pack_kind: str, pack_id: int) -> HttpResponse:
    """Take back a pack that hasn't begun."""
    today = clock.today()
    found = get_object_or_404(scope.packs(request.actor, _model(pack_kind)), pk=pack_id)
    try:
        publishing.withdraw(found, today=today, by=request.actor, at=timezone.now())
    except drafts.RulesRefused as refused:
        context = {"pack": found, "kind": pack_kind, "form": EndForm(), "problem": str(refused), "future": False}
        return render(request, "rulebook/pack.html", context, status=422)
    return redirect("catalog:index")
