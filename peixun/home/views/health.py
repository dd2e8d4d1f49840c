"""For whoever watches the server: alive, and ready to serve."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peixun.home.queries.health import readiness


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
