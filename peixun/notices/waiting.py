"""What waits for somebody: each room registers a source in `AppConfig.ready`; the list of tasks asks them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peixun.people.queries.scope import Actor, Permission


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits to be done. `count` says how many; `title` and `url` lead there; `since` the oldest.

    It belongs to the account with `account_id`, or else to whoever stands nearest to the organisation.
    """

    kind: str
    title: str
    count: int
    url: str
    since: datetime
    organisation_id: int | None = None
    account_id: int | None = None


Asked = Callable[[Actor, Sequence[str], date], list[Waiting]]
"""What waits for an actor within some path prefixes on a day, in a fixed number of queries."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source with the permission by which its tasks are somebody's: it is asked for the paths where one has it.

    What a `standing` source says is a duty of the whole year: it is listed apart and nobody is reminded of it weekly.
    """

    ask: Asked
    permission: Permission
    standing: bool = False


_sources: dict[str, Source] = {}


def register(
    name: str, ask: Asked, *, permission: Permission = Permission.MANAGE_PEOPLE, standing: bool = False
) -> None:
    """Make a source known; the same name twice is the same source."""
    _sources[name] = Source(ask, permission, standing)


def permissions() -> frozenset[Permission]:
    """By which permissions something can wait for somebody."""
    return frozenset(source.permission for source in _sources.values())


def sources() -> list[Source]:
    """All sources."""
    return list(_sources.values())
