"""Trying out: begun, watched, shown; an audience is saved from here once its effect was seen."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.coverage.queries.supposing import Amount
from peixun.kernel import clock
from peixun.kernel.hours import from_quarters
from peixun.people.models import Audience, Organisation, Person
from peixun.rulebook import tasks
from peixun.rulebook.models import UNDER_WAY, PackKind, Trial, TrialState
from peixun.rulebook.operations import audiences, publishing, trials
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries import scope
from peixun.rulebook.queries.checking import DAY, Pack
from peixun.rulebook.queries.effects import audience_years, is_large, stamp, wanted_pack


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
        "under_way": _is_under_way(trial),
        "stopped": trial.state == TrialState.STOPPED,
        "failed": trial.state == TrialState.FAILED or trial.is_silent(timezone.now()),
        "finished": trial.state == TrialState.DONE,
        "duties_alone": _duties_alone(trial),
        "effects": [_effect(year) for year in trial.result] if trial.state == TrialState.DONE else [],
        "draft_changed": trial.state == TrialState.DONE and old,
        "data_changed": trial.state == TrialState.DONE and trial.stamp != stamp(),
        **_progress(trial),
    }


def _is_under_way(trial: Trial) -> bool:
    return trial.state in UNDER_WAY and not trial.is_silent(timezone.now())


def _duties_alone(trial: Trial) -> bool:
    """Whether it is about who trains whom, which changes no figure."""
    kind = trial.draft.kind if trial.draft is not None else trial.wanted.get("pack", [""])[0]
    return kind == PackKind.DUTY


def _progress(trial: Trial) -> dict[str, Any]:
    return {
        "state": trial.state,
        "label": _("正在试算影响"),
        "done": trial.done,
        "total": trial.total,
        "unit": _("人"),
        "poll_url": reverse("rulebook:progress", args=[trial.pk]),
        "cancel_url": reverse("rulebook:stop", args=[trial.pk]),
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


@require_GET
def progress(request: Any, trial_id: int) -> HttpResponse:
    """How far a trial has come; once it has ended, the page is asked to show what it found."""
    found = get_object_or_404(scope.trials(request.actor), pk=trial_id)
    if not _is_under_way(found):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "peixun/_progress.html", _progress(found))


@require_POST
def stop(request: Any, trial_id: int) -> HttpResponse:
    """Stop a trial."""
    found: Trial = get_object_or_404(scope.trials(request.actor), pk=trial_id)
    trials.stop(found, by=request.actor)
    return redirect(_address(found))


def _address(found: Trial) -> str:
    if found.draft_id is not None:
        return f"{reverse('rulebook:draft', args=[found.draft_id])}#trial"
    return reverse("rulebook:trial", args=[found.pk])


@require_POST
def again(request: Any, trial_id: int) -> HttpResponse:
    """Try the same out anew: a change of an audience or the end of a pack."""
    found: Trial = get_object_or_404(scope.trials(request.actor).filter(draft=None), pk=trial_id)
    asked = trials.ask(found.owner, found.wanted, by=request.actor, at=timezone.now())
    begin(asked)
    return redirect(_address(asked))


@require_http_methods(["GET", "POST"])
def trial(request: Any, trial_id: int) -> HttpResponse:
    """What a change of an audience or the end of a pack would do; then it is done."""
    found: Trial = get_object_or_404(scope.trials(request.actor).filter(draft=None), pk=trial_id)
    ends_pack, problem = "pack" in found.wanted, ""
    if request.method == "POST":
        try:
            _require_fresh(found)
            if ends_pack:
                _end(request, found)
            else:
                _save(request, found)
        except RulesRefused as refused:
            problem = str(refused)
        else:
            return redirect("catalog:index" if ends_pack else "rulebook:audiences")
    context = {
        "wanted": found.wanted,
        "problem": problem,
        **(_about_pack(found.wanted) if ends_pack else _about_audience(found.wanted)),
        **told(found),
    }
    template = "rulebook/ending.html" if ends_pack else "rulebook/trial.html"
    return render(request, template, context, status=422 if problem else 200)


def _about_audience(wanted: dict[str, Any]) -> dict[str, Any]:
    audience, today = get_object_or_404(Audience, key=wanted["key"]), clock.today()
    past = [year for year in audience_years(audience, today) if year < today.year]
    return {"audience": audience, "years": _("、").join(map(str, past))}


def _about_pack(wanted: dict[str, Any]) -> dict[str, Any]:
    pack = _pack(wanted)
    return {"pack": pack, "kind": wanted["pack"][0], "act": wanted["act"], "last": _first_without(wanted) - DAY}


def _pack(wanted: dict[str, Any]) -> Pack:
    try:
        return wanted_pack(wanted)
    except ValueError as gone:
        raise Http404("the pack is gone") from gone


def _first_without(wanted: dict[str, Any]) -> date:
    return date.fromisoformat(wanted["on"])


def _require_fresh(found: Trial) -> None:
    if found.state != TrialState.DONE or found.stamp != stamp():
        raise RulesRefused(_("数据在试算以后有了变化，请重新试算"))


def _save(request: Any, found: Trial) -> None:
    owner = get_object_or_404(Audience.objects.select_related("owner"), key=found.wanted["key"]).owner
    wanted = audiences.WantedAudience(**found.wanted, reason=request.POST.get("reason", "")[:200])
    audiences.save(wanted, owner=owner, today=clock.today(), by=request.actor, at=timezone.now())


def _end(request: Any, found: Trial) -> None:
    wanted, today, at = found.wanted, clock.today(), timezone.now()
    pack = _pack(wanted)
    if wanted["act"] == "withdraw":
        publishing.withdraw(pack, today=today, by=request.actor, at=at)
        return
    on = _first_without(wanted)
    publishing.end(pack, on=on, reason=wanted["reason"], today=today, by=request.actor, at=at)
