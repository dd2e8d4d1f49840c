"""The learning record of one person."""

from typing import Any

from django.http import Http404, HttpResponse


def record(request: Any, person_id: int) -> HttpResponse:
    """One person's record."""
    raise Http404(f"no record of {person_id}")
