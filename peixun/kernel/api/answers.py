"""Answers and bodies as JSON, quickly."""

from enum import Enum
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from ninja.parser import Parser


def to_json(document: Any) -> bytes:
    """A document as JSON; dates in ISO form, translated words as text."""
    return orjson.dumps(document, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")


def answer(document: Any, *, status: int = 200) -> HttpResponse:
    """An answer whose shape the endpoint's schema describes; it isn't validated again."""
    return HttpResponse(to_json(document), status=status, content_type="application/json")


class JsonParser(Parser):
    """Reads bodies strictly: no NaN, no broken Unicode, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The document. Raises ValueError."""
        return orjson.loads(request.body)
