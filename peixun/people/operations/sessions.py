"""Sessions: noted when they begin, ended from anywhere, forgotten when they have run out."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from peixun.people.models import Account, SignedIn
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope


@transaction.atomic
def note_session(account_id: int, *, session_key: str, way: str, device: str, at: datetime) -> SignedIn:
    """This operation will note that a session of an account has begun."""
    row, _created = SignedIn.objects.update_or_create(
        session_key=session_key,
        defaults={"account_id": account_id, "way": way, "device": device, "began_at": at, "seen_at": at},
    )
    return row


@transaction.atomic
def change_password(account: Account, password: str, *, kept: str, by: Actor, at: datetime) -> None:
    """This operation will set one's own new password and end all sessions but the one that is kept.

    Raises OutOfScope for somebody else's account.
    """
    if by.account_id != account.pk:
        raise OutOfScope("somebody else's password")
    account.set_password(password)
    account.save(update_fields=["password"])
    end_sessions(account.pk, but=kept, by=by, at=at)
    place = place_of_account(account.pk)
    audit.record(
        by=by, at=at, action="change_password", subject="account", subject_id=account.pk, organisation_id=place
    )


def renew_session(before: str, *, after: str) -> None:
    """This operation will keep what was noted of a session under its new key."""
    SignedIn.objects.filter(session_key=before).update(session_key=after)


def note_use(session_key: str, *, at: datetime) -> None:
    """This operation will note that a session is in use; asked every ten minutes at most."""
    SignedIn.objects.filter(session_key=session_key).update(seen_at=at)


@transaction.atomic
def end_session(row: SignedIn, *, by: Actor, at: datetime) -> None:
    """This operation will end a session of one's own at once. Raises OutOfScope for somebody else's."""
    if by.account_id != row.account_id:
        raise OutOfScope("somebody else's session")
    SessionStore(row.session_key).delete()
    row.delete()
    audit.record(
        by=by,
        at=at,
        action="end_session",
        subject="account",
        subject_id=row.account_id,
        organisation_id=place_of_account(row.account_id),
        count=1,
    )


@transaction.atomic
def end_sessions(account_id: int, *, but: str = "", by: Actor, at: datetime) -> int:
    """This operation will end the sessions of an account, but for one; it returns how many."""
    rows = SignedIn.objects.filter(account=account_id).exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    if keys:
        audit.record(
            by=by,
            at=at,
            action="end_session",
            subject="account",
            subject_id=account_id,
            organisation_id=place_of_account(account_id),
            count=len(keys),
        )
    return len(keys)


def forget_sessions(*, at: datetime) -> int:
    """This operation will remove sessions that have run out, and what was noted of them; it returns how many."""
    count, _rows = Session.objects.filter(expire_date__lt=at).delete()
    # Use is noted every ten minutes, so a session may live a little longer than what was noted of it says.
    unused = at - timedelta(seconds=settings.SESSION_IDLE_SECONDS, minutes=15)
    ended = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    SignedIn.objects.filter(Q(seen_at__lt=unused) | Q(began_at__lt=ended)).delete()
    return count
