"""Words for the cuts that figures are kept by."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.catalog.models import Delivery, Example, Setting, Strand, Tier
from peixun.coverage.queries.closed import Late

DIMENSIONS: tuple[tuple[str, Any, Any], ...] = (
    ("delivery", gettext_lazy("上下结合"), Delivery),
    ("setting", gettext_lazy("内外结合"), Setting),
    ("strand", gettext_lazy("实虚结合"), Strand),
    ("example", gettext_lazy("正反结合"), Example),
    ("tier", gettext_lazy("培训层级"), Tier),
)


def cut_words(cut: str) -> tuple[str, str]:
    """A cut by dimension such as `delivery:online` in words: the dimension and the value."""
    key, _separator, value = cut.partition(":")
    for name, words, choices in DIMENSIONS:
        if name == key:
            return str(words), str(choices(value).label) if value in choices.values else value
    return "", cut or _("全部")


def late_words(row: Late) -> str:
    """What all that came after a closing for a person did to how the person is counted."""
    if row.covered[0] != row.covered[1]:
        return _("由未参训变为已训") if row.covered[1] else _("由已训变为未参训")
    if row.fulfilled[0] != row.fulfilled[1]:
        return _("由未达标变为达标") if row.fulfilled[1] else _("由达标变为未达标")
    return _("只改变学时")
