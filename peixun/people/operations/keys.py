"""Keys changed: what is encrypted goes under the newest master key, numbers are found under the newest lookup key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.people.models import Identity, SecondFactor
from peixun.people.operations import audit
from peixun.people.operations.enrolment import IDENTITY_COLUMNS
from peixun.people.queries.keys import AT_ONCE, is_found, sealed_factors
from peixun.people.queries.numbers import Secrets, secrets_of
from peixun.people.queries.scope import Actor, OutOfScope
from peixun.people.sealed_box import NumberUnreadable, PersonBox, lookups, master_numbers, new_boxes, open_box

Progress = Callable[[int], None]


class KeysRefused(Exception):
    """The keys can't be changed like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: persons and second steps that are under another key now, and those that didn't open."""

    identities: int
    factors: int
    unreadable: int


def rotate_data_keys(*, by: Actor, at: datetime, progress: Progress | None = None) -> Rotated:
    """This operation will encrypt everything under the newest master key, a batch a transaction, beside running users.

    Each person and second step gets a new salt. It can be broken off and run again: what is done stays done. What no
    configured key opens is left as it is and counted. One audit entry at the end, when something was rotated. Raises
    OutOfScope for everybody but the system, KeysRefused when two configured keys have the same short name.
    """
    _require_system(by)
    numbers = master_numbers()
    if len(set(numbers)) != len(numbers):
        raise KeysRefused(_("PEIXUN_DATA_KEYS 里有两个密钥的编号相同，请换一个新密钥"))
    identities = unreadable = last = 0
    while True:
        done, bad, last_seen = _rotate_identities(numbers[0], last)
        if last_seen is None:
            break
        identities, unreadable, last = identities + done, unreadable + bad, last_seen
        if progress is not None:
            progress(identities)
    factors, bad = _rotate_factors(numbers[0])
    unreadable += bad
    if identities or factors:
        audit.record(
            by=by, at=at, action="rotate", subject="keys", count=identities + factors, key=numbers[0], bad=unreadable
        )
    return Rotated(identities, factors, unreadable)


def _require_system(by: Actor) -> None:
    if not by.is_system:
        raise OutOfScope("keys are changed by the system alone")


@transaction.atomic
def _rotate_identities(newest: int, after: int) -> tuple[int, int, int | None]:
    """One batch after an id: how many were rotated, how many didn't open, the last id; None when none is left."""
    # Held, so that a number that somebody changes meanwhile isn't overwritten by the one of before.
    waiting = Identity.objects.select_for_update().filter(pk__gt=after).exclude(key_number=newest).order_by("pk")
    rows, bad = list(waiting[:AT_ONCE]), 0
    fresh = []
    for row, box in zip(rows, new_boxes(), strict=False):  # boxes never end
        try:
            secrets = secrets_of(row)
        except NumberUnreadable:
            bad += 1
            continue
        fresh.append(_identity_row(row, box, secrets))
    if fresh:
        bulk.insert(Identity, IDENTITY_COLUMNS, fresh, update_on=("person",))
    return len(fresh), bad, rows[-1].pk if rows else None


def _identity_row(row: Identity, box: PersonBox, secrets: Secrets) -> list[object]:
    held = (row.citizen_lookup, row.citizen_last4, row.phone_lookup, row.phone_last4)
    lookup_values = [bytes(value) if value is not None else None for value in held]
    return [row.person_id, box.salt, box.key_number, *box.close_all(secrets), *lookup_values]


@transaction.atomic
def _rotate_factors(newest: int) -> tuple[int, int]:
    done = bad = 0
    rows = sealed_factors().select_for_update().exclude(key_number=newest).order_by("pk")
    for factor, box in zip(rows, new_boxes(), strict=False):  # boxes never end
        try:
            secret = open_box(bytes(factor.salt), factor.key_number).open(bytes(factor.secret))
        except NumberUnreadable:
            bad += 1
            continue
        SecondFactor.objects.filter(pk=factor.pk).update(
            salt=box.salt, key_number=box.key_number, secret=box.close(secret)
        )
        done += 1
    return done, bad


@transaction.atomic
def rotate_lookups(*, by: Actor, at: datetime, progress: Progress | None = None) -> int:
    """This operation will work out the hashes by which numbers are found anew, under the lookup key of now.

    All of it in one transaction, while nobody else writes: under two keys at once the same number could be taken in
    twice. Returns how many persons were changed. Raises OutOfScope for everybody but the system, KeysRefused when
    somebody's numbers don't open; then nothing is changed.
    """
    _require_system(by)
    changed = 0
    last = 0
    while rows := list(Identity.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = rows[-1].pk
        fresh = [_found_anew(row) for row in rows if not _is_found(row)]
        if fresh:
            bulk.insert(Identity, IDENTITY_COLUMNS, fresh, update_on=("person",))
        changed += len(fresh)
        if progress is not None:
            progress(changed)
    if changed:
        audit.record(by=by, at=at, action="rotate_lookups", subject="keys", count=changed)
    return changed


def _is_found(row: Identity) -> bool:
    found = is_found(row)
    if found is None:
        raise KeysRefused(_("有人员的号码用现有密钥打不开，没有更改任何内容。请先运行 peixun keys status"))
    return found


def _found_anew(row: Identity) -> list[object]:
    secrets = secrets_of(row)
    keyed, citizen, phone = lookups(), secrets.citizen_number, secrets.phone
    sealed = (row.citizen_number, row.phone, row.landline, row.address)
    return [
        row.person_id,
        bytes(row.salt),
        row.key_number,
        *(bytes(value) if value is not None else None for value in sealed),
        keyed.exact("citizen", citizen) if citizen else None,
        keyed.last4("citizen4", citizen) if citizen else None,
        keyed.exact("phone", phone) if phone else None,
        keyed.last4("phone4", phone) if phone else None,
    ]
