"""Pages on which members are transferred."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.changes import operations, queries
from peixun.changes.forms import ProposeForm
from peixun.changes.models import Transfer, TransferState
from peixun.changes.operations.transfers import AT_MOST, may_undo
from peixun.coverage.operations.previewing import Effect, preview
from peixun.kernel import clock
from peixun.people.models import Membership, Organisation, PersonAlias
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.visible import may_see_person

MANAGE = Permission.MANAGE_PEOPLE
NAMED = 20
BRANCHES = ("branch", "joint_branch")


def _require(actor: Actor) -> None:
    if not actor.may_anywhere(MANAGE):
        raise Http404("not for this role")


@require_GET
def index(request: Any) -> HttpResponse:
    """What waits for the reader, what waits for others, what is done."""
    actor: Actor = request.actor
    _require(actor)
    own = actor.organisations(MANAGE)
    context = {
        "to_receive": list(queries.to_receive(actor)),
        "waiting": list(queries.waiting_elsewhere(actor)),
        "decided": list(queries.decided(actor)),
        "branches": own.filter(kind__in=BRANCHES, closed_on=None)[:2],
        "for_organisations": own.exclude(kind__in=BRANCHES).exists(),
    }
    return render(request, "changes/index.html", context)


@require_GET
def branch(request: Any, code: str) -> HttpResponse:
    """The members of a branch, to choose who is transferred."""
    found = get_object_or_404(request.actor.organisations(MANAGE), code=code)
    if not found.holds_members:
        raise Http404("no branch")
    merged = PersonAlias.objects.filter(alias=OuterRef("person"))
    rows = Membership.objects.on(clock.today()).filter(~Exists(merged), organisation=found).select_related("person")
    members = sorted(rows, key=lambda m: (m.person.pinyin, m.person_id))
    under_way = set(
        Transfer.objects.filter(leaving=found, state=TransferState.PROPOSED).values_list("person_id", flat=True)
    )
    context = {"branch": found, "members": members, "under_way": under_way}
    return render(request, "changes/branch.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    """Members, where to, from when on; then what it changes; then it is proposed."""
    data = request.POST if request.method == "POST" else request.GET
    members = _members(request.actor, data.getlist("person"))
    today = clock.today()
    text = data.get("find", "").strip()
    branches = queries.receiving_branches(text, day=today) if text else Organisation.objects.none()
    form = ProposeForm(request.POST or None, branches=_choosable(request, branches), initial={"on": today})
    problem, effect, proposal = "", None, None
    if request.method == "POST" and form.is_valid():
        proposal = operations.Proposal(
            tuple(m.person_id for m in members),
            form.cleaned_data["to"],
            form.cleaned_data["on"],
            form.cleaned_data["reason"],
        )
        try:
            if "confirm" in request.POST:
                made = operations.propose(proposal, today=today, by=request.actor, at=timezone.now())
                return redirect("changes:transfer", made[0].pk) if len(made) == 1 else redirect("changes:index")
            effect = _effect_of(proposal, members, request.actor, today)
        except operations.TransferRefused as refused:
            problem = str(refused)
    context = {
        "members": members,
        "named": members[:NAMED],
        "more": max(0, len(members) - NAMED),
        "form": form,
        "find": text,
        "found": len(branches) if text else 0,
        "problem": problem,
        "proposal": proposal,
        "rows": effect_rows(effect) if effect else [],
        "at_once": proposal is not None and request.actor.may(MANAGE, proposal.receiving.path),
        "year": today.year,
    }
    return render(request, "changes/new.html", context, status=422 if problem or form.errors else 200)


def _choosable(request: Any, branches: Any) -> Any:
    """The branches found, or the one that was chosen before."""
    chosen = request.POST.get("to", "")
    if request.method == "POST" and chosen.isdecimal():
        return Organisation.objects.filter(pk=int(chosen)).select_related("parent")
    return Organisation.objects.filter(pk__in=[b.pk for b in branches]).select_related("parent").order_by("path")


def _members(actor: Actor, typed: Sequence[str]) -> list[Membership]:
    """The memberships of the persons named in the address, all within scope. Raises Http404."""
    ids = {int(word) for word in typed if word.isdecimal()}
    if not 0 < len(ids) <= AT_MOST or len(ids) < len(set(typed)):
        raise Http404("nobody, or too many")
    rows = list(Membership.objects.filter(person__in=ids, until=None).select_related("person", "organisation"))
    if len(rows) < len(ids) or not all(actor.may(MANAGE, m.organisation.path) for m in rows):
        raise Http404("not in scope")
    return sorted(rows, key=lambda m: (m.person.pinyin, m.person_id))


def _effect_of(proposal: operations.Proposal, members: Collection[Membership], by: Actor, today: date) -> Effect:
    """What the transfers do to coverage once they are accepted, whoever has to accept them."""

    def carried_out() -> None:
        now = timezone.now()
        made = operations.propose(proposal, today=today, by=by, at=now)
        still_open = [t for t in made if t.is_open]
        if still_open:
            operations.accept(still_open, by=queries.both_sides(by, proposal.receiving), at=now)

    return preview(carried_out, person_ids=[m.person_id for m in members], day=today)


def effect_rows(effect: Effect) -> list[dict[str, Any]]:
    """One row a branch: its name and the tallies of those concerned, before and after."""
    names = {o.pk: o for o in Organisation.objects.filter(pk__in=effect.branches)}
    rows = []
    for pk in effect.branches:
        before, after = effect.of(pk)
        rows.append({"name": names[pk].name, "before": before, "after": after})
    before, after = effect.whole
    return [*rows, {"name": _("合计"), "before": before, "after": after}] if rows else []


def _in_scope(request: Any, transfer_id: int) -> Transfer:
    found: Transfer = get_object_or_404(queries.transfers_of(request.actor), pk=transfer_id)
    return found


@require_GET
def transfer(request: Any, transfer_id: int) -> HttpResponse:
    """One transfer, and what may be done about it."""
    return _show(request, _in_scope(request, transfer_id))


def _show(request: Any, one: Transfer, problem: str = "") -> HttpResponse:
    actor: Actor = request.actor
    receives = actor.may(MANAGE, one.receiving.path)
    rows: list[dict[str, Any]] = []
    if one.is_open and receives:
        try:
            rows = effect_rows(
                preview(
                    lambda: operations.accept([one], by=actor, at=timezone.now()),
                    person_ids=[one.person_id],
                    day=clock.today(),
                )
            )
        except operations.TransferRefused as refused:
            problem = problem or str(refused)
        one.refresh_from_db()
    context = {
        "transfer": one,
        "rows": rows,
        "year": clock.today().year,
        "problem": problem,
        "may_receive": one.is_open and receives,
        "may_withdraw": one.is_open and actor.may(MANAGE, one.leaving.path),
        "may_undo": one.state == TransferState.ACCEPTED and may_undo(one, actor),
        "sees_person": may_see_person(actor, one.person_id),
    }
    return render(
        request, "changes/transfer.html", context, status=422 if problem and request.method == "POST" else 200
    )


@require_POST
def decide(request: Any, transfer_id: int) -> HttpResponse:
    """Accept, refuse, withdraw or undo a transfer."""
    one = _in_scope(request, transfer_id)
    by, at, note = request.actor, timezone.now(), request.POST.get("note", "")
    verbs = {
        "accept": lambda: operations.accept([one], by=by, at=at),
        "refuse": lambda: operations.refuse(one, note=note, by=by, at=at),
        "withdraw": lambda: operations.withdraw(one, by=by, at=at),
        "undo": lambda: operations.undo(one, note=note, by=by, at=at),
    }
    verb = verbs.get(request.POST.get("verb", ""))
    if verb is None:
        raise Http404("no such verb")
    try:
        verb()
    except operations.TransferRefused as refused:
        return _show(request, _in_scope(request, transfer_id), str(refused))
    except OutOfScope as error:
        raise Http404("not for this side") from error
    return redirect("changes:transfer", one.pk)
