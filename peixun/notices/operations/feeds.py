"""The secret address of one's own calendar."""

import secrets
from datetime import datetime

from django.db import transaction

from peixun.notices.models import Feed
from peixun.notices.queries.calendar import digest_of
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, OutOfScope

TOKEN_BYTES = 32


@transaction.atomic
def renew_feed(*, by: Actor, at: datetime) -> str:
    """This operation will make a new secret address for the actor's calendar and return its secret part, once.

    The address of before no longer works. Raises OutOfScope for somebody without an account.
    """
    if by.account_id is None:
        raise OutOfScope("a calendar belongs to an account")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Feed.objects.update_or_create(account_id=by.account_id, defaults={"digest": digest_of(token), "made_at": at})
    audit.record(by=by, at=at, action="renew", subject="calendar", subject_id=by.account_id)
    return token


@transaction.atomic
def stop_feed(*, by: Actor, at: datetime) -> None:
    """This operation will end the actor's calendar address; without one nothing happens."""
    deleted, _by_model = Feed.objects.filter(account=by.account_id).delete()
    if deleted:
        audit.record(by=by, at=at, action="end", subject="calendar", subject_id=by.account_id)
