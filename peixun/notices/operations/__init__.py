"""Writes of the room."""

from peixun.notices.operations.delivering import deliver
from peixun.notices.operations.feeds import renew_feed, stop_feed
from peixun.notices.operations.reading import forget_read, note_printed, read, read_all, save_preference
from peixun.notices.operations.reminding import remind
from peixun.notices.operations.sending import Holders, NewMessage, send

__all__ = [
    "Holders",
    "NewMessage",
    "deliver",
    "forget_read",
    "note_printed",
    "read",
    "read_all",
    "remind",
    "renew_feed",
    "save_preference",
    "send",
    "stop_feed",
]
