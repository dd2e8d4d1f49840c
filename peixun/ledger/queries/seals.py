"""Reads of the seals."""

from dataclasses import dataclass

from peixun.ledger.models import CreditEntry, Seal

SHOWN = 50


def seal_over(entry_id: int) -> Seal | None:
    """The seal that covers an entry; None while it isn't sealed."""
    for seal in Seal.objects.filter(watermark__gte=entry_id).defer("leaves").order_by("number").iterator(chunk_size=20):
        if any(first <= entry_id <= last for first, last in seal.runs):
            return seal
        if not any(first <= entry_id <= last for first, last, *_ in seal.open_ids):
            return None
    return None


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far sealing has come: the last seal, rows under seals and rows that no seal covers yet."""

    head: Seal | None
    unsealed: int


def sealing() -> Sealing:
    """How far sealing has come."""
    head = Seal.objects.defer("leaves").order_by("number").last()
    if head is None:
        return Sealing(None, CreditEntry.objects.count())
    unsealed = CreditEntry.objects.filter(pk__gt=head.watermark).count()
    for first, last, *_ in head.open_ids:
        unsealed += CreditEntry.objects.filter(pk__gte=first, pk__lte=last).count()
    return Sealing(head, unsealed)
