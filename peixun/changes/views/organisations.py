"""Changes of organisations: what may be done, what it would change, what was done, undone."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from peixun.changes import operations, queries
from peixun.changes.forms import TARGETS, OrganisationForm, initial_of
from peixun.changes.models import OrganisationChange, OrganisationChangeKind
from peixun.changes.operations.organisations import may_undo_organisation, offered
from peixun.changes.queries.organisations import FOUND_AT_MOST, concerned, members_of, places
from peixun.changes.views.transfers import MANAGE
from peixun.coverage.operations.previewing import NOBODY, Tally, preview
from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.operations.organisations import NewOrganisation
from peixun.people.queries.scope import Actor, OutOfScope

LISTED = 50
WORKED_OUT = 5000
"""Of more people than this a preview doesn't work out every year of learning while somebody waits."""
Kind = OrganisationChangeKind


@require_GET
def organisations(request: Any) -> HttpResponse:
    """What was done to organisations lately, and where to begin."""
    actor: Actor = request.actor
    if not actor.may_anywhere(MANAGE):
        raise Http404("not for this role")
    text = request.GET.get("find", "").strip()
    rows = actor.organisations(MANAGE).filter(closed_on=None).select_related("parent")
    found = (rows.filter(name__contains=text) | rows.filter(code=text)).order_by("path")[:FOUND_AT_MOST] if text else []
    context = {
        "find": text,
        "found": [o for o in found if offered(actor, o)],
        "starts": [] if text else [o for o in rows.order_by("path")[:1] if offered(actor, o)],
        "made": list(queries.organisation_changes_of(actor)[:LISTED]),
    }
    return render(request, "changes/organisations.html", context)


def _in_scope(actor: Actor, code: str) -> tuple[Organisation, list[OrganisationChangeKind]]:
    """An organisation with which the actor may do something. Raises Http404."""
    rows = actor.organisations(MANAGE).select_related("parent")
    found: Organisation = get_object_or_404(rows, code=code)
    kinds = offered(actor, found)
    if not kinds:
        raise Http404("not for this role, or closed")
    return found, kinds


@require_GET
def organisation(request: Any, code: str) -> HttpResponse:
    """What may be done with an organisation."""
    found, kinds = _in_scope(request.actor, code)
    made = queries.organisation_changes_of(request.actor).filter(organisation=found)[:LISTED]
    offers = [(kind, _hint(kind)) for kind in kinds]
    return render(request, "changes/organisation.html", {"organisation": found, "offers": offers, "made": list(made)})


def _hint(kind: str) -> str:
    return {
        Kind.FOUND: _("在它下面成立一个党组织"),
        Kind.CHANGE: _("名称、简称、类别、领域、层级、标签"),
        Kind.MOVE: _("连同下级和党员划到另一个上级之下"),
        Kind.MERGE: _("党员和下级都过去，本组织撤销"),
        Kind.SPLIT: _("一部分党员到另一个支部去"),
        Kind.CLOSE: _("没有党员、没有下级的可以直接撤销"),
    }[Kind(kind)]


@require_http_methods(["GET", "POST"])
def act(request: Any, code: str, act: str) -> HttpResponse:
    """One kind of change: asked for, previewed, done."""
    found, kinds = _in_scope(request.actor, code)
    if act not in kinds:
        raise Http404("not for this organisation")
    kind, today = Kind(act), clock.today()
    data = request.POST if request.method == "POST" else request.GET
    text = data.get("find", "").strip()
    chooses = kind in TARGETS
    listed = _choosable(request, kind, found, text)
    form = OrganisationForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        places=listed,
        members=members_of(found, day=today) if kind == Kind.SPLIT else [],
        initial={"on": today, **initial_of(found, kind)},
    )
    problem, shown = "", None
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(kind, found, form.cleaned_data)
        try:
            if "confirm" in request.POST:
                made = operations.change_organisation(wanted, today=today, by=request.actor, at=timezone.now())
                return redirect("changes:organisation-change", made.pk)
            shown = _preview(wanted, today, request.actor)
        except operations.TransferRefused as refused:
            problem = str(refused)
        except OutOfScope as error:
            raise Http404("not in scope") from error
    context = {
        "organisation": found,
        "kind": kind,
        "form": form,
        "find": text,
        "chooses": chooses,
        "count": len(listed) if chooses and (text or form.is_bound) else 0,
        "ready": not chooses or form.is_bound or bool(text and listed),
        "shown": shown,
        "problem": problem,
        "year": today.year,
        "steps": _steps(chosen=form.is_bound and form.is_valid() and not problem),
        "limit": WORKED_OUT,
    }
    return render(request, "changes/organisation_act.html", context, status=422 if problem or form.errors else 200)


def _steps(*, chosen: bool) -> list[dict[str, str]]:
    states = ("done", "current") if chosen else ("current", "todo")
    return [
        {"title": _("填写"), "state": states[0]},
        {"title": _("看会改变什么，确认"), "state": states[1]},
    ]


def _choosable(request: Any, kind: str, found: Organisation, text: str) -> Any:
    """What may be chosen: what was found by name, or the one that was chosen before."""
    rows = places(kind, found, request.actor, text)
    chosen = request.POST.get("to", "")
    if kind == Kind.SPLIT:
        return rows.order_by("path")
    if request.method == "POST" and chosen.isdecimal():
        return places(kind, found, request.actor, "").filter(pk=int(chosen))
    keys = list(rows.values_list("pk", flat=True)[:FOUND_AT_MOST]) if text else []
    return Organisation.objects.filter(pk__in=keys).select_related("parent").order_by("path")


def _wanted(kind: OrganisationChangeKind, found: Organisation, data: dict[str, Any]) -> operations.OrganisationWanted:
    other: Organisation | None = data.get("to")
    new, changes = None, {}
    if kind == Kind.FOUND:
        new = _new(data, data, above=found.code)
    elif kind == Kind.SPLIT and other is None:
        same = {"kind": found.kind, "sector": found.sector, "level": found.level, "tags": found.tags}
        new = _new(data, same, above=found.parent.code if found.parent else "")
    elif kind == Kind.CHANGE:
        changes = {name: data[name] for name in ("name", "short_name", "kind", "sector", "level", "tags")}
    persons = tuple(int(pk) for pk in data.get("persons", ()))
    return operations.OrganisationWanted(kind, found, data["on"], other, new, changes, persons)


def _new(data: dict[str, Any], attributes: dict[str, Any], *, above: str) -> NewOrganisation:
    return NewOrganisation(
        code=data["code"],
        name=data["name"],
        kind=attributes["kind"],
        level=attributes["level"],
        parent_code=above,
        founded_on=data["on"],
        sector=attributes["sector"],
        short_name=data.get("short_name", ""),
        tags=tuple(attributes["tags"]),
    )


def _preview(wanted: operations.OrganisationWanted, today: date, by: Actor) -> dict[str, Any]:
    """What a change concerns, and due, covered and fulfilled before and after where it is felt."""
    touched = concerned(wanted.kind, wanted.organisation, person_ids=wanted.person_ids, day=today)
    before = dict(Organisation.objects.values_list("pk", "path"))
    after: dict[int, str] = {}
    places_: dict[int, str] = {}

    def carried_out() -> None:
        made = operations.change_organisation(wanted, today=today, by=by, at=timezone.now())
        after.update(Organisation.objects.values_list("pk", "path"))
        concerned_here = {made.organisation_id, made.other_id, *made.detail["parents"]}
        rows = Organisation.objects.filter(pk__in=concerned_here - {None}).order_by("-path")
        places_.update(rows.values_list("pk", "name"))

    worked_out = len(touched.persons) <= WORKED_OUT
    effect = preview(carried_out, person_ids=touched.persons if worked_out else (), day=today)
    rows = [
        {"name": name, "before": _below(effect.before, before, pk), "after": _below(effect.after, after, pk)}
        for pk, name in places_.items()
    ]
    felt = any(row["before"] != row["after"] for row in rows)
    return {"touched": touched, "rows": rows if felt else [], "worked_out": worked_out}


def _below(tallies: dict[int, Tally], paths: dict[int, str], place: int) -> Tally:
    """The sum over the branches below a place."""
    prefix = paths.get(place)
    if prefix is None:
        return NOBODY
    return sum((t for branch, t in tallies.items() if paths[branch].startswith(prefix)), NOBODY)


@require_http_methods(["GET", "POST"])
def organisation_change(request: Any, organisation_change_id: int) -> HttpResponse:
    """One change of an organisation; posting to it undoes it."""
    rows = queries.organisation_changes_of(request.actor).defer(None)
    made = get_object_or_404(rows, pk=organisation_change_id)
    parents = list(Organisation.objects.filter(pk__in=made.detail["parents"]))
    problem = ""
    if request.method == "POST":
        try:
            operations.undo_organisation_change(made, by=request.actor, at=timezone.now())
            return redirect("changes:organisation-change", made.pk)
        except operations.TransferRefused as refused:
            problem = str(refused)
        except OutOfScope as error:
            raise Http404("not in scope") from error
        made = get_object_or_404(OrganisationChange.objects.select_related("organisation", "other"), pk=made.pk)
    context = {
        "change": made,
        "withdrawn": len(made.detail["transfers"]),
        "may_undo": made.undone_at is None and may_undo_organisation(request.actor, parents),
        "elsewhere": made.undone_at is None and not may_undo_organisation(request.actor, parents),
        "problem": problem,
    }
    return render(request, "changes/organisation_change.html", context, status=422 if problem else 200)
