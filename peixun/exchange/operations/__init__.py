"""Writes of the room: importing a file at once, jobs in the background, decisions about missing people."""

from peixun.exchange.operations.deciding import DecisionRefused, decide
from peixun.exchange.operations.jobs import NotConfirmable, cancel, confirm, expire, record_download, resume, start
from peixun.exchange.operations.writing import write

__all__ = [
    "DecisionRefused",
    "NotConfirmable",
    "cancel",
    "confirm",
    "decide",
    "expire",
    "record_download",
    "resume",
    "start",
    "write",
]
