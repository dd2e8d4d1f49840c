"""Closing a year for a subtree, and reopening it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from peixun.ledger.models import CLOSING_LEVELS, CreditEntry, Seal, YearClosing
from peixun.ledger.operations.lateness import hold_posting
from peixun.ledger.operations.sealing import GENESIS, seal
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, OutOfScope, Permission


class ClosingRefused(Exception):
    """A year can't be closed or reopened; the text is for people. Nothing was written."""


def may_close(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may close years of an organisation: an office, of a county or of what lies above counties."""
    return organisation.level in CLOSING_LEVELS and actor.may(Permission.CLOSE_YEAR, organisation.path)


@transaction.atomic
def close_year(
    organisation: Organisation, year: int, *, figures: Mapping[str, int], by: Actor, at: datetime, today: date
) -> YearClosing:
    """This operation will seal what was posted and close a year for an organisation and all below it.

    `figures` are what coverage said of the subtree. Raises OutOfScope, and ClosingRefused for a year that isn't over
    or is closed already.
    """
    if not may_close(by, organisation):
        raise OutOfScope("closing is for offices of counties and above")
    if today <= date(year, 12, 31):
        raise ClosingRefused(_("%(year)s 年还没有结束，到次年 1 月 1 日才能关账") % {"year": year})
    hold_posting(alone=True)
    seal(at=at)
    head = Seal.objects.defer("leaves", "runs").order_by("number").last()
    try:
        with transaction.atomic():
            closing = YearClosing.objects.create(
                organisation=organisation,
                year=year,
                closed_at=at,
                closed_by_id=by.account_id,
                seal_number=head.number if head else 0,
                head=bytes(head.digest) if head else GENESIS,
                last_entry=CreditEntry.objects.aggregate(last=Max("pk"))["last"] or 0,
                figures=dict(figures),
            )
    except IntegrityError as error:
        raise ClosingRefused(_("%(year)s 年度已经关账，不用再关一次") % {"year": year}) from error
    audit.record(
        by=by,
        at=at,
        action="close_year",
        subject="ledger",
        subject_id=closing.pk,
        organisation_id=organisation.pk,
        year=year,
    )
    return closing


@transaction.atomic
def reopen_year(closing: YearClosing, *, reason: str, by: Actor, at: datetime) -> YearClosing:
    """This operation will open a closed year again; the closing and what came after it stay on record.

    Raises OutOfScope, and ClosingRefused without a reason or when the year is open again already.
    """
    if not may_close(by, closing.organisation):
        raise OutOfScope("reopening is for offices of counties and above")
    if not reason.strip():
        raise ClosingRefused(_("请写明重新开账的原因"))
    hold_posting(alone=True)
    rows = YearClosing.objects.filter(pk=closing.pk, reopened_at__isnull=True)
    if not rows.update(reopened_at=at, reopened_by=by.account_id, reopen_reason=reason.strip()):
        raise ClosingRefused(_("这次关账已经重新开账"))
    audit.record(
        by=by,
        at=at,
        action="reopen_year",
        subject="ledger",
        subject_id=closing.pk,
        organisation_id=closing.organisation_id,
        year=closing.year,
        reason=reason.strip(),
    )
    closing.refresh_from_db()
    return closing
