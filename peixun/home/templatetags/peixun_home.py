"""Template tags of the start pages."""

from decimal import Decimal

from django import template

from peixun.home.links import address
from peixun.home.queries.states import plain

register = template.Library()


@register.filter
def plain_hours(hours: Decimal | None) -> int | Decimal:
    """`{{ hours|plain_hours }}`: without needless zeros, 12 or 7.5; 0 for nothing."""
    return plain(hours) if hours else 0


@register.simple_tag
def record_address(person_id: int) -> str:
    """`{% record_address person.pk as url %}`: the learning record; "" where it can't be opened."""
    return address("coverage:record", person_id)
