"""Puts the actor on each request, once."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found

from peixun.kernel import clock
from peixun.people.queries.scope import Actor, OutOfScope, actor_of

NOBODY = Actor(account_id=None, person_id=None, system_user="", grants=())


class ScopedRequest(HttpRequest):
    """A request with its actor."""

    actor: Actor


class ScopeMiddleware:
    """Sets `request.actor` from the signed-in account."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Serve the request with its actor."""
        user = request.user
        request.actor = actor_of(user, day=clock.today()) if user.is_authenticated else NOBODY
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What lies outside one's scope looks as if it weren't there."""
        return page_not_found(request, exception) if isinstance(exception, OutOfScope) else None
