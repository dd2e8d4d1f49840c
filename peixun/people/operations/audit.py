"""Leaving a trace of every act."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

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


class Act(NamedTuple):
    """One of many acts of the same kind: about what, in which organisation, and what else is to be known."""

    subject_id: object
    organisation_id: int | None
    detail: dict[str, Any]


def record_all(acts: Iterable[Act], *, by: Actor, at: datetime, action: str, subject: str) -> None:
    """This operation will append one audit entry for each of many acts; details must hold no personal numbers."""
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=at,
                account_id=by.account_id,
                system_user=by.system_user,
                action=action,
                subject=subject,
                subject_id=str(act.subject_id),
                organisation_id=act.organisation_id,
                detail=act.detail,
            )
            for act in acts
        ),
        batch_size=1000,
    )
