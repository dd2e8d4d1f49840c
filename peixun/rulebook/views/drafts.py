"""Drafts: listed, begun, edited, published, put away."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from peixun.catalog.models import (
    ActivityKind,
    CapPeriod,
    CarryOver,
    Delivery,
    Example,
    RequirementPeriod,
    Setting,
    Strand,
    Tier,
    Unit,
)
from peixun.catalog.queries import rule_makers
from peixun.kernel import clock
from peixun.people.models import Audience
from peixun.people.queries.scope import Actor
from peixun.rulebook.forms import LISTS, WITHIN, BeginForm, read_content
from peixun.rulebook.models import DraftState, PackDraft
from peixun.rulebook.operations import drafts as operations
from peixun.rulebook.operations import publishing, trials
from peixun.rulebook.queries.audiences import people_by_audience
from peixun.rulebook.queries.checking import DAY, DUTY_LEVELS, check
from peixun.rulebook.queries.scope import drafts
from peixun.rulebook.views.trials import begin, told

CUTS = (("delivery", Delivery), ("tier", Tier), ("setting", Setting), ("strand", Strand), ("example", Example))


def require_rules(actor: Actor) -> None:
    """Raises Http404 for whoever makes no rules."""
    if not rule_makers(actor).exists():
        raise Http404("not for this role")


@require_http_methods(["GET", "POST"])
def index(request: Any) -> HttpResponse:
    """Drafts under way and what became of others; a new one."""
    require_rules(request.actor)
    form = BeginForm(request.POST or None, owners=rule_makers(request.actor))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = operations.begin(data["kind"], data["owner"], by=request.actor, at=timezone.now())
        return redirect("rulebook:draft", made.pk)
    rows = list(drafts(request.actor)[:100])
    context = {
        "form": form,
        "open": [d for d in rows if d.state == DraftState.DRAFT],
        "published": [d for d in rows if d.state == DraftState.PUBLISHED],
    }
    return render(request, "rulebook/index.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def draft(request: Any, draft_id: int) -> HttpResponse:
    """One draft: edited in rows, checked as it stands."""
    found: PackDraft = get_object_or_404(drafts(request.actor), pk=draft_id)
    if request.method == "GET":
        return _show(request, found)
    content = read_content(found.kind, request.POST)
    try:
        operations.save(found, content, version=version_of(request), by=request.actor, at=timezone.now())
    except operations.RulesRefused as refused:
        # What was typed stays on the page, so that it can be taken over by hand.
        found.content = content
        return _show(request, found, str(refused))
    return redirect("rulebook:draft", found.pk)


def version_of(request: Any) -> int:
    """The version that the page was made of; 0, which none has, for nonsense."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0


def _show(request: Any, found: PackDraft, problem: str = "") -> HttpResponse:
    today = clock.today()
    checked = check(found, today=today, people=people_by_audience(today, found.owner))
    context = {
        "draft": found,
        "content": found.content,
        "lists": _lists(found),
        "checked": checked,
        "problem": problem,
        "is_open": found.state == DraftState.DRAFT,
        "choices": _choices(found.kind),
        "years": _("、").join(str(year) for year in checked.past),
        "cut_last": checked.new.since - DAY if checked.new is not None else None,
        "cut_was": checked.cut.until - DAY if checked.cut is not None and checked.cut.until is not None else None,
        **told(found.trials.select_related("draft").first()),
    }
    return render(request, "rulebook/draft.html", context, status=422 if problem else 200)


def _lists(found: PackDraft) -> dict[str, list[dict[str, Any]]]:
    lists = {}
    for which in LISTS[found.kind]:
        rows = [dict(row) for row in found.content.get(which, [])]
        for row in rows:
            within = list(row.get("within", []))[:WITHIN]
            row["parts"] = within + [{}] * (WITHIN - len(within))
        lists[which] = rows
    return lists


def _choices(kind: str) -> dict[str, Any]:
    if kind == "duty":
        return {
            "audiences": list(Audience.objects.values_list("key", "name")),
            "periods": RequirementPeriod.choices,
            "levels": DUTY_LEVELS,
        }
    if kind == "requirement":
        return {
            "audiences": list(Audience.objects.values_list("key", "name")),
            "periods": RequirementPeriod.choices,
            "cuts": [(f"{name}:{value}", label) for name, values in CUTS for value, label in values.choices],
        }
    return {
        "kinds": ActivityKind.choices,
        "units": Unit.choices,
        "periods": CapPeriod.choices,
        "carry_over": CarryOver.choices,
    }


@require_POST
def try_out(request: Any, draft_id: int) -> HttpResponse:
    """Try a draft out as it was saved."""
    found: PackDraft = get_object_or_404(drafts(request.actor), pk=draft_id)
    try:
        asked = trials.ask_draft(found, today=clock.today(), by=request.actor, at=timezone.now())
    except operations.RulesRefused as refused:
        return _show(request, found, str(refused))
    begin(asked)
    return redirect(f"{reverse('rulebook:draft', args=[found.pk])}#trial")


@require_POST
def publish(request: Any, draft_id: int) -> HttpResponse:
    """Put a draft in force."""
    found: PackDraft = get_object_or_404(drafts(request.actor), pk=draft_id)
    reason = request.POST.get("reason", "")[:200] if "known" in request.POST else ""
    try:
        publishing.publish(
            found,
            version=version_of(request),
            confirmed=publishing.Confirmed(reason, shorten="shorten" in request.POST),
            today=clock.today(),
            by=request.actor,
            at=timezone.now(),
        )
    except operations.RulesRefused as refused:
        return _show(request, found, str(refused))
    return redirect("catalog:index")


@require_POST
def drop(request: Any, draft_id: int) -> HttpResponse:
    """Put a draft away."""
    found: PackDraft = get_object_or_404(drafts(request.actor), pk=draft_id)
    try:
        operations.drop(found, version=version_of(request), by=request.actor, at=timezone.now())
    except operations.RulesRefused as refused:
        return _show(request, found, str(refused))
    return redirect("rulebook:index")
