"""Doing a write once: the same key and request get the same answer again, even when both arrive at the same time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from peixun.kernel import bulk
from peixun.people.models import KeptAnswer

KEPT = timedelta(days=7)
# The unique key makes the second of two simultaneous requests wait for the first (on SQLite the one writer does);
# a key whose time is over is taken over.
CLAIM = """
    INSERT INTO people_keptanswer (token_id, key, request_digest, status, body, kept_at)
    VALUES (%s, %s, %s, 0, %s, %s)
    ON CONFLICT (token_id, key) DO UPDATE
        SET request_digest = excluded.request_digest, status = 0, body = excluded.body, kept_at = excluded.kept_at
        WHERE people_keptanswer.kept_at < %s
    RETURNING id
"""


class KeyReused(Exception):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was answered; `again` says that it was answered before and nothing was done now."""

    status: int
    body: bytes
    again: bool = False


@transaction.atomic
def answer_once(
    work: Callable[[], tuple[int, bytes]], *, token_id: int, key: str, request_digest: bytes, at: datetime
) -> Said:
    """This operation will do the work and keep its status and body, or return what was kept of the same request.

    Work that raises leaves no trace, so that it can be tried again under the same key. Raises KeyReused.
    """
    row = _claim(token_id, key, request_digest, at)
    if row is None:
        kept = KeptAnswer.objects.get(token=token_id, key=key)
        if bytes(kept.request_digest) != request_digest:
            raise KeyReused(key)
        return Said(kept.status, bytes(kept.body), again=True)
    status, body = work()
    KeptAnswer.objects.filter(pk=row).update(status=status, body=body)
    return Said(status, body)


def _claim(token_id: int, key: str, request_digest: bytes, at: datetime) -> int | None:
    """The row of a key that is free or whose time is over; None for one that is taken."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [token_id, key, request_digest, b"", bulk.instant(at), bulk.instant(at - KEPT)])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def forget_answers(*, at: datetime) -> int:
    """This operation will delete the answers whose time is over; it returns how many."""
    return KeptAnswer.objects.filter(kept_at__lt=at - KEPT).delete()[0]
