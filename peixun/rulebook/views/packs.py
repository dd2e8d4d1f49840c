"""Packs that were published: copied into a draft, ended, taken back."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peixun.catalog.queries import rule_makers
from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.queries.scope import Permission
from peixun.rulebook.forms import EndForm
from peixun.rulebook.models import PackKind
from peixun.rulebook.operations import drafts, publishing, trials
from peixun.rulebook.queries import scope
from peixun.rulebook.queries.checking import Pack, kind_of, model_of
from peixun.rulebook.views.trials import begin


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
    """On which day a pack is to end; what that would change is shown first."""
    found = get_object_or_404(scope.packs(request.actor, _model(pack_kind)), pk=pack_id)
    today = clock.today()
    form = EndForm(request.POST or None, initial={"last": max(today, found.since)})
    problem = ""
    if request.method == "POST" and form.is_valid():
        on, reason = form.cleaned_data["last"] + timedelta(days=1), form.cleaned_data["reason"].strip()
        try:
            publishing.require_endable(found, on=on, reason=reason, today=today)
        except drafts.RulesRefused as refused:
            problem = str(refused)
        else:
            return _tried(request, found, {"act": "end", "on": on.isoformat(), "reason": reason})
    return _show(request, found, form, problem)


def _show(request: Any, found: Pack, form: EndForm, problem: str = "") -> HttpResponse:
    future = found.since > clock.today()
    context = {"pack": found, "kind": kind_of(found), "form": form, "problem": problem, "future": future}
    return render(request, "rulebook/pack.html", context, status=422 if problem or form.errors else 200)


def _tried(request: Any, found: Pack, wanted: dict[str, Any]) -> HttpResponse:
    """Try the end of a pack out and show what it found."""
    what = {"pack": [kind_of(found), found.pk], **wanted}
    asked = trials.ask(found.owner, what, by=request.actor, at=timezone.now())
    begin(asked)
    return redirect("rulebook:trial", asked.pk)


@require_POST
def withdraw(request: Any, pack_kind: str, pack_id: int) -> HttpResponse:
    """What taking back a pack that hasn't begun would change."""
    found = get_object_or_404(scope.packs(request.actor, _model(pack_kind)), pk=pack_id)
    if found.since <= clock.today():
        form = EndForm(initial={"last": clock.today()})
        return _show(request, found, form, _("已经生效的规则不能撤回，只能停止执行"))
    return _tried(request, found, {"act": "withdraw", "on": found.since.isoformat(), "reason": ""})
