"""The outermost layer of a request: its name, its line in the log, its place in the metrics."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from peixun.kernel import logs, metrics

log = logging.getLogger("peixun.requests")

HEADER = "X-Request-ID"
# Asked every few seconds by machines: counted, but worth a line only when they fail.
QUIET = frozenset({"home:alive", "home:ready", "home:metrics"})


class RequestLogMiddleware:
    """Names each request, answers with the name, and writes one line when it is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        if settings.BEHIND_PROXY:
            _believe_proxy(request)
        name = logs.begin_request(request.headers.get(HEADER, ""))
        begun = time.perf_counter()
        response = self.get_response(request)
        response.headers[HEADER] = name
        if not request.path_info.startswith(settings.STATIC_URL):
            _note(request, response, time.perf_counter() - begun)
        return response


def _believe_proxy(request: HttpRequest) -> None:
    """Who asks is the last one the proxy names: all before it is what the browser itself may have said."""
    last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if last:
        request.META["REMOTE_ADDR"] = last


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = logs.route_of(request)
    metrics.count_request(request.method or "", route, response.status_code, seconds)
    quiet = route in QUIET and response.status_code < 400
    log.log(
        logging.DEBUG if quiet else logging.INFO,
        "request",
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "duration_ms": round(seconds * 1000, 1),
            # Whoever signed in; other rooms put the actor there.
            "account_id": getattr(getattr(request, "actor", None), "account_id", None),
            "address": logs.masked_address(request.META.get("REMOTE_ADDR", "")),
        },
    )
