"""The list of messages, one message, its calendar file."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from peixun.notices import operations
from peixun.notices.models import Message
from peixun.notices.queries.calendar import calendar_file
from peixun.notices.queries.inbox import inbox, own, unread
from peixun.notices.views.common import account_id, base

CALENDAR = "text/calendar; charset=utf-8"


@require_safe
def index(request: Any) -> HttpResponse:
    """One's messages, unread ones first."""
    reader, after = account_id(request), request.GET.get("after", "")
    page = inbox(reader, after=after)
    context = {
        "base": base(request),
        "messages_here": page.messages,
        "unread": unread(reader),
        "newest": max((message.pk for message in page.messages), default=0),
        "older_url": f"?after={page.older}" if page.older else "",
        "first_url": reverse("notices:index") if after else "",
    }
    return render(request, "notices/index.html", context)


def _own(request: Any, message_id: int) -> Message:
    return get_object_or_404(own(account_id(request)), pk=message_id)


@require_safe
def message(request: Any, message_id: int) -> HttpResponse:
    """One message; opening it is reading it."""
    found = _own(request, message_id)
    if request.method == "GET":
        operations.read(found, by=request.actor, at=timezone.now())
    return render(request, "notices/message.html", {"base": base(request), "message": found})


@require_safe
def event(request: Any, message_id: int) -> HttpResponse:
    """The message's time as a calendar file."""
    found = _own(request, message_id)
    if found.starts_at is None:
        raise Http404("a message without a time")
    answer = HttpResponse(calendar_file([found]), content_type=CALENDAR)
    answer["Content-Disposition"] = f'attachment; filename="peixun-{found.pk}.ics"'
    return answer


@require_POST
def read(request: Any, message_id: int) -> HttpResponse:
    """Marks one message as read."""
    operations.read(_own(request, message_id), by=request.actor, at=timezone.now())
    return redirect("notices:index")


@require_POST
def read_all(request: Any) -> HttpResponse:
    """Marks the messages as read that had come when the page was opened."""
    account_id(request)
    typed = request.POST.get("up_to", "")
    if typed.isascii() and typed.isdecimal() and len(typed) < 19:
        operations.read_all(up_to=int(typed), by=request.actor, at=timezone.now())
    return redirect("notices:index")
