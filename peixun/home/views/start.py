"""The first page after signing in, by role, and the change from one place to another."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peixun.coverage.queries.position import ChildCount, Count, position
from peixun.coverage.views.answer import month_names
from peixun.home.context import GUIDE_COOKIE, PUT_AWAY
from peixun.home.links import Link, address
from peixun.home.places import SESSION_KEY, Place, place_here, places_here
from peixun.home.queries.guide import first_steps_done
from peixun.kernel import clock
from peixun.people.models import Role
from peixun.people.queries.scope import Permission

WIDEST = 8


@require_safe
def start(request: Any) -> HttpResponse:
    """Offices go to their answer page, leaders see one page, secretaries their branch, members their day."""
    place = place_here(request)
    if place is None:
        return redirect("home:me") if request.actor.person_id else render(request, "home/nothing_granted.html")
    if place.role == Role.SECRETARY:
        return redirect("home:branches")
    if place.role == Role.LEADER:
        return _leader(request, place)
    if place.role == Role.CLASS_MANAGER:
        return render(request, "home/start.html", {"place": place, "links": _links(place)})
    if _begins(request, place):
        return redirect("home:guide")
    return redirect("coverage:answer", place.organisation.code)


def _begins(request: HttpRequest, place: Place) -> bool:
    """Whether the first steps of the installation are still to be taken, by those who stand on its root."""
    at_root = place.organisation.parent_id is None and place.may(Permission.IMPORT)
    if not at_root or settings.DEMO or request.COOKIES.get(GUIDE_COOKIE) == PUT_AWAY:
        return False
    return not first_steps_done(place.organisation)


def _leader(request: HttpRequest, place: Place) -> HttpResponse:
    """Are we covered, where are the gaps: nothing else."""
    here = place.organisation
    at = position(here, year=clock.today().year)
    children = [(child, address("coverage:answer", child.organisation.code)) for child in widest(at.children)]
    context = {
        "place": place,
        "at": at,
        "year": str(at.year),
        "fulfilled_known": bool(at.total.fulfilled) or any(a.count.fulfilled for a in at.audiences),
        "children": children,
        "audiences": sorted((a for a in at.audiences if a.count.missing), key=lambda a: -a.count.missing)[:WIDEST],
        "months": list(zip(month_names(), at.months, strict=False)),
        "trend": _trend(at.months),
        "answer_url": address("coverage:answer", here.code),
        "report_url": address("reports:index"),
    }
    return render(request, "home/leader.html", context)


def widest(children: list[ChildCount]) -> list[ChildCount]:
    """Where most people are missing, the most first; those without a gap are left out."""
    gaps = [child for child in children if child.count.missing]
    return sorted(gaps, key=lambda c: (-c.count.missing, c.organisation.code))[:WIDEST]


def _trend(months: list[Count]) -> dict[str, Any]:
    later: list[None] = [None] * (12 - len(months))
    return {
        "words": {"due": _("应训"), "covered": _("已训"), "fulfilled": _("达标")},
        "unit": _("人"),
        "months": month_names(),
        "due": [*(c.due for c in months), *later],
        "covered": [*(c.covered for c in months), *later],
        "fulfilled": [*(c.fulfilled for c in months), *later],
    }


def _links(place: Place) -> list[Link]:
    """What a class manager can do today."""
    code = place.organisation.code
    wanted = (
        (
            Permission.SEE_PEOPLE,
            "home:search",
            (),
            _("查人"),
            _("按姓名、拼音或号码找到学员，看谁还没有参训"),
            "search",
        ),
        (
            Permission.SEE_COVERAGE,
            "coverage:answer",
            (code,),
            _("覆盖情况"),
            _("哪些单位、哪类对象还差人"),
            "chart-bar",
        ),
        (Permission.SEE_COVERAGE, "catalog:index", (), _("规则"), _("学时要求和折算办法，各有依据"), "book"),
    )
    found = [
        (address(name, *args), permission, title, text, icon) for permission, name, args, title, text, icon in wanted
    ]
    return [
        Link(title, url, icon, text=text)
        for url, permission, title, text, icon in found
        if url and place.may(permission)
    ]


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The roles and organisations of an account, to choose from."""
    return render(request, "home/places.html", {"places": places_here(request), "here": place_here(request)})


@require_POST
def choose_place(request: HttpRequest) -> HttpResponse:
    """Remembers the place; an unknown one changes nothing."""
    key = request.POST.get("place", "")
    if any(p.key == key for p in places_here(request)):
        request.session[SESSION_KEY] = key
    return redirect("home:start")
