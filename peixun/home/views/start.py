"""The first page after signing in, by role, and the change from one place to another."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from peixun.home.context import WITH_START_PAGE
from peixun.home.links import address
from peixun.home.places import SESSION_KEY, place_here, places_here
from peixun.people.models import Role


def start(request: Any) -> HttpResponse:
    """Offices go to their answer page, secretaries to their branch, members to their day."""
    place = place_here(request)
    if place is None:
        return redirect("home:me") if request.actor.person_id else render(request, "home/nothing_granted.html")
    if place.role == Role.SECRETARY:
        return redirect("home:branches")
    answer = address("coverage:answer", place.organisation.code)
    if answer and place.role not in WITH_START_PAGE:
        return redirect(answer)
    return render(request, "home/start.html", {"place": place})


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
