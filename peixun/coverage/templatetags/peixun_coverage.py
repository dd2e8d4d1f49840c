"""Filters for the room's numbers."""

from django import template
from django.utils.formats import number_format

from peixun.kernel.hours import from_quarters

register = template.Library()


@register.filter
def hours(quarters: int | None) -> str:
    """`{{ quarters|hours }}`: quarters of an hour as hours, without zeros that say nothing: 128 as "32", 6 as "1.5"."""
    if quarters is None:
        return ""
    text = number_format(from_quarters(quarters), force_grouping=True)
    return text.rstrip("0").rstrip(".") if "." in text else text
