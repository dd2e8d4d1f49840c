"""Trying out: begun, watched, shown; an audience is saved from here once its effect was seen."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from peixun.coverage.queries.supposing import Amount
from peixun.kernel import clock
from peixun.kernel.hours import from_quarters
from peixun.people.models import Audience, Organisation, Person
from peixun.rulebook import tasks
from peixun.rulebook.models import Trial, TrialState
from peixun.rulebook.operations import audiences, trials
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries import scope
from peixun.rulebook.queries.effects import audience_years, is_large, stamp

UNDER_WAY = (TrialState.WAITING, TrialState.RUNNING)


def begin(trial: Trial) -> None:
    """Work a trial out at once, or in the background where many are concerned."""
    if is_large(trial.owner, clock.today()):
        tasks.run_trial.enqueue(trial.pk)
    else:
        trials.run(trial, today=clock.today())


def told(trial: Trial | None) -> dict[str, Any]:
    """What a page shows of a trial: its progress, or its result and whether that is out of date."""
    if trial is None:
        return {"trial": None}
    old = trial.draft is not None and trial.draft.version != trial.version
    return {
        "trial": trial,
        "under_way": trial.state in UNDER_WAY,
        "failed": trial.state == TrialState.FAILED,
        "effects": [_effect(year) for year in trial.result] if trial.state == TrialState.DONE else [],
        "draft_changed": trial.state == TrialState.DONE and old,
        "data_changed": trial.state == TrialState.DONE and trial.stamp != stamp(),
        **_progress(trial),
    }


def _progress(trial: Trial) -> dict[str, Any]:
    return {
        "state": trial.state,
        "label": _("正在试算影响"),
        "done": trial.done,
        "total": trial.total,
        "unit": _("人"),
        "poll_url": reverse("rulebook:progress", args=[trial.pk]),
        "element_id": "trial-progress",
    }


def _effect(year: dict[str, Any]) -> dict[str, Any]:
    names = dict(Organisation.objects.filter(pk__in=[row[0] for row in year["children"]]).values_list("pk", "name"))
    rows = [
        {"name": names.get(pk, ""), "before": Amount(*before), "after": Amount(*after)}
        for pk, before, after in year["children"]
    ]
    return {
        **year,
        "before": _hours(year["before"]),
        "after": _hours(year["after"]),
        "children": [row for row in rows if row["before"] != row["after"]],
        "same": sum(row["before"] == row["after"] for row in rows),
        "people": _people(year["sample"]),
    }


def _hours(amount: list[int]) -> dict[str, Any]:
    made = Amount(*amount)
    return {**made._asdict(), "hours": from_quarters(made.quarters)}


def _people(sample: list[list[Any]]) -> list[dict[str, Any]]:
    persons = Person.objects.in_bulk([row[0] for row in sample])
    branches = dict(
        Organisation.objects.filter(pk__in=[row[2][0] for row in sample if row[2][0]]).values_list("pk", "name")
    )
    return [
        {
            "person": persons[pk],
            "branch": branches.get(after[0], ""),
            "before": bool(before[3]),
            "after": bool(after[3]),
            "hours_before": from_quarters(before[4]),
            "hours_after": from_quarters(after[4]),
        }
        for pk, before, after in sample
        if pk in persons
    ]


@require_http_methods(["GET", "POST"])
def try_draft(request: Any, draft_id: int) -> HttpResponse:
    """Try a draft out as it was saved."""
    found = get_object_or_404(scope.drafts(request.actor), pk=draft_id)
    if request.method == "POST":
        begin(trials.ask(found.owner, draft=found, by=request.actor, at=timezone.now()))
    return redirect(f"{reverse('rulebook:draft', args=[found.pk])}#trial")


@require_GET
def progress(request: Any, trial_id: int) -> HttpResponse:
    """How far a trial has come; once it has ended, the page is asked to show what it found."""
    found = get_object_or_404(scope.trials(request.actor), pk=trial_id)
    if found.state not in UNDER_WAY:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "peixun/_progress.html", _progress(found))


@require_http_methods(["GET", "POST"])
def trial(request: Any, trial_id: int) -> HttpResponse:
    """What a change of an audience would do; then it is saved."""
    found: Trial = get_object_or_404(scope.trials(request.actor).filter(draft=None), pk=trial_id)
    today, problem = clock.today(), ""
    if request.method == "POST":
        try:
            _save(request, found)
        except RulesRefused as refused:
            problem = str(refused)
        else:
            return redirect("rulebook:audiences")
    audience = get_object_or_404(Audience, key=found.wanted["key"])
    past = [year for year in audience_years(audience, today) if year < today.year]
    context = {
        "wanted": found.wanted,
        "audience": audience,
        "problem": problem,
        "years": _("、").join(map(str, past)),
        **told(found),
    }
    return render(request, "rulebook/trial.html", context, status=422 if problem else 200)


def _save(request: Any, found: Trial) -> None:
    if found.state != TrialState.DONE or found.stamp != stamp():
        raise RulesRefused(_("数据在试算以后有了变化，请重新试算"))
    owner = get_object_or_404(Audience.objects.select_related("owner"), key=found.wanted["key"]).owner
    wanted = audiences.WantedAudience(**found.wanted, reason=request.POST.get("reason", "")[:200])
    audiences.save(wanted, owner=owner, today=clock.today(), by=request.actor, at=timezone.now())
