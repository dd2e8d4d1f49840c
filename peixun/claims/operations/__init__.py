"""Writes of the room: filing, answering, deciding, and the scans that come along."""

from peixun.claims.operations.adding import add
from peixun.claims.operations.answering import Ruling, ask, confirm, grant, refuse
from peixun.claims.operations.erasing import erase_claims
from peixun.claims.operations.filing import Filing, appeal, file, withdraw
from peixun.claims.operations.scans import expire_scans, note_opened
from peixun.claims.operations.steps import AlreadyMoved, ClaimRefused

__all__ = [
    "AlreadyMoved",
    "ClaimRefused",
    "Filing",
    "Ruling",
    "add",
    "appeal",
    "ask",
    "confirm",
    "erase_claims",
    "expire_scans",
    "file",
    "grant",
    "note_opened",
    "refuse",
    "withdraw",
]
