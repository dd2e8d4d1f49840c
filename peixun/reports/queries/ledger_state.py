"""Up to where the ledger is sealed."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils import timezone

from peixun.kernel.clock import ZONE
from peixun.ledger.models import CreditEntry, Seal


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The last seal's number, day and digest (hex, "" before the first), entries sealed and not sealed yet."""

    head: str
    number: int
    sealed_on: date
    sealed: int
    unsealed: int


def ledger_state() -> LedgerState:
    """The state of the ledger now."""
    sealed = Seal.objects.aggregate(rows=Sum("rows"))["rows"] or 0
    unsealed = max(0, CreditEntry.objects.count() - sealed)
    last = Seal.objects.order_by("number").last()
    if last is None:
        return LedgerState("", 0, date.min, sealed, unsealed)
    day = timezone.localtime(last.sealed_at, ZONE).date()
    return LedgerState(bytes(last.digest).hex(), last.number, day, sealed, unsealed)
