"""Filters for numbers as the pages show them."""

from decimal import ROUND_FLOOR, Decimal

from django import template

register = template.Library()

NOTHING = "—"

Number = int | Decimal


@register.filter
def percent_of(part: Number | None, whole: Number | None) -> str:
    """`{{ covered|percent_of:due }}`: "98.1%", rounded down, so 100.0% means all; "—" when nothing is due."""
    if not whole or part is None:
        return NOTHING
    share = Decimal(part) * 100 / Decimal(whole)
    return f"{share.quantize(Decimal('0.1'), rounding=ROUND_FLOOR)}%"


@register.filter
def lacking(needed: Number | None, there: Number | None) -> Number:
    """`{{ due|lacking:covered }}`: what is missing to the number, never below zero."""
    return max(0, (needed or 0) - (there or 0))
