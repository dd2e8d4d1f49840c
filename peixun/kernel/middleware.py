"""The outermost layers of a request: its name, its line in the log, its place in the metrics, rules for browsers."""

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
# What browsers could lend to a page and none here asks for.
UNUSED = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()"


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


class BrowserRulesMiddleware:
    """Tells browsers what no page here needs, and to keep nothing of what somebody who is signed in was shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request; what an answer says itself about being kept stands."""
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = UNUSED
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if _account_id(request) is not None:
            # On a shared computer, going back after signing out must not show the pages of whoever was there.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _account_id(request: HttpRequest) -> int | None:
    """Whoever signed in; other rooms put the actor there, and static files have none."""
    account_id: int | None = getattr(getattr(request, "actor", None), "account_id", None)
    return account_id


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
            "account_id": _account_id(request),
            "address": logs.masked_address(request.META.get("REMOTE_ADDR", "")),
        },
    )
