"""Calendar files: messages that have a time, for the reader's own calendar."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from peixun.kernel.clock import ZONE
from peixun.notices.models import Feed, Message
from peixun.notices.queries.inbox import own, preference

PAST = timedelta(days=90)
MOST = 500
ZONE_SINCE = date(2000, 1, 1)
"""The zone is described from here on: its summer times of before 1992 would say nothing."""


def digest_of(token: str) -> str:
    """What is kept of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(token: str) -> Feed | None:
    """The calendar behind a secret address, of an account that may sign in."""
    return Feed.objects.filter(digest=digest_of(token), account__is_active=True).first()


def feed_file(account_id: int, *, at: datetime) -> bytes:
    """The calendar of an account: what lies ahead and the last 90 days, in the language of its preferences."""
    rows = own(account_id).filter(starts_at__gte=at - PAST).order_by("starts_at", "pk")[:MOST]
    with translation.override(preference(account_id).language):
        return calendar_file(rows)


def calendar_file(messages: Iterable[Message]) -> bytes:
    """Messages with times as an iCalendar file, in the active language; times of Asia/Shanghai."""
    calendar = Calendar()
    calendar.add("prodid", "-//Peixun//Peixun//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("培训安排"))
    calendar.add("x-wr-timezone", ZONE.key)
    for message in messages:
        calendar.add_component(_event(message))
    calendar.add_missing_timezones(first_date=ZONE_SINCE)
    written: bytes = calendar.to_ical()
    return written


def _event(message: Message) -> Event:
    event, words = Event(), message.words
    event.add("uid", f"message-{message.pk}@peixun")
    event.add("dtstamp", message.created_at)
    if message.starts_at is not None and message.ends_at is not None:
        event.add("dtstart", message.starts_at.astimezone(ZONE))
        event.add("dtend", message.ends_at.astimezone(ZONE))
    event.add("summary", words.title)
    event.add("description", words.text)
    if message.place:
        event.add("location", message.place)
    return event
