"""Audiences: listed with their people, made, changed, deleted."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.catalog.queries import rule_makers
from peixun.kernel import clock
from peixun.people.models import Audience, Organisation
from peixun.people.models.audiences import MAX_AUDIENCES
from peixun.rulebook.forms import AudienceForm, shown_rule
from peixun.rulebook.operations import audiences as operations
from peixun.rulebook.operations import trials
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries.audiences import packs_using, people_by_audience, taken_by, uses
from peixun.rulebook.views.drafts import require_rules
from peixun.rulebook.views.trials import begin


@require_GET
def index(request: Any) -> HttpResponse:
    """Every audience with its people today, and where it is used."""
    require_rules(request.actor)
    own = rule_makers(request.actor)[0]
    people = people_by_audience(clock.today(), own)
    used = uses()
    mine = set(rule_makers(request.actor).values_list("pk", flat=True))
    rows = [
        {"audience": a, "people": people.get(a.key, 0), "uses": used[a.pk], "mine": a.owner_id in mine}
        for a in Audience.objects.select_related("owner")
    ]
    context = {"rows": rows, "own": own, "most": MAX_AUDIENCES, "full": len(rows) >= MAX_AUDIENCES}
    return render(request, "rulebook/audiences.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    """A new audience: tried out as often as one likes, then saved."""
    require_rules(request.actor)
    return _edit(request, None, rule_makers(request.actor)[0])


@require_http_methods(["GET", "POST"])
def edit(request: Any, audience: str) -> HttpResponse:
    """An audience of one's own; one that packs use shows first what would change."""
    found: Audience = get_object_or_404(
        Audience.objects.filter(owner__in=rule_makers(request.actor)).select_related("owner"), key=audience
    )
    return _edit(request, found, found.owner)


def _edit(request: Any, found: Audience | None, owner: Organisation) -> HttpResponse:
    form = AudienceForm(
        request.POST or None,
        organisations=Organisation.objects.under(owner),
        initial=shown_rule(found.name, found.rule) if found else {},
    )
    problem, counted = "", None
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        if "save" not in request.POST:
            counted = taken_by(rule, clock.today(), owner)
        else:
            try:
                return _saved(request, form, found, owner)
            except RulesRefused as refused:
                problem = str(refused)
    elif found is not None and request.method == "GET":
        counted = taken_by(found.rule, clock.today(), owner)
    context = {
        "audience": found,
        "form": form,
        "problem": problem,
        "counted": counted,
        "owner": owner,
        "packs": packs_using(found) if found else [],
    }
    template = "rulebook/_counted.html" if request.htmx and counted and not problem else "rulebook/audience.html"
    return render(request, template, context, status=422 if problem or form.errors else 200)


def _saved(request: Any, form: AudienceForm, found: Audience | None, owner: Organisation) -> HttpResponse:
    data = form.cleaned_data
    wanted = {
        "key": found.key if found else "",
        "name": data["name"].strip(),
        "rule": form.rule(),
        "empty": data["empty"],
    }
    if found is not None and found.rule != wanted["rule"] and packs_using(found):
        above = next(o for o in rule_makers(request.actor) if owner.path.startswith(o.path))
        asked = trials.ask(above, wanted, by=request.actor, at=timezone.now())
        begin(asked)
        return redirect("rulebook:trial", asked.pk)
    operations.save(
        operations.WantedAudience(**wanted), owner=owner, today=clock.today(), by=request.actor, at=timezone.now()
    )
    return redirect("rulebook:audiences")


@require_POST
def delete(request: Any, audience: str) -> HttpResponse:
    """Delete an audience that nothing uses."""
    mine = Audience.objects.filter(owner__in=rule_makers(request.actor)).select_related("owner")
    found: Audience = get_object_or_404(mine, key=audience)
    try:
        operations.delete(found, by=request.actor, at=timezone.now())
    except RulesRefused as refused:
        context = {
            "audience": found,
            "form": AudienceForm(organisations=Organisation.objects.none(), initial=shown_rule(found.name, found.rule)),
            "problem": str(refused),
            "owner": found.owner,
            "packs": packs_using(found),
        }
        return render(request, "rulebook/audience.html", context, status=422)
    return redirect("rulebook:audiences")
