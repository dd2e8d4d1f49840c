"""Types of parameters and bodies: narrow ones, so that nothing odd reaches a query or a digest."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from peixun.kernel.hours import to_quarters

PLAIN = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"
"""No control characters: databases refuse some, and digests use one between fields."""
EARLIEST_DAY, LATEST_DAY = date(1949, 10, 1), date(2100, 12, 31)
MOST_HOURS = 1000
_HOURS = re.compile(r"\d{1,4}(\.\d{1,4})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def wrong(detail: str) -> PydanticCustomError:
    """A value that can't be taken, with the reason for people."""
    return PydanticCustomError("wrong", "{reason}", {"reason": detail})


def _read_day(value: Any) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise wrong(_("日期写成 2018-06-30 的样子"))
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        raise wrong(_("日期不合情理"))
    return day


def _read_hours(value: Any) -> int:
    text = str(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else ""
    if not _HOURS.fullmatch(text):
        raise wrong(_("学时是大于 0、不超过 1000 的数"))
    try:
        quarters = to_quarters(Decimal(text))
    except ValueError:
        raise wrong(_("学时以 0.25 为一档")) from None
    if not 0 < quarters <= 4 * MOST_HOURS:
        raise wrong(_("学时是大于 0、不超过 1000 的数"))
    return quarters


Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=PLAIN, max_length=120)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=PLAIN, min_length=1, max_length=40)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, pattern=PLAIN, min_length=1, max_length=80)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
BodyId = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
Year = Annotated[int, Field(ge=1949, le=2100)]
Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})]
Quarters = Annotated[
    int,
    BeforeValidator(_read_hours),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MOST_HOURS, "multipleOf": 0.25}),
]
"""Hours in the document, quarters of an hour in Python."""


class Body(Schema):
    """A body; members that it doesn't know are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Asked(Schema):
    """The parameters of an address; unknown ones are refused, so that no misspelt filter is passed over."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: Any, info: ValidationInfo) -> Any:
        request = (info.context or {}).get("request")
        unknown = set(request.GET) - cls.model_fields.keys() if request is not None else set()
        if unknown:
            raise wrong(_("没有这样的参数：%(names)s") % {"names": _("、").join(sorted(unknown))[:200]})
        return values


class Paging(Asked):
    """The two parameters of every list."""

    cursor: Annotated[str, Field(max_length=500, description="上一页答复里的 next_cursor")] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
