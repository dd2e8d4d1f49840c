"""Claims of somebody who is erased."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from peixun.claims.models import OPEN, Claim, ClaimState, ClaimStep, Scan

ERASED = "已注销"
"""Stands where a title was; data, so it isn't translated."""


def erase_claims(person_ids: Collection[int], at: datetime) -> None:
    """This operation will remove the words and scans of claims; what was decided and posted stays, open ones end."""
    claims = Claim.objects.filter(person__in=person_ids)
    claims.filter(state__in=OPEN).update(state=ClaimState.WITHDRAWN, decided_at=at)
    claims.update(title=ERASED, words="", organiser_words="", place="")
    ClaimStep.objects.filter(claim__in=claims).exclude(words="").update(words="")
    scans = list(Scan.objects.filter(claim__in=claims, deleted_at__isnull=True))
    Scan.objects.filter(pk__in=[scan.pk for scan in scans]).update(deleted_at=at)
    # A file can't be brought back: it goes when the transaction has held.
    transaction.on_commit(lambda: _remove(scans))


def _remove(scans: Iterable[Scan]) -> None:
    for scan in scans:
        scan.path.unlink(missing_ok=True)
