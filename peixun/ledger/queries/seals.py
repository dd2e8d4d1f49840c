"""Reads of the seals."""

from dataclasses import dataclass

from django.db.models import Max, Q

from peixun.ledger.models import CreditEntry, CreditQuerySet, Seal

SHOWN = 50


def seal_over(entry_id: int) -> Seal | None:
    """The seal that covers an entry; None while it isn't sealed."""
    number = _first_reaching(entry_id)
    while number is not None:
        seal = Seal.objects.defer("leaves").filter(number=number).first()
        if seal is None:
            return None
        if any(first <= entry_id <= last for first, last in seal.runs):
            return seal
        # A row that committed late is sealed by a later batch, as long as its id is kept open.
        number = number + 1 if any(first <= entry_id <= last for first, last, *_ in seal.open_ids) else None
    return None


def _first_reaching(entry_id: int) -> int | None:
    """The number of the first seal whose watermark reaches an entry: watermarks grow with numbers, so few are read."""
    low, high = 1, Seal.objects.aggregate(last=Max("number"))["last"] or 0
    if not high or _watermark(high) < entry_id:
        return None
    while low < high:
        middle = (low + high) // 2
        if _watermark(middle) < entry_id:
            low = middle + 1
        else:
            high = middle
    return low


def _watermark(number: int) -> int:
    return Seal.objects.filter(number=number).values_list("watermark", flat=True).first() or 0


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


def beyond(number: int) -> CreditQuerySet:
    """Entries that no seal up to the one with this number covers; all of them for 0."""
    seal = Seal.objects.defer("leaves").filter(number=number).first()
    if seal is None:
        return CreditEntry.objects.all()
    later = Q(pk__gt=seal.watermark)
    for first, last, *_ in seal.open_ids:
        later |= Q(pk__gte=first, pk__lte=last)
    return CreditEntry.objects.filter(later)
