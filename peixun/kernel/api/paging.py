"""Cursor paging: opaque, signed cursors that hold the key of the last row shown."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.translation import gettext as _

from peixun.kernel.api.problems import invalid_parameter

PAGING = frozenset({"cursor", "limit"})
RowT = TypeVar("RowT")


class Cursors:
    """Signs and reads the cursors of one question: the address with all its parameters but those of paging."""

    def __init__(self, request: HttpRequest) -> None:
        asked = sorted((k, v) for k, values in request.GET.lists() if k not in PAGING for v in values)
        question = hashlib.sha256(repr((request.path, asked)).encode("utf-8", "replace")).hexdigest()
        self._signer = Signer(salt=f"peixun.api.cursor:{question}")

    def read(self, text: str) -> list[Any] | None:
        """The key after which the page begins; None at the start. Raises Problem for a cursor of another question."""
        if not text:
            return None
        try:
            key = self._signer.unsign_object(text)
        except BadSignature:
            raise invalid_parameter("cursor", _("游标不属于这次查询，请从第一页重新开始")) from None
        return list(key)

    def page(
        self,
        rows: Sequence[RowT],
        limit: int,
        *,
        key: Callable[[RowT], Sequence[Any]],
        show: Callable[[RowT], Any],
    ) -> dict[str, Any]:
        """A page of at most `limit` of the rows (of which one more than that was read, where there are more)."""
        shown = rows[:limit]
        more = len(rows) > limit
        return {
            "items": [show(row) for row in shown],
            "next_cursor": self._signer.sign_object(list(key(shown[-1]))) if more else None,
        }
