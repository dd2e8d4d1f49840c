"""Help in plain words: on the page that one comes from, and all of it to search in. It holds no data of anybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

from peixun.home.help import TOPICS, Topic
from peixun.home.links import safe_address
from peixun.home.places import place_here
from peixun.people.models import Role

LONGEST_QUESTION = 60


@login_not_required
@require_safe
def index(request: Any) -> HttpResponse:
    """All topics, or those in which every word that was typed occurs."""
    asked = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    words = asked.lower().split()
    found = [topic for topic in TOPICS.values() if not words or _tells_of(topic, words)]
    return render(request, "home/help.html", {"base": _frame(request), "q": asked, "topics": found})


@login_not_required
@require_safe
def topic(request: Any, topic: str) -> HttpResponse:
    """One topic, with the way back to the page that it was opened on."""
    found = TOPICS.get(topic)
    if found is None:
        raise Http404("no such topic")
    context = {"base": _frame(request), "topic": found, "back": safe_address(request, request.GET.get("from", ""))}
    return render(request, "home/help_topic.html", context)


def _tells_of(topic: Topic, words: list[str]) -> bool:
    text = f"{topic.title} {strip_tags(render_to_string(topic.template))}".lower()
    return all(word in text for word in words)


def _frame(request: Any) -> str:
    """An office keeps its menu, a phone its places, and whoever hasn't signed in sees neither."""
    if not request.user.is_authenticated:
        return "peixun/plain.html"
    place = place_here(request)
    on_phone = place is None or place.role == Role.SECRETARY
    return "peixun/phone.html" if on_phone else "peixun/shell.html"
