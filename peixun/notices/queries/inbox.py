"""The messages of an account."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from peixun.notices.models import Message, Preference

PAGE = 30
COUNTED = 99


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of messages, unread ones first, newest first; `older` is the cursor of the next page, or ""."""

    messages: list[Message]
    older: str


def own(account_id: int | None) -> QuerySet[Message]:
    """The messages of an account."""
    return Message.objects.filter(account=account_id)


def unread(account_id: int) -> int:
    """How many messages are unread, counted to one beyond `COUNTED`."""
    return own(account_id).filter(read_at__isnull=True).order_by()[: COUNTED + 1].count()


def inbox(account_id: int, *, after: str = "") -> Inbox:
    """A page of messages; the cursor names part and message ("n12" unread, "r12" read). One or two queries."""
    part, cursor = after[:1], after[1:]
    before = int(cursor) if cursor.isascii() and cursor.isdecimal() and len(cursor) < 19 else None
    rows: list[Message] = []
    if part != "r" or before is None:
        rows = _older(own(account_id).filter(read_at__isnull=True), before if part == "n" else None, PAGE + 1)
    if len(rows) <= PAGE:
        rest = own(account_id).filter(read_at__isnull=False)
        rows += _older(rest, before if part == "r" else None, PAGE + 1 - len(rows))
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    return Inbox(shown, f"{'n' if last.read_at is None else 'r'}{last.pk}" if last else "")


def _older(rows: QuerySet[Message], before: int | None, most: int) -> list[Message]:
    condition = Q(pk__lt=before) if before is not None else Q()
    return list(rows.filter(condition).order_by("-pk")[:most])


def preferences(account_ids: Collection[int]) -> dict[int, Preference]:
    """How accounts want their messages, the defaults for those who never said; one query."""
    known = {p.account_id: p for p in Preference.objects.filter(account__in=account_ids)}
    return {pk: known.get(pk) or Preference(account_id=pk) for pk in account_ids}


def preference(account_id: int) -> Preference:
    """How an account wants its messages."""
    return preferences([account_id])[account_id]
