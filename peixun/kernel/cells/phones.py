"""Telephone numbers of the mainland."""

import re

from django.utils.translation import gettext as _

from peixun.kernel.cells.errors import CellError
from peixun.kernel.cells.text import Cell, clean_code

_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLAIN = re.compile(r"1[3-9][0-9]{9}|0(?:10|2[0-9])-[2-9][0-9]{6,7}|0[3-9][0-9]{2}-[2-9][0-9]{6,7}")
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))[-]?")
_LANDLINE = re.compile(r"(?:(0(?:10|2\d|[3-9]\d{2}))-?)?([2-9]\d{6,7})(?:(?:-|转|x|ext\.?)(\d{1,6}))?", re.IGNORECASE)
_BRACKETED = re.compile(r"^[(（](0\d{2,3})[)）]")


def parse_phone(value: Cell) -> str:
    """A mobile number as its 11 digits, a landline as 0943-8221234 or 8221234, an extension after another -.

    Raises CellError, also for a number that somebody has masked with asterisks.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value):  # nearly all of them
        return value
    text = _COUNTRY.sub("", _BRACKETED.sub(r"\1-", clean_code(value)))
    if not text:
        raise CellError(_("没有填写电话号码"))
    if "*" in text:
        raise CellError(_("号码的一部分被 * 遮住了，请填写完整的号码"))
    digits = text.replace("-", "")
    if _MOBILE.fullmatch(digits):
        return digits
    landline = _LANDLINE.fullmatch(text)
    if not landline:
        raise CellError(_("不是有效的手机号码或固定电话号码"))
    return "-".join(part for part in landline.groups() if part)


def mask_phone(number: str) -> str:
    """The number as it is shown: 138****5678; of a landline the last four digits."""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(0, len(number) - 4) + number[-4:]
