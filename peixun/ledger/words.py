"""What verifying found, in words for people."""

from collections.abc import Mapping

from django.utils.translation import gettext as _


def fault_words(fault: Mapping[str, object]) -> str:
    """A fault in words: which row, and what happened to it."""
    words = {
        "changed": _("第 %(entry)s 号记录被改动"),
        "removed": _("第 %(entry)s 号记录被删除"),
        "slipped_in": _("第 %(entry)s 号记录是封存之后插入的"),
        "activity_changed": _("第 %(activity)s 号活动被改动"),
        "seal_broken": _("第 %(seal)s 批封存对不上"),
    }
    return words[str(fault["fault"])] % fault
