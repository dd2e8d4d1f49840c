"""The HTTP API: the routers of the rooms under `/api/v1/`, and how it says that something went wrong."""

import logging
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from peixun.coverage.api import router as coverage
from peixun.kernel import outages
from peixun.kernel.api.answers import JsonParser
from peixun.kernel.api.documents import DocumentsPage, with_problems
from peixun.kernel.api.problems import (
    FAILED,
    INVALID,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHORIZED,
    UNAVAILABLE,
    UNREADABLE,
    WRONG_METHOD,
    Problem,
    not_found,
)
from peixun.kernel.api.refusals import field_errors
from peixun.kernel.logs import route_of
from peixun.ledger.api import router as ledger
from peixun.people.api import router as people
from peixun.people.bearer import TokenAuth, TokenThrottle
from peixun.people.queries.scope import OutOfScope

log = logging.getLogger(__name__)
NAMESPACE = "api"


class Api(NinjaAPI):
    """The API with its problems in the OpenAPI document."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The OpenAPI document."""
        return with_problems(super().get_openapi_schema(**kwargs))


throttle = TokenThrottle()
api = Api(
    title="培训 API",
    version="1",
    description="令牌在 Authorization 头里：`Bearer …`。写入可以带 `Idempotency-Key`。列表用 `cursor` 翻页。",
    urls_namespace=NAMESPACE,
    auth=TokenAuth(),
    throttle=[throttle],
    parser=JsonParser(),
    docs=DocumentsPage(),
)
for router in (coverage, ledger, people):
    api.add_router("", router)


def _on(kind: type[Exception], say: Callable[[Any], Problem]) -> None:
    api.add_exception_handler(kind, lambda request, error: say(error).response())


def _failed(error: Exception) -> Problem:
    log.error("the API failed", exc_info=error)
    return Problem(FAILED)


def _busy(error: OperationalError | InterfaceError) -> Problem:
    if not outages.is_outage(error):
        return _failed(error)
    log.warning("the database didn't answer the API: %s", error)
    return Problem(
        UNAVAILABLE,
        _("数据库暂时连不上，请稍后再试"),
        headers={"Retry-After": str(outages.RETRY_AFTER_SECONDS)},
    )


def failure(request: HttpRequest) -> HttpResponse:
    """What is answered when an exception reached the end: a problem to clients of the API, a page to people.

    Called by Django while the exception is being handled, so that middleware's failures come here too.
    """
    error = sys.exc_info()[1]
    if not route_of(request).startswith(f"{NAMESPACE}:"):
        return outages.answer_failure(request, error)
    if isinstance(error, OperationalError | InterfaceError):
        return _busy(error).response()
    return Problem(FAILED).response()


def _http(error: HttpError) -> Problem:
    return Problem(UNREADABLE, _("请求的内容不是 JSON"))


_on(Problem, lambda error: error)
_on(AuthenticationError, lambda error: Problem(UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"}))
_on(Throttled, lambda error: Problem(TOO_MANY))
_on(HttpError, _http)
_on(ValidationError, lambda error: Problem(INVALID, errors=field_errors(error.errors)))
_on(Http404, lambda error: not_found())
_on(OutOfScope, lambda error: not_found())
_on(RequestDataTooBig, lambda error: Problem(TOO_LARGE))
_on(SuspiciousOperation, lambda error: Problem(UNREADABLE))
_on(OperationalError, _busy)
_on(InterfaceError, _busy)
_on(Exception, _failed)


def _open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that checks its token itself; nothing of the API is kept in caches."""

    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == WRONG_METHOD.status:
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            response = Problem(WRONG_METHOD, headers={"Allow": allowed}).response()
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return csrf_exempt(login_not_required(served))


def _nothing_here(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    return Problem(NOT_FOUND).response()


def _urls() -> tuple[list[Any], str, str]:
    patterns, application, namespace = api.urls
    for pattern in patterns:
        view: Any = _nothing_here if pattern.name == "api-root" else pattern.callback  # type: ignore[union-attr]
        pattern.callback = _open(view)
    return [*patterns, re_path("", _open(_nothing_here))], application, namespace


urls = _urls()
