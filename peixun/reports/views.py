"""Pages of the room."""

from django.http import HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    """Choose an organisation and a year."""
    return HttpResponse(status=404)


def work(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The work report on screen."""
    return HttpResponse(status=404)


def figure(request: HttpRequest, code: str, year: int, key: str) -> HttpResponse:
    """What a figure was counted from."""
    return HttpResponse(status=404)
