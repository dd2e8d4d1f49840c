"""Leaving a trace of every act."""

from datetime import datetime
from typing import Any

from peixun.people.models import AuditEntry
from peixun.people.queries.scope import Actor


def record(
    *,
    by: Actor,
    at: datetime,
    action: str,
    subject: str,
    subject_id: object = "",
    organisation_id: int | None = None,
    **detail: Any,
) -> None:
    """This operation will append one audit entry; `detail` must hold no personal numbers."""
    AuditEntry.objects.create(
        at=at,
        account_id=by.account_id,
        system_user=by.system_user,
        action=action,
        subject=subject,
        subject_id=str(subject_id),
        organisation_id=organisation_id,
        detail=detail,
    )
