"""Changes of one person: what may be recorded, what it would change, what was recorded, undone."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.changes import operations
from peixun.changes.forms import ChangeForm
from peixun.changes.models import ChangeKind, PersonChange
from peixun.changes.views.transfers import MANAGE, effect_rows
from peixun.coverage.operations.previewing import preview
from peixun.kernel import clock
from peixun.people.models import Membership, MembershipStatus, Organisation, Post, StatusPeriod
from peixun.people.queries.scope import Actor, OutOfScope


def _membership(actor: Actor, person_id: int) -> Membership:
    """The open membership of a person whose branch the actor acts for. Raises Http404."""
    rows = Membership.objects.filter(person=person_id, until=None).select_related("person", "organisation")
    found: Membership = get_object_or_404(rows)
    if not actor.may(MANAGE, found.organisation.path):
        raise Http404("not in scope")
    return found


def _posts(person_id: int) -> list[tuple[str, str]]:
    rows = Post.objects.filter(person=person_id, until=None).select_related("organisation")
    return [(str(p.pk), f"{p.organisation} {p.get_title_display()}") for p in rows]


def _statuses(person_id: int, day: date) -> list[tuple[str, str]]:
    rows = StatusPeriod.objects.on(day).filter(person=person_id)
    return [(str(s.pk), f"{s.get_kind_display()} {s.since:%Y-%m-%d}") for s in rows]


def _offered(membership: Membership, day: date) -> list[ChangeKind]:
    """The kinds of change that make sense for the person."""
    kinds = [ChangeKind.APPOINT, ChangeKind.FLOATING, ChangeKind.LOST, ChangeKind.EXEMPT]
    if _posts(membership.person_id):
        kinds.append(ChangeKind.LEAVE)
    if membership.status == MembershipStatus.PROBATIONARY:
        kinds.append(ChangeKind.FULL)
    if _statuses(membership.person_id, day):
        kinds.append(ChangeKind.END)
    return [kind for kind in ChangeKind if kind in kinds]


@require_GET
def person(request: Any, person_id: int) -> HttpResponse:
    """What may be recorded about a person, and what was."""
    return _show(request, _membership(request.actor, person_id))


def _show(request: Any, membership: Membership, problem: str = "") -> HttpResponse:
    day = clock.today()
    made = PersonChange.objects.filter(person=membership.person_id).select_related("made_by", "undone_by")
    context = {
        "membership": membership,
        "person": membership.person,
        "posts": [name for _pk, name in _posts(membership.person_id)],
        "statuses": [name for _pk, name in _statuses(membership.person_id, day)],
        "offered": _offered(membership, day),
        "made": list(made),
        "problem": problem,
    }
    return render(request, "changes/person.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
def change(request: Any, person_id: int, kind: str) -> HttpResponse:
    """One kind of change: asked for, previewed, recorded."""
    membership, today = _membership(request.actor, person_id), clock.today()
    if kind not in _offered(membership, today):
        raise Http404("not for this person")
    chosen = ChangeKind(kind)
    form = ChangeForm(
        request.POST or None,
        kind=kind,
        places=_places(request.actor, membership),
        choices=_posts(person_id) if chosen == ChangeKind.LEAVE else _statuses(person_id, today),
        initial={"on": today},
    )
    problem, rows, asked = "", [], False
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(chosen, membership, form.cleaned_data)
        try:
            if "confirm" in request.POST:
                operations.record(wanted, today=today, by=request.actor, at=timezone.now())
                return redirect("changes:person", person_id)
            rows, asked = _effect(wanted, today, request.actor), True
        except operations.TransferRefused as refused:
            problem = str(refused)
    context = {
        "membership": membership,
        "person": membership.person,
        "kind": chosen,
        "form": form,
        "asked": asked,
        "rows": rows,
        "problem": problem,
        "year": today.year,
    }
    return render(request, "changes/change.html", context, status=422 if problem or form.errors else 200)


def _places(actor: Actor, membership: Membership) -> Any:
    """The branch and what lies above it, as far as the actor acts for it."""
    path = membership.organisation.path
    above = [path[: index + 1] for index, character in enumerate(path) if character == "/"]
    line = actor.organisations(MANAGE).filter(path__in=above, closed_on=None)
    return line.order_by("-path")


def _wanted(kind: ChangeKind, membership: Membership, data: dict[str, Any]) -> operations.Wanted:
    place: Organisation | None = data.get("organisation")
    return operations.Wanted(
        kind=kind,
        person=membership.person,
        on=data["on"],
        until=data.get("until"),
        title=data.get("title", ""),
        organisation=place,
        row=int(data.get("row") or 0),
        reason=data.get("reason", ""),
        approved_by=data.get("approved_by", ""),
    )


def _effect(wanted: operations.Wanted, today: date, by: Actor) -> list[dict[str, Any]]:
    def carried_out() -> None:
        operations.record(wanted, today=today, by=by, at=timezone.now())

    return effect_rows(preview(carried_out, person_ids=[wanted.person.pk], day=today))


@require_POST
def undo(request: Any, person_id: int, change_id: int) -> HttpResponse:
    """Undo one change."""
    membership = _membership(request.actor, person_id)
    made = get_object_or_404(PersonChange.objects.select_related("person"), pk=change_id, person=person_id)
    try:
        operations.undo_change(made, by=request.actor, at=timezone.now())
    except operations.TransferRefused as refused:
        return _show(request, membership, str(refused))
    except OutOfScope as error:
        raise Http404("not in scope") from error
    return redirect("changes:person", person_id)
