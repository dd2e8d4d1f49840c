"""Filters for numbers as the pages show them."""

from decimal import ROUND_FLOOR, Decimal

from django import template
from django.utils.formats import number_format

from peixun.kernel import logs

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


@register.filter
def trimmed(number: Decimal | None) -> str:
    """`{{ entry.hours|trimmed }}`: a decimal without zeros that say nothing: 32.00 as "32", 1.50 as "1.5"."""
    if number is None:
        return ""
    text = number_format(number, force_grouping=True)
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.simple_tag
def request_id() -> str:
    """`{% request_id %}`: the name of the request at hand in the log, for whoever reports a fault."""
    return logs.request_id()
