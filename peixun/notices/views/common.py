"""What the pages of the room share."""

from typing import Any

from django.http import Http404

from peixun.people.queries.scope import Permission


def account_id(request: Any) -> int:
    """Whose messages are looked at. Raises Http404 for nobody's."""
    found: int | None = request.actor.account_id
    if found is None:
        raise Http404("nobody is signed in")
    return found


def base(request: Any) -> str:
    """The frame of a page that everybody has: an office keeps its menu, everybody else has the phone's."""
    office = request.actor.may_anywhere(Permission.REPORT) or request.actor.may_anywhere(Permission.IMPORT)
    return "peixun/shell.html" if office else "peixun/phone.html"
