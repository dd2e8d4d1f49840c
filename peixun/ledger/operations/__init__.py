"""Writes of the room: open activities, post and reverse credits, seal and verify."""

from peixun.ledger.operations.activities import NAMES as ACTIVITY_FIELDS
from peixun.ledger.operations.activities import ActivityConflict, NewActivity, open_activities
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
    "CreditConflict",
    "NewActivity",
    "NewCredit",
    "NotReversible",
    "PostResult",
    "open_activities",
    "post",
    "reverse",
    "seal",
    "verify",
]
