"""Numbers in cells, numbers kept as text included."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from peixun.kernel.cells.errors import CellError
from peixun.kernel.cells.text import Cell, clean_text

MOST_HOURS = Decimal(1000)
_QUARTER = Decimal("0.25")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,，]\d{3})+(?:\.\d{1,15})?")
_UNIT_OF_HOURS = re.compile(r"\s*(?:个)?(?:学时|小时|h|hours?)$", re.IGNORECASE)


def parse_number(value: Cell) -> Decimal:
    """A plain number, also one kept as text or with commas at thousands. Raises CellError."""
    text = "" if isinstance(value, bool) else clean_text(value)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace("，", "")
    if not _NUMBER.fullmatch(text):
        raise CellError(_("没有填写数字") if not text else _("“%(text)s”不是数字") % {"text": text[:40]})
    return Decimal(text)


def parse_hours(value: Cell) -> Decimal:
    """Hours (学时) with two decimals: above 0, at most 1,000, in steps of 0.25. Raises CellError."""
    if isinstance(value, str):
        value = _UNIT_OF_HOURS.sub("", clean_text(value))
        if not value:
            raise CellError(_("没有填写学时"))
    hours = parse_number(value)
    if hours <= 0:
        raise CellError(_("学时必须大于 0"))
    if hours > MOST_HOURS:
        raise CellError(_("学时超过 1000，请核对"))
    if hours % _QUARTER:
        raise CellError(_("学时只能是 0.25 的整数倍"))
    return hours.quantize(Decimal("0.01"))
