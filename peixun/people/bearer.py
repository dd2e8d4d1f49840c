"""What the API of every room shares: who carries the token, what is in scope, writes that are done once."""

import hashlib
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from peixun.kernel import clock
from peixun.kernel.api.problems import INVALID, KEY_REUSED, NOT_PERMITTED, FieldError, Problem, not_found
from peixun.people.models import Organisation, TokenScope
from peixun.people.operations.answers import KeyReused, answer_once
from peixun.people.operations.tokens import note_use
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.tokens import Bearer, find_bearer

KEY_HEADER = "Idempotency-Key"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])


class ApiRequest(HttpRequest):
    """A request of the API."""

    auth: Bearer


class TokenAuth(HttpBearer):
    """Takes nothing but a bearer token: a session's cookie says nothing here, so no form of another site can act."""

    def authenticate(self, request: Any, token: str) -> Bearer | None:
        """The bearer, None for a token that isn't valid. Raises Problem when it lacks the scope."""
        now = datetime.now(UTC)
        bearer = find_bearer(token, day=clock.today(), now=now)
        if bearer is None:
            return None
        needed = TokenScope.READ if request.method in READING else TokenScope.WRITE
        if needed not in bearer.scopes:
            raise Problem(
                NOT_PERMITTED,
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed.value}"'},
            )
        today = now.astimezone(clock.ZONE).date()
        if bearer.last_used_on != today.isoformat():
            note_use(bearer.token_id, on=today)
        request.actor = bearer.actor
        return bearer


class TokenThrottle(BaseThrottle):
    """Bounds what one token asks of one web process in a stretch of ten seconds (`API_RATE` is a minute's)."""

    stretch = 10

    def __init__(self) -> None:
        self._window = 0
        self._counts: dict[int, int] = {}

    def forget(self) -> None:
        """Begin anew."""
        self._counts = {}

    def allow_request(self, request: Any) -> bool:
        """Whether the token has requests left."""
        window = int(time.monotonic()) // self.stretch
        if window != self._window:
            self._window, self._counts = window, {}
        counts, token_id = self._counts, request.auth.token_id
        counts[token_id] = counts.get(token_id, 0) + 1
        return bool(counts[token_id] * 60 <= settings.API_RATE * self.stretch)

    def wait(self) -> float:
        """Seconds until the next stretch."""
        return float(self.stretch - int(time.monotonic()) % self.stretch)


def organisation_in_scope(actor: Actor, code: str, permission: Permission) -> Organisation:
    """The organisation with a code, when the actor has the permission on it. Raises Problem (404)."""
    found = actor.organisations(permission).filter(code=code).first()
    if found is None:
        raise not_found()
    return found


def done_once(view: ViewT) -> ViewT:
    """A write that honours `Idempotency-Key`: its answer is kept for the token and given again."""

    @wraps(view)
    def once(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(KEY_HEADER)
        if key is None:
            return view(request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            error = FieldError("header", (KEY_HEADER,), _("幂等键是 1 到 200 个可见的 ASCII 字符"))
            raise Problem(INVALID, errors=[error])

        def work() -> tuple[int, bytes]:
            response = view(request, *args, **kwargs)
            return response.status_code, response.content

        try:
            said = answer_once(
                work,
                token_id=request.auth.token_id,
                key=key,
                request_digest=_request_digest(request),
                at=datetime.now(UTC),
            )
        except KeyReused:
            raise Problem(KEY_REUSED, _("要做另一件事，请换一个幂等键")) from None
        headers = {"Idempotency-Replayed": "true"} if said.again else {}
        return HttpResponse(said.body, status=said.status, content_type="application/json", headers=headers)

    return once  # type: ignore[return-value]


def _request_digest(request: HttpRequest) -> bytes:
    hasher = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    hasher.update(request.body)
    return hasher.digest()
