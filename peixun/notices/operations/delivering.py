"""Working off deliveries: each goes out once, whoever works on them, and none is lost."""

import logging
from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils import translation

from peixun.kernel.clock import ZONE
from peixun.notices import channels
from peixun.notices.channels import Channel, NotDelivered, Outgoing
from peixun.notices.models import Delivery, DeliveryState, Preference
from peixun.notices.queries.inbox import preferences
from peixun.notices.rules import LEASE, TRIES, after_quiet, wait_after

log = logging.getLogger(__name__)

AT_ONCE = 200


def deliver(*, at: datetime) -> int:
    """This operation will pass on what is due at an instant, outside of quiet hours; it returns how many went out.

    Not one transaction: each delivery is taken by a conditional update before it is passed on, so two workers never
    pass on the same one. One that was taken and never reported back is taken again after ten minutes, with its key.
    """
    ways = channels.registered()
    if not ways:
        return 0
    due = Delivery.objects.filter(state=DeliveryState.WAITING, not_before__lte=at, channel__in=ways)
    rows = list(due.select_related("message").order_by("not_before", "pk")[:AT_ONCE])
    wanted = preferences({row.message.account_id for row in rows})
    return sum(_deliver(row, ways[row.channel], wanted[row.message.account_id], at) for row in rows)


def _deliver(row: Delivery, channel: Channel, wanted: Preference, at: datetime) -> bool:
    earliest = after_quiet(at.astimezone(ZONE), wanted.quiet_from, wanted.quiet_until)
    if earliest > at:
        _still(row).update(not_before=earliest)
        return False
    if not _still(row).update(tries=F("tries") + 1, not_before=at + LEASE):
        return False  # somebody else has taken it
    row.tries, row.not_before = row.tries + 1, at + LEASE
    try:
        channel.send(_outgoing(row, wanted))
    except NotDelivered as error:
        log.warning("%s not delivered over %s: %s", row.pk, channel.key, error)
        _failed(row, at)
        return False
    except Exception:
        # A channel that breaks is one that fails: the others must go on.
        log.exception("%s broke over %s", row.pk, channel.key)
        _failed(row, at)
        return False
    _still(row).update(state=DeliveryState.SENT, sent_at=at)
    return True


def _still(row: Delivery) -> "models.QuerySet[Delivery]":
    """The delivery, as long as nobody has touched it since it was read."""
    return Delivery.objects.filter(pk=row.pk, state=DeliveryState.WAITING, tries=row.tries, not_before=row.not_before)


def _failed(row: Delivery, at: datetime) -> None:
    given_up = row.tries >= TRIES
    _still(row).update(
        state=DeliveryState.FAILED if given_up else DeliveryState.WAITING, not_before=at + wait_after(row.tries)
    )


def _outgoing(row: Delivery, wanted: Preference) -> Outgoing:
    message = row.message
    with translation.override(wanted.language):
        words = message.words
    return Outgoing(
        key=f"delivery-{row.pk}",
        account_id=message.account_id,
        title=words.title,
        text=words.text,
        link=message.link,
        starts_at=message.starts_at,
        ends_at=message.ends_at,
    )
