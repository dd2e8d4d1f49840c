"""What may be claimed, and what a scan is: plain Python without a clock."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

YEARS_BACK = 2
MOST_HOURS = 24
LONG_DAY = 8
ANSWER_WITHIN = timedelta(days=15)
KEPT = timedelta(days=30)
"""How long scans are kept after the decision."""

MOST_SCANS = 3
SCAN_LIMIT = 5 * 1024 * 1024
"""Bytes of one scan."""


class DayProblem(StrEnum):
    """Why a day can't be claimed for."""

    NONE = ""
    FUTURE = "future"
    LONG_GONE = "long_gone"


class ScanKind(StrEnum):
    """What a scan may be, by its first and last bytes."""

    JPEG = "jpg"
    PNG = "png"
    PDF = "pdf"


def earliest(today: date) -> date:
    """The first day that may still be claimed for: two years back."""
    try:
        return today.replace(year=today.year - YEARS_BACK)
    except ValueError:  # 29 February
        return date(today.year - YEARS_BACK, 2, 28)


def problem_with_day(day: date, *, today: date) -> DayProblem:
    """What is wrong with a day, if anything."""
    if day > today:
        return DayProblem.FUTURE
    return DayProblem.LONG_GONE if day < earliest(today) else DayProblem.NONE


def hours_are_sound(hours: Decimal) -> bool:
    """Whether this many hours fit into one day, in steps of a quarter."""
    return 0 < hours <= MOST_HOURS and hours * 4 == int(hours * 4)


def is_overdue(waiting_since: datetime, *, at: datetime) -> bool:
    """Whether the branch has had its time to answer."""
    return at - waiting_since > ANSWER_WITHIN


def scan_kind(content: bytes) -> ScanKind | None:
    """The kind of a scan by its content, whatever its name says; None for anything else.

    The end is looked at too, so that half a picture from a broken connection is told at once.
    """
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-1024:]:
        return ScanKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and b"IEND" in content[-1024:]:
        return ScanKind.PNG
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return ScanKind.PDF
    return None
