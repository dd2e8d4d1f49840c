"""Filters for the room's numbers: hours that are kept as quarters."""

from decimal import Decimal

from django import template

from peixun.kernel.hours import from_quarters
from peixun.kernel.templatetags.peixun_format import trimmed

register = template.Library()


@register.filter
def hours(quarters: int | None) -> str:
    """`{{ quarters|hours }}`: quarters of an hour as hours: 128 as "32", 6 as "1.5"."""
    return "" if quarters is None else trimmed(from_quarters(quarters))


@register.filter
def as_hours(quarters: int | None) -> int | Decimal:
    """`{{ quarters|as_hours }}`: quarters as hours for partials that reckon with them; whole where they are whole."""
    whole, rest = divmod(quarters or 0, 4)
    return Decimal(quarters or 0) / 4 if rest else whole
