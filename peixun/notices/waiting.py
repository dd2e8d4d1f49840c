"""What waits for somebody: each room registers a source in `AppConfig.ready`; the list of tasks asks them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peixun.people.queries.scope import Actor


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


Source = Callable[[Actor, Sequence[str], date], list[Waiting]]
"""What waits for an actor within some path prefixes on a day, in a fixed number of queries."""

_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Make a source known; the same name twice is the same source."""
    _sources[name] = source


def sources() -> list[Source]:
    """All sources."""
    return list(_sources.values())
