"""Pages on which two records of one person are found, compared, merged, kept apart, separated again."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peixun.changes.forms import ApartForm, KeepForm
from peixun.changes.operations.duplicates import DuplicateRefused, keep_apart, merge, undo_keep_apart, undo_merge
from peixun.changes.queries.comparing import Side, better_kept, counted, hours_lines, side_of
from peixun.changes.views.transfers import MANAGE, effect_rows
from peixun.coverage.operations.previewing import preview
from peixun.coverage.queries.books import current_books
from peixun.kernel import clock
from peixun.people.models import NotSamePerson, Person, PersonAlias
from peixun.people.queries.duplicates import PAGE, apart_pairs, faces, may_handle, merged_pairs, suspects
from peixun.people.queries.numbers import masked_citizen_numbers
from peixun.people.queries.scope import Actor, OutOfScope


@require_GET
def index(request: Any) -> HttpResponse:
    """Suspected pairs, and what was decided about others."""
    return _list(request)


def _list(request: Any, problem: str = "") -> HttpResponse:
    actor: Actor = request.actor
    if not actor.may_anywhere(MANAGE):
        raise Http404("not for this role")
    found = suspects(actor, after=_after(request.GET.get("after", "")))
    merged, apart = merged_pairs(actor), apart_pairs(actor)
    ids = {pk for pair in found.pairs for pk in pair[:2]}
    known = faces(ids | {pk for m in merged for pk in (m.alias_id, m.person_id)})
    numbers = masked_citizen_numbers(ids)
    context = {
        "rows": [
            {
                "pair": pair,
                "name": known.persons[pair.first].name,
                "born": known.persons[pair.first].birth_date,
                "sides": [(known.branches.get(pk), numbers.get(pk, "")) for pk in pair[:2]],
            }
            for pair in found.pairs
        ],
        "total": found.total,
        "older_url": f"?after={found.after[0]}-{found.after[1]}" if found.after else "",
        "newer_url": reverse("changes:duplicates") if request.GET.get("after") else "",
        "words": _("共 %(total)s 对") % {"total": found.total} if found.total > PAGE else "",
        "merged": [(m, known.branches.get(m.alias_id), known.branches.get(m.person_id)) for m in merged],
        "apart": apart,
        "problem": problem,
    }
    return render(request, "changes/duplicates.html", context, status=422 if problem else 200)


def _after(text: str) -> tuple[int, int]:
    first, _dash, second = text.partition("-")
    ids = [int(word) if word.isdecimal() and len(word) < 19 else 0 for word in (first, second)]
    return ids[0], ids[1]


def _pair(actor: Actor, person_id: int, other_id: int) -> tuple[Person, Person]:
    """Two records, both of whom the actor acts for. Raises Http404."""
    found = Person.objects.in_bulk([person_id, other_id])
    if len(found) < 2 or not may_handle(actor, [person_id, other_id]):
        raise Http404("not in scope")
    return found[person_id], found[other_id]


@require_http_methods(["GET", "POST"])
def compare(request: Any, person_id: int, other_id: int) -> HttpResponse:
    """Two records side by side; which one stays; what that changes; then they are one."""
    persons = _pair(request.actor, person_id, other_id)
    if PersonAlias.objects.filter(alias__in=persons).exists():
        return redirect("changes:duplicates")
    today = clock.today()
    sides = (side_of(persons[0], day=today), side_of(persons[1], day=today))
    best = better_kept(*sides)
    form = KeepForm(request.POST or None, sides=sides, initial={"keep": best.person.pk})
    problem, kept = "", None
    rows: list[dict[str, Any]] = []
    together: dict[int, int] | None = None
    if request.method == "POST" and form.is_valid():
        kept = next(s for s in sides if s.person.pk == int(form.cleaned_data["keep"]))
        alias = sides[0] if kept is sides[1] else sides[1]
        try:
            if "confirm" in request.POST:
                merge(alias.person, into=kept.person, today=today, by=request.actor, at=timezone.now())
                messages.success(
                    request, _("已合并“%(name)s”的两条记录，可以在本页撤销。") % {"name": kept.person.name}
                )
                return redirect("changes:duplicates")
            rows, together = _effect(kept, alias, today, request.actor)
        except DuplicateRefused as refused:
            problem = str(refused)
    context = {
        "sides": sides,
        "facts": _facts(*sides),
        "hours": hours_lines(*sides, together),
        "form": form,
        "apart_form": ApartForm(),
        "apart": NotSamePerson.objects.filter(first__in=persons, second__in=persons).first(),
        "asked": together is not None,
        "kept": kept,
        "rows": rows,
        "problem": problem,
        "year": today.year,
    }
    return render(request, "changes/compare.html", context, status=422 if problem or form.errors else 200)


def _effect(kept: Side, alias: Side, today: date, by: Actor) -> tuple[list[dict[str, Any]], dict[int, int]]:
    """What merging does to coverage, and the hours that then count each year; nothing is written."""
    together: dict[int, int] = {}

    def carried_out() -> None:
        merge(alias.person, into=kept.person, today=today, by=by, at=timezone.now())
        together.update(counted(kept.person.pk, sorted(kept.hours.keys() | alias.hours.keys()), current_books()))

    effect = preview(carried_out, person_ids=[kept.person.pk, alias.person.pk], day=today)
    return effect_rows(effect), together


def _facts(first: Side, second: Side) -> list[dict[str, Any]]:
    """What either record says, line by line, and whether they say the same."""
    lines = [(name, *said) for name, said in zip(_names(), zip(_said(first), _said(second), strict=True), strict=True)]
    return [{"name": name, "said": (a, b), "differs": bool(a and b) and a != b} for name, a, b in lines]


def _names() -> list[str]:
    return [
        _("姓名"),
        _("性别"),
        _("出生日期"),
        _("公民身份号码"),
        _("手机号码"),
        _("党支部"),
        _("人员类别"),
        _("转入日期"),
        _("加入党组织日期"),
        _("职务"),
        _("状态"),
        _("登录账号"),
    ]


def _said(side: Side) -> list[str]:
    person, membership = side.person, side.membership
    left = ""
    if membership is None and side.last is not None:
        left = _("%(branch)s（已于 %(day)s 离开）") % {"branch": side.last.organisation, "day": side.last.until}
    return [
        person.name,
        person.get_gender_display(),
        str(person.birth_date or ""),
        side.numbers.citizen_number,
        side.numbers.phone,
        str(membership.organisation) if membership else left or _("没有组织关系"),
        membership.get_status_display() if membership else "",
        str(membership.since) if membership else "",
        str(person.joined_party_on or ""),
        _("、").join(f"{p.organisation} {p.get_title_display()}" for p in side.posts),
        _("、").join(s.get_kind_display() for s in side.statuses),
        _("有") if side.logins else _("没有"),
    ]


@require_POST
def apart(request: Any, person_id: int, other_id: int) -> HttpResponse:
    """Note that two records are two human beings."""
    one, other = _pair(request.actor, person_id, other_id)
    try:
        keep_apart(one, other, reason=request.POST.get("reason", ""), by=request.actor, at=timezone.now())
    except DuplicateRefused as refused:
        return _list(request, str(refused))
    return redirect("changes:duplicates")


@require_POST
def separate(request: Any, alias_id: int) -> HttpResponse:
    """Undo a merger."""
    row = get_object_or_404(PersonAlias.objects.select_related("alias", "person"), pk=alias_id)
    try:
        undo_merge(row, by=request.actor, at=timezone.now())
    except DuplicateRefused as refused:
        return _list(request, str(refused))
    except OutOfScope as error:
        raise Http404("not in scope") from error
    messages.success(request, _("已撤销合并，“%(name)s”的两条记录各自独立。") % {"name": row.person.name})
    return redirect("changes:duplicates")


@require_POST
def suspect_again(request: Any, apart_id: int) -> HttpResponse:
    """Undo a mark that two records are two human beings."""
    row = get_object_or_404(NotSamePerson, pk=apart_id)
    try:
        undo_keep_apart(row, by=request.actor, at=timezone.now())
    except DuplicateRefused as refused:
        return _list(request, str(refused))
    except OutOfScope as error:
        raise Http404("not in scope") from error
    return redirect("changes:duplicates")
