"""Adding to a claim that is open: more scans, more words."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.claims.models import OPEN, Claim, Scan, Verb
from peixun.claims.operations.scans import check_scans, keep_scans
from peixun.claims.operations.steps import ClaimRefused, move, note
from peixun.claims.operations.telling import tell_added
from peixun.claims.queries.standing import may_act_as_member
from peixun.people.queries.scope import Actor, OutOfScope


def add(claim: Claim, *, words: str, scans: Sequence[bytes], today: date, by: Actor, at: datetime) -> None:
    """This operation will add words and scans to an open claim; whoever has it is told.

    Raises ClaimRefused with nothing to add and for scans that aren't taken, AlreadyMoved when the claim is no longer
    open, and OutOfScope for whoever neither is the member nor filed for them.
    """
    if not may_act_as_member(by, claim):
        raise OutOfScope("somebody else's claim")
    if not scans and not words.strip():
        raise ClaimRefused(_("请写几句说明，或者附上照片、文件"))
    kept: list[Scan] = []
    try:
        with transaction.atomic():
            move(claim, was=OPEN, appealed=claim.appealed)  # holds the row, so that two can't add a fourth scan
            kinds = check_scans(scans, there=claim.scans.count())
            kept = keep_scans(claim, scans, kinds)
            step = note(claim, Verb.ADD, words=words.strip(), by=by, at=at)
            tell_added(claim, step, day=today, by=by, at=at)
    except BaseException:
        for scan in kept:
            scan.path.unlink(missing_ok=True)
        raise
