"""Problems as RFC 9457 has them: `application/problem+json` with a stable `type` and a Chinese `title`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from peixun.kernel.api.answers import to_json

MEDIA_TYPE = "application/problem+json"
URN = "urn:peixun:problem:"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem. `name` and `status` never change; the title is Chinese whatever the client reads."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The stable type."""
        return URN + self.name


UNREADABLE = ProblemKind("unreadable", 400, "请求无法读懂")
UNAUTHORIZED = ProblemKind("unauthorized", 401, "没有有效的访问令牌")
NOT_PERMITTED = ProblemKind("insufficient-scope", 403, "访问令牌没有这项权限")
NOT_FOUND = ProblemKind("not-found", 404, "没有找到")
WRONG_METHOD = ProblemKind("method-not-allowed", 405, "这个地址不接受这种方法")
CONFLICT = ProblemKind("conflict", 409, "与已经登记的内容冲突")
TOO_LARGE = ProblemKind("too-large", 413, "请求太大")
INVALID = ProblemKind("invalid", 422, "有的内容不符合要求")
KEY_REUSED = ProblemKind("idempotency-key-reused", 422, "同一个幂等键用在了不同的请求上")
TOO_MANY = ProblemKind("too-many-requests", 429, "请求太频繁")
FAILED = ProblemKind("internal", 500, "服务器出了错")
UNAVAILABLE = ProblemKind("unavailable", 503, "服务器暂时忙")

KINDS = (
    UNREADABLE,
    UNAUTHORIZED,
    NOT_PERMITTED,
    NOT_FOUND,
    WRONG_METHOD,
    CONFLICT,
    TOO_LARGE,
    INVALID,
    KEY_REUSED,
    TOO_MANY,
    FAILED,
    UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value: `place` is `body`, `query`, `path` or `header`, `steps` lead to the value."""

    place: str
    steps: tuple[str | int, ...]
    detail: str

    def as_json(self) -> dict[str, str]:
        """A JSON pointer into the body, or the name of a parameter."""
        if self.place == "body":
            return {"pointer": "#" + "".join(f"/{_escape(step)}" for step in self.steps), "detail": self.detail}
        return {"parameter": ".".join(map(str, self.steps)), "in": self.place, "detail": self.detail}


def _escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


class Problem(Exception):
    """The request can't be answered as asked. `extra` are further members of the document."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or kind.title)
        self.kind = kind
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self) -> HttpResponse:
        """The answer."""
        document: dict[str, Any] = {"type": self.kind.type, "title": self.kind.title, "status": self.kind.status}
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [error.as_json() for error in self.errors]
        return HttpResponse(
            to_json({**document, **self.extra}),
            status=self.kind.status,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )


def invalid_parameter(name: str, detail: str) -> Problem:
    """A parameter of the address that can't be right."""
    return Problem(INVALID, errors=[FieldError("query", (name,), detail)])


def invalid_field(detail: str, *steps: str | int) -> Problem:
    """A value of the body that can't be right."""
    return Problem(INVALID, errors=[FieldError("body", steps, detail)])


def not_found() -> Problem:
    """It isn't there, or not for this token: both look the same."""
    return Problem(NOT_FOUND, _("没有这项内容，或者它不在这个令牌的权限范围内"))
