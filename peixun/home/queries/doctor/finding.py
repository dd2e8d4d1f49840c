"""One thing looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Right or not, what was seen, and what to do when it isn't; `key` stays the same in every language."""

    key: str
    name: str
    right: bool
    value: str
    advice: str = ""
