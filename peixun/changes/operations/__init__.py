"""Writes of the room."""

from peixun.changes.operations.persons import ChangeRefused, Wanted, record, undo_change
from peixun.changes.operations.transfers import (
    AlreadyDecided,
    Proposal,
    TransferRefused,
    accept,
    propose,
    refuse,
    undo,
    withdraw,
)

__all__ = [
    "AlreadyDecided",
    "ChangeRefused",
    "Proposal",
    "TransferRefused",
    "Wanted",
    "accept",
    "propose",
    "record",
    "refuse",
    "undo",
    "undo_change",
    "withdraw",
]
