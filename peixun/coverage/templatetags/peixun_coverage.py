"""Filters for the room's numbers."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

from peixun.kernel.hours import from_quarters

register = template.Library()


def _trimmed(hours: Decimal) -> str:
    text = number_format(hours, force_grouping=True)
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def hours(quarters: int | None) -> str:
    """`{{ quarters|hours }}`: quarters of an hour as hours, without zeros that say nothing: 128 as "32", 6 as "1.5"."""
    if quarters is None:
        return ""
    return _trimmed(from_quarters(quarters))


@register.filter
def hours_of(hours: Decimal | None) -> str:
    """`{{ entry.hours|hours_of }}`: decimal hours in the same way."""
    return _trimmed(hours) if hours is not None else ""


@register.filter
def as_hours(quarters: int | None) -> int | Decimal:
    """`{{ quarters|as_hours }}`: quarters as hours for partials that reckon with them; whole where they are whole."""
    whole, rest = divmod(quarters or 0, 4)
    return Decimal(quarters or 0) / 4 if rest else whole
