"""Reading messages, saying how one wants them, forgetting old ones.

What somebody reads is theirs alone: reading leaves no trace in the audit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from peixun.notices.models import Message, Preference
from peixun.notices.queries.inbox import own
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, OutOfScope, Permission

KEPT = timedelta(days=365)
SETTABLE = ("quiet_from", "quiet_until", "language", "weekday", "muted")


def read(message: Message, *, by: Actor, at: datetime) -> None:
    """This operation will mark one of the actor's messages as read. Raises OutOfScope for somebody else's."""
    if message.account_id != by.account_id:
        raise OutOfScope("somebody else's message")
    own(by.account_id).filter(pk=message.pk, read_at__isnull=True).update(read_at=at)


def read_all(*, up_to: int, by: Actor, at: datetime) -> int:
    """This operation will mark the actor's messages up to an id as read, so that none arrives read unseen."""
    return own(by.account_id).filter(pk__lte=up_to, read_at__isnull=True).update(read_at=at)


@transaction.atomic
def save_preference(values: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """This operation will keep how the actor wants messages. Raises OutOfScope for somebody without an account."""
    if by.account_id is None:
        raise OutOfScope("preferences belong to an account")
    kept = {name: values[name] for name in SETTABLE}
    Preference.objects.update_or_create(account_id=by.account_id, defaults=kept)
    audit.record(by=by, at=at, action="change", subject="preference", subject_id=by.account_id)


def note_printed(count: int, *, path: str, organisation_id: int, by: Actor, at: datetime) -> None:
    """This operation will record that slips of a branch's messages were printed. Raises OutOfScope."""
    by.require(Permission.MANAGE_PEOPLE, path)
    audit.record(by=by, at=at, action="print", subject="message", organisation_id=organisation_id, count=count)


def forget_read(*, at: datetime) -> int:
    """This operation will delete messages that were read and are older than a year; it returns how many."""
    deleted, _by_model = Message.objects.filter(read_at__isnull=False, created_at__lt=at - KEPT).delete()
    return deleted
