"""Closing a year with the figures that hold at that moment."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.coverage.queries.position import position
from peixun.ledger.models import YearClosing
from peixun.ledger.operations import ClosingRefused
from peixun.ledger.operations import close_year as close_in_ledger
from peixun.ledger.operations import reopen_year as reopen_in_ledger
from peixun.ledger.operations.closing import may_close
from peixun.ledger.operations.lateness import hold_posting
from peixun.notices.operations import Holders, NewMessage, send
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, OutOfScope, Permission


@transaction.atomic
def close_year(organisation: Organisation, year: int, *, by: Actor, at: datetime, today: date) -> YearClosing:
    """This operation will close a year for a subtree and keep its figures of the last day beside the sealed position.

    Nobody posts while they are worked out. Raises OutOfScope, and ClosingRefused for a year that isn't over, is
    closed already, has nobody due, or has figures that are still being updated.
    """
    if not may_close(by, organisation):
        raise OutOfScope("closing is for offices of counties and above")
    hold_posting(alone=True)
    at_end = position(organisation, year=year, as_of=date(year, 12, 31))
    if at_end.updating:
        raise ClosingRefused(_("有成批的变动正在计入，数字还在更新。请过几分钟再关账"))
    total = at_end.total
    if not total.due and year < today.year:
        raise ClosingRefused(_("%(year)s 年这里没有应训人员，没有可以关账的数字") % {"year": year})
    row = close_in_ledger(organisation, year, figures=total._asdict(), by=by, at=at, today=today)
    _tell("year_closed", row, f"year_closed:{row.pk}", today=today, by=by, at=at)
    return row


@transaction.atomic
def reopen_year(row: YearClosing, *, reason: str, today: date, by: Actor, at: datetime) -> YearClosing:
    """This operation will open a closed year again and tell the offices below. Raises OutOfScope and ClosingRefused."""
    opened = reopen_in_ledger(row, reason=reason, by=by, at=at)
    _tell("year_reopened", opened, f"year_reopened:{opened.pk}", today=today, by=by, at=at)
    return opened


def _tell(kind: str, row: YearClosing, key: str, *, today: date, by: Actor, at: datetime) -> None:
    """Tell the offices of the subtree, who enter what comes late from now on or may enter again."""
    message = NewMessage(
        kind=kind,
        key=key,
        parameters={"name": str(row.organisation), "year": row.year, "reason": row.reopen_reason},
        holders=(Holders(Permission.REVERSE, row.organisation_id, today, below=True),),
        link=reverse("coverage:closing", args=[row.pk]),
    )
    send([message], by=by, at=at, organisation_id=row.organisation_id)
