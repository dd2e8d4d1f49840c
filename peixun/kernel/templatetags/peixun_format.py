"""Filters for numbers as the pages show them."""

from decimal import ROUND_FLOOR, Decimal

from django import template

register = template.Library()

NOTHING = "—"


@register.filter
def percent_of(part: int | Decimal | None, whole: int | Decimal | None) -> str:
    """`{{ covered|percent_of:due }}`: "98.1%", rounded down, so 100.0% means all; "—" when nothing is due."""
    if not whole or part is None:
        return NOTHING
    share = Decimal(part) * 100 / Decimal(whole)
    return f"{share.quantize(Decimal('0.1'), rounding=ROUND_FLOOR)}%"


@register.filter
def less(value: int | None, other: int | None) -> int:
    """`{{ due|less:covered }}`: the difference, never below zero."""
    return max(0, (value or 0) - (other or 0))
