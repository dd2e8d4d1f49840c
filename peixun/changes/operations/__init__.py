"""Writes of the room."""

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

__all__ = ["AlreadyDecided", "Proposal", "TransferRefused", "accept", "propose", "refuse", "undo", "withdraw"]
