"""Ways out of the house: higher rooms register channels (a text message, a work app …) in `AppConfig.ready`.

The list of messages on the pages is no channel: whatever is sent stands there at once.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime


class NotDelivered(Exception):
    """The channel could not pass a message on now; it will be tried again. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way out, in its reader's language.

    `key` is the same at each try, so that a channel which knows keys can leave out a second one.
    """

    key: str
    account_id: int
    title: str
    text: str
    link: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people. `reaches` picks the accounts that it can reach; `send` raises NotDelivered."""

    key: str
    reaches: Callable[[Collection[int]], set[int]]
    send: Callable[[Outgoing], None]


_registered: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known; the same key twice is the same channel."""
    _registered[channel.key] = channel


def registered() -> dict[str, Channel]:
    """All channels by key."""
    return dict(_registered)
