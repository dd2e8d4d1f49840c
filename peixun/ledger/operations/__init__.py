"""Writes of the room: open activities, post and reverse credits, seal and verify, close years."""

from peixun.ledger.operations.activities import NAMES as ACTIVITY_FIELDS
from peixun.ledger.operations.activities import ActivityConflict, NewActivity, open_activities
from peixun.ledger.operations.closing import ClosingRefused, close_year, reopen_year
from peixun.ledger.operations.lateness import YearClosed
from peixun.ledger.operations.posting import (
    CreditConflict,
    NewCredit,
    NotReversible,
    PostResult,
    post,
    reverse,
)
from peixun.ledger.operations.sealing import seal, verify

__all__ = [
    "ACTIVITY_FIELDS",
    "ActivityConflict",
    "ClosingRefused",
    "CreditConflict",
    "NewActivity",
    "NewCredit",
    "NotReversible",
    "PostResult",
    "YearClosed",
    "close_year",
    "open_activities",
    "post",
    "reopen_year",
    "reverse",
    "seal",
    "verify",
]
