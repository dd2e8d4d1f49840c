"""What this room tells whoever registered, in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from peixun.kernel.hooks import ChangeHook, ErasureHook, StructureHook
from peixun.people.queries.scope import Actor

changed = ChangeHook()
"""Memberships, posts, statuses or aliases of persons changed."""

erased = ErasureHook()
"""Persons are being erased: whoever holds words about them, or to them, removes those; their accounts go after that."""

tree_grew = StructureHook()
"""Organisations were founded, or closed when nobody stood there any more: nobody's figures change by that alone, but
whoever remembers the tree must look again. Fire it before `changed`, which works with the tree as it stands then."""

structure_changed = StructureHook()
"""The tree, an organisation's attributes or an audience changed: everybody may be concerned."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that an account was given from a day on, or that ends on it; `grant_id` stays the same for both."""

    grant_id: int
    account_id: int
    role: str
    organisation_id: int
    organisation: str
    on: date
    given: bool


@dataclass
class RoleHook:
    """Calls its handlers with a change of roles, who made it, and when."""

    handlers: list[Callable[[RoleChange, Actor, datetime], None]] = field(default_factory=list)

    def register(self, handler: Callable[[RoleChange, Actor, datetime], None]) -> None:
        """Add a handler, once."""
        if handler not in self.handlers:
            self.handlers.append(handler)

    def fire(self, change: RoleChange, *, by: Actor, at: datetime) -> None:
        """Tell every handler. Exceptions pass through: the transaction must fail with its handler."""
        for handler in self.handlers:
            handler(change, by, at)


role_changed = RoleHook()
"""An account was given a role, or a role ends."""
