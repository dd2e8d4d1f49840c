"""Writes of the room."""

from peixun.changes.operations.organisations import OrganisationWanted, undo_organisation_change
from peixun.changes.operations.organisations import change as change_organisation
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
    "OrganisationWanted",
    "Proposal",
    "TransferRefused",
    "Wanted",
    "accept",
    "change_organisation",
    "propose",
    "record",
    "refuse",
    "undo",
    "undo_change",
    "undo_organisation_change",
    "withdraw",
]
