"""How much of a machine one file may take, and the refusal inside the child process. No Django here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Limits of reading one table.

    Cells are counted as rows times columns of the used area. `seconds` bounds both the processor time of the
    child and the time that the parent waits for it (time that the parent takes itself isn't counted).
    """

    file_bytes: int = 100 * MEBIBYTE
    unpacked_bytes: int = 1024 * MEBIBYTE
    cells: int = 8_000_000
    columns: int = 200
    memory_bytes: int = 2048 * MEBIBYTE
    seconds: int = 90

    def as_json(self) -> dict[str, int]:
        """What the child process is told."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, int]) -> "Limits":
        """The counterpart of `as_json`."""
        return cls(**data)


class RefusedInChild(Exception):
    """The file is refused; the parent makes words of `code` and `facts`."""

    def __init__(self, code: str, **facts: Any) -> None:
        """Facts are plain values that the message of this code asks for."""
        super().__init__(code)
        self.code = code
        self.facts = facts
