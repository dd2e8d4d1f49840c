"""For whoever watches the server: alive, ready to serve, and in numbers."""

import ipaddress
import secrets
from dataclasses import asdict

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peixun.home.queries.gauges import Gauges
from peixun.home.queries.health import readiness
from peixun.kernel.metrics import exposition

# What a proxy adds to a request. Behind one, whoever asks seems to sit on this machine.
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """The web process answers."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, worker and disk are well: 200, else 503 with what isn't."""
    checks = readiness()
    well = all(check.ok for check in checks.values())
    body = {"status": "ready" if well else "not ready", "checks": {name: asdict(c) for name, c in checks.items()}}
    return JsonResponse(body, status=200 if well else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers in Prometheus' text format, for this machine or whoever shows the token. Raises Http404 for others."""
    if not (_shows_token(request) or _asks_from_here(request)):
        raise Http404
    return HttpResponse(exposition(Gauges()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _shows_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())


def _asks_from_here(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN or settings.BEHIND_PROXY or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
