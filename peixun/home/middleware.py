"""Keeps accounts that must prove themselves twice at the door until they have set up how."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from peixun.home.sessions import PASSED, note_visit
from peixun.people.queries.factors import needs_second_step

# What somebody may open who still has to set up a second step.
OPEN = frozenset(
    {
        "home:factors",
        "home:confirm",
        "home:add-app",
        "home:add-key",
        "home:spare-codes",
        "home:sign-out",
        "home:display",
        "home:alive",
        "home:ready",
        "home:metrics",
        "home:help",
        "home:help-topic",
        "set_language",
    }
)


class SecondStepMiddleware:
    """Leads whoever sees more than a township to setting up a second step, until they have one."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Serve the request; a session in use is noted every ten minutes."""
        if request.user.is_authenticated:
            note_visit(request, at=datetime.now(UTC))
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Redirect from every page but those that lead on."""
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated or request.session.get(PASSED):
            return None
        name = request.resolver_match.view_name
        if name in OPEN or not needs_second_step(request.actor):
            return None
        return redirect("home:factors")
