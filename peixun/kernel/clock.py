"""The business date. Instants (sessions, audit, `posted_at`) use real time and never this clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The business date: the fixed one of a demo or test, else the date in Asia/Shanghai."""
    if settings.TODAY:
        return date.fromisoformat(settings.TODAY)
    return datetime.now(ZONE).date()


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    if month == 12:
        return date(year, 12, 31)
    return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)


def as_of_default(year: int) -> date:
    """The date at which a year is looked at: its last day once over, today while it runs, else its first."""
    return min(max(today(), date(year, 1, 1)), date(year, 12, 31))
