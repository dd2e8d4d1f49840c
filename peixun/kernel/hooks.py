"""Typed hooks: a lower room tells whoever registered that something changed, in the same transaction."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

Years: TypeAlias = frozenset[int] | None
ChangeHandler: TypeAlias = Callable[[Collection[int], Years], None]


@dataclass
class ChangeHook:
    """Calls its handlers with the ids of the persons concerned and the years (None: every year)."""

    handlers: list[ChangeHandler] = field(default_factory=list)

    def register(self, handler: ChangeHandler) -> None:
        """Add a handler, once."""
        if handler not in self.handlers:
            self.handlers.append(handler)

    def fire(self, person_ids: Collection[int], years: Years = None) -> None:
        """Tell every handler. Exceptions pass through: the transaction must fail with its handler."""
        if person_ids:
            for handler in self.handlers:
                handler(person_ids, years)


@dataclass
class ErasureHook:
    """Calls its handlers with the ids of the persons who are being erased, and the instant."""

    handlers: list[Callable[[Collection[int], datetime], None]] = field(default_factory=list)

    def register(self, handler: Callable[[Collection[int], datetime], None]) -> None:
        """Add a handler, once."""
        if handler not in self.handlers:
            self.handlers.append(handler)

    def fire(self, person_ids: Collection[int], at: datetime) -> None:
        """Tell every handler. Exceptions pass through: the transaction must fail with its handler."""
        for handler in self.handlers:
            handler(person_ids, at)


@dataclass
class StructureHook:
    """Calls its handlers when something changed that concerns everybody: the tree, an audience, a pack."""

    handlers: list[Callable[[], None]] = field(default_factory=list)

    def register(self, handler: Callable[[], None]) -> None:
        """Add a handler, once."""
        if handler not in self.handlers:
            self.handlers.append(handler)

    def fire(self) -> None:
        """Tell every handler."""
        for handler in self.handlers:
            handler()
