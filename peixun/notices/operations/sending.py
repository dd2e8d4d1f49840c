"""Sending messages: once to each account, however often the same thing is said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from peixun.kernel import bulk
from peixun.notices import channels, kinds
from peixun.notices.models import Delivery, Message, Preference
from peixun.notices.queries.holders import holders_below, nearest_holders
from peixun.notices.queries.inbox import preferences
from peixun.people.models import Account
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Holders:
    """Whoever stands nearest among those who may do something on an organisation on a day.

    With `below`, instead, everybody who was given that on the organisation or on one below it.
    """

    permission: Permission
    organisation_id: int
    day: date
    below: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be sent. `key` names what it is about; recipients may be named in each of three ways."""

    kind: str
    key: str
    parameters: dict[str, Any] = field(default_factory=dict)
    account_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    holders: tuple[Holders, ...] = ()
    link: str = ""
    place: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a kind that nobody has registered or a link that leads out of the house."""
        if not kinds.is_known(self.kind):
            raise ValueError(f"no kind of message: {self.kind}")
        if self.link and (not self.link.startswith("/") or self.link.startswith("//")):
            raise ValueError("a link is a path of this site")


@transaction.atomic
def send(messages: Sequence[NewMessage], *, by: Actor, at: datetime, organisation_id: int | None = None) -> int:
    """This operation will send messages and return how many accounts' lists they were put into.

    People without an account get none, whoever acts isn't told of it, and nobody is told the same thing twice. A kind
    that somebody has muted stands in their list as read and goes over no channel. Audited once, for the organisation.
    """
    recipients = _recipients(messages, by)
    wanted = preferences({pk for ids in recipients for pk in ids})
    rows = [
        _row(message, wanted[pk], at) for message, ids in zip(messages, recipients, strict=True) for pk in sorted(ids)
    ]
    sent = sum(_write(chunk, at) for chunk in bulk.chunks(rows, AT_ONCE))
    if sent:
        audit.record(
            by=by, at=at, action="send", subject="message", organisation_id=organisation_id, count=sent,
            kinds=sorted({message.kind for message in messages}),
        )  # fmt: skip
    return sent


def _recipients(messages: Sequence[NewMessage], by: Actor) -> list[set[int]]:
    persons: dict[int, int] = {}
    wanted = {pk for message in messages for pk in message.person_ids}
    for chunk in bulk.chunks(wanted, 5000):
        rows = Account.objects.filter(person__in=chunk).values_list("person_id", "pk")
        persons.update((person_id, pk) for person_id, pk in rows if person_id is not None)
    nearest = _holders(holder for message in messages for holder in message.holders)
    found = []
    for message in messages:
        ids = {*message.account_ids, *(persons[pk] for pk in message.person_ids if pk in persons)}
        ids.update(pk for holder in message.holders for pk in nearest[holder])
        found.append(ids - {by.account_id})
    active: set[int] = set()
    for chunk in bulk.chunks({pk for ids in found for pk in ids if pk is not None}, 5000):
        active.update(Account.objects.filter(pk__in=chunk, is_active=True).values_list("pk", flat=True))
    return [{pk for pk in ids if pk in active} for ids in found]


def _holders(holders: Iterable[Holders]) -> dict[Holders, set[int]]:
    asked: dict[tuple[Permission, date], set[Holders]] = defaultdict(set)
    found: dict[Holders, set[int]] = {}
    for holder in holders:
        if holder.below:
            found[holder] = holders_below(holder.permission, holder.organisation_id, day=holder.day)
        else:
            asked[holder.permission, holder.day].add(holder)
    for (permission, day), group in asked.items():
        nearest = nearest_holders(permission, {h.organisation_id for h in group}, day=day)
        found |= {h: nearest.get(h.organisation_id, set()) for h in group}
    return found


def _row(message: NewMessage, preference: Preference, at: datetime) -> Message:
    return Message(
        account_id=preference.account_id,
        kind=message.kind,
        key=message.key,
        parameters=message.parameters,
        link=message.link,
        place=message.place,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
        created_at=at,
        read_at=at if message.kind in preference.muted else None,
    )


def _write(rows: Sequence[Message], at: datetime) -> int:
    """Write what isn't there yet, with its deliveries; return how many rows were new."""
    keys, accounts = {row.key for row in rows}, {row.account_id for row in rows}
    wanted = {(row.account_id, row.key) for row in rows}
    there = Message.objects.filter(account__in=accounts, key__in=keys)
    known = set(there.values_list("account_id", "key"))
    Message.objects.bulk_create(
        [row for row in rows if (row.account_id, row.key) not in known], ignore_conflicts=True, batch_size=AT_ONCE
    )
    written = [m for m in there.filter(created_at=at) if (m.account_id, m.key) in wanted - known]
    loud = [m for m in written if m.read_at is None]
    for channel in channels.registered().values() if loud else ():
        reached = channel.reaches({m.account_id for m in loud})
        Delivery.objects.bulk_create(
            [Delivery(message=m, channel=channel.key, not_before=at) for m in loud if m.account_id in reached],
            ignore_conflicts=True,
            batch_size=AT_ONCE,
        )
    return len(written)
