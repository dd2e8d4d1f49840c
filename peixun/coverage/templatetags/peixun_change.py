"""Filters for differences: always with a sign, and in words."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from peixun.coverage.words import late_words

register = template.Library()
register.filter("late_words", late_words)


@register.filter
def signed(number: int | Decimal | None) -> str:
    """`{{ n|signed }}`: a difference with its sign: "+1,204", "−3", "−703.5", "0"; "—" for None."""
    if number is None:
        return "—"
    whole = f"{Decimal(number).copy_abs():f}"
    return _sign(number) + number_format(whole.rstrip("0").rstrip(".") if "." in whole else whole, force_grouping=True)


@register.filter
def signed_points(points: Decimal | None) -> str:
    """`{{ p|signed_points }}`: a difference of shares, always with one decimal as the shares have: "−10.0"."""
    return "—" if points is None else _sign(points) + number_format(abs(points), 1)


def _sign(number: int | Decimal) -> str:
    return "+" if number > 0 else "−" if number < 0 else ""


@register.filter
def more_people(number: int) -> str:
    """`{{ n|more_people }}`: a difference of people in words: 增加 1,204 人, 减少 3 人, 没有变化."""
    if not number:
        return _("没有变化")
    words = _("增加 %(n)s 人") if number > 0 else _("减少 %(n)s 人")
    return words % {"n": number_format(abs(number), force_grouping=True)}


@register.filter
def more_points(points: Decimal | None) -> str:
    """`{{ p|more_points }}`: a difference of shares in words: 提高 3.2 个百分点."""
    if points is None:
        return _("无法比较")
    if not points:
        return _("没有变化")
    words = _("提高 %(n)s 个百分点") if points > 0 else _("下降 %(n)s 个百分点")
    return words % {"n": number_format(abs(points), 1)}
