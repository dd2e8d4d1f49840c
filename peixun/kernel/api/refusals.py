"""What pydantic found wrong, in words for people."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel.api.problems import FieldError

ASKED = "asked"
"""What every endpoint calls its parameters together."""
MOST = 100
"""So many errors say enough of one request."""
WORDS: dict[str, Any] = {
    "missing": gettext_lazy("缺少这一项"),
    "extra_forbidden": gettext_lazy("没有这一项"),
    "string_type": gettext_lazy("应当是文字"),
    "string_unicode": gettext_lazy("文字的编码有误"),
    "string_too_short": gettext_lazy("至少 %(min_length)s 个字"),
    "string_too_long": gettext_lazy("最多 %(max_length)s 个字"),
    "string_pattern_mismatch": gettext_lazy("有不该出现的字符"),
    "int_type": gettext_lazy("应当是整数"),
    "int_parsing": gettext_lazy("应当是整数"),
    "int_parsing_size": gettext_lazy("应当是整数"),
    "int_from_float": gettext_lazy("应当是整数"),
    "bool_type": gettext_lazy("应当是 true 或 false"),
    "bool_parsing": gettext_lazy("应当是 true 或 false"),
    "greater_than_equal": gettext_lazy("至少是 %(ge)s"),
    "less_than_equal": gettext_lazy("至多是 %(le)s"),
    "enum": gettext_lazy("只能是 %(expected)s"),
    "literal_error": gettext_lazy("只能是 %(expected)s"),
    "list_type": gettext_lazy("应当是列表"),
    "too_short": gettext_lazy("至少 %(min_length)s 项"),
    "too_long": gettext_lazy("最多 %(max_length)s 项"),
    "model_type": gettext_lazy("应当是对象"),
    "model_attributes_type": gettext_lazy("应当是对象"),
    "dict_type": gettext_lazy("应当是对象"),
    "wrong": gettext_lazy("%(reason)s"),
}


def field_errors(found: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """At most `MOST` errors, each at its place in the request. The values themselves aren't repeated."""
    return [_one(error) for error, _n in zip(found, range(MOST), strict=False)]


def _one(error: Mapping[str, Any]) -> FieldError:
    place, *steps = error["loc"]
    # The first step into a body is the name of the function's argument that stands for the whole of it; a query that
    # is wrong as a whole has only that.
    inner = tuple(steps[1:]) if place == "body" else tuple(step for step in steps if step != ASKED)
    words = WORDS.get(error["type"])
    detail = str(words) % error.get("ctx", {}) if words is not None else _("这个值不合要求（%(type)s）") % error
    return FieldError(str(place), inner, detail)
