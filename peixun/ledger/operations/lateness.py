"""What is posted for a year that is closed: refused without a reason, noted with one."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.ledger.models import LateEntry, YearClosing
from peixun.ledger.queries.closings import closings_over
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor

CLOSING_LOCK = 7305  # a number of its own: on PostgreSQL posting shares this advisory lock, closing has it alone
REASON_LENGTH = 100


class YearClosed(Exception):
    """The year of an entry is closed and nobody said why it comes so late; the text is for people."""

    def __init__(self, closings: Collection[YearClosing]) -> None:
        super().__init__(closed_words(min(closings, key=lambda c: (c.year, c.pk))))
        self.closings = list(closings)


def closed_words(closing: YearClosing) -> str:
    """That a year is closed, since when and by whom, and what to do."""
    return _("%(name)s %(year)s 年度已于 %(day)s 关账，补记请写明原因") % {
        "name": closing.organisation.name,
        "year": closing.year,
        "day": closing.closed_at.astimezone(clock.ZONE).date().isoformat(),
    }


def hold_posting(*, alone: bool) -> None:
    """Until the transaction ends, keep closing and posting apart: an entry comes before a closing or after it.

    Posts share the hold with each other; closing has it `alone`. On SQLite the one writer holds everything already.
    """
    if connection.vendor == "postgresql":
        name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {name}(%s)", [CLOSING_LOCK])


def note_late(entries: Collection[tuple[int, int, date]], *, reason: str, by: Actor, at: datetime) -> int:
    """This operation will note which of these new entries (id, person, day) come after a closing; it returns how many.

    It runs in the transaction that posts them. Raises YearClosed when there are any and no reason is given.
    """
    closed = closings_over({(person, day) for _, person, day in entries})
    if not closed:
        return 0
    if not reason.strip():
        raise YearClosed(closed.values())
    late = [(pk, closed[person, day]) for pk, person, day in entries if (person, day) in closed]
    LateEntry.objects.bulk_create(
        (LateEntry(entry_id=pk, closing=closing, reason=reason.strip()[:REASON_LENGTH]) for pk, closing in late),
        batch_size=1000,
    )
    numbers = Counter(closing for _pk, closing in late)
    audit.record_all(
        (
            audit.Act(
                closing.pk,
                closing.organisation_id,
                {"year": closing.year, "written": number, "reason": reason.strip()[:REASON_LENGTH]},
            )
            for closing, number in numbers.items()
        ),
        by=by,
        at=at,
        action="post_late",
        subject="credit",
    )
    return len(late)
