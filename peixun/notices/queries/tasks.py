"""What waits for an actor: their own tasks one by one, those of the units below summed up by kind."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from peixun.notices import waiting
from peixun.notices.queries.holders import nearest_holders
from peixun.notices.waiting import Waiting
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission


@dataclass(frozen=True, slots=True)
class Tasks:
    """`own` are the actor's to do; `below` wait for others in the actor's scope, one line for each kind.

    `standing` are duties of the whole year, asked for only with `whole_year`.
    """

    own: list[Waiting] = field(default_factory=list)
    below: list[Waiting] = field(default_factory=list)
    standing: list[Waiting] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[Waiting, str]]:
        """Own tasks with the names of their organisations, the oldest first."""
        return [(one, self.names.get(one.organisation_id or 0, "")) for one in self.own]

    @property
    def standing_lines(self) -> list[tuple[Waiting, str]]:
        """Duties of the whole year with the names of their organisations."""
        return [(one, self.names.get(one.organisation_id or 0, "")) for one in self.standing]


def has_tasks(actor: Actor) -> bool:
    """Whether something can wait for an actor at all."""
    return any(actor.may_anywhere(permission) for permission in waiting.permissions())


def tasks(actor: Actor, *, day: date, within: str = "", whole_year: bool = False) -> Tasks:
    """What waits within a path (whole scope without one), in a fixed number of queries; nothing outside the scope."""
    mine: list[Waiting] = []
    others: list[Waiting] = []
    standing: list[Waiting] = []
    found: dict[Permission, list[Waiting]] = defaultdict(list)
    for source in waiting.sources():
        paths = _paths(actor, source.permission, within)
        if not paths or (source.standing and not whole_year):
            continue
        told = source.ask(actor, paths, day)
        (standing if source.standing else found[source.permission]).extend(told)
    for permission, lines in found.items():
        own = _own(lines, actor, permission, day)
        mine += own
        others += [one for one in lines if one not in own]
    named = {one.organisation_id for one in [*mine, *standing] if one.organisation_id is not None}
    names = {o.pk: str(o) for o in Organisation.objects.filter(pk__in=named)} if named else {}
    return Tasks(sorted(mine, key=lambda one: one.since), _summed(others), standing, names)


def _paths(actor: Actor, permission: Permission, within: str) -> list[str]:
    paths = actor.paths(permission)
    if not within:
        return paths
    return [within] if actor.may(permission, within) else [path for path in paths if path.startswith(within)]


def _own(lines: Sequence[Waiting], actor: Actor, permission: Permission, day: date) -> list[Waiting]:
    places = {one.organisation_id for one in lines if one.organisation_id is not None and one.account_id is None}
    nearest = nearest_holders(permission, places, day=day) if places else {}
    return [one for one in lines if _is_own(one, actor, nearest)]


def _is_own(one: Waiting, actor: Actor, nearest: dict[int, set[int]]) -> bool:
    if one.account_id is not None:
        return one.account_id == actor.account_id
    return one.organisation_id is None or actor.account_id in nearest.get(one.organisation_id, set())


def _summed(others: Sequence[Waiting]) -> list[Waiting]:
    lines: dict[str, Waiting] = {}
    for one in others:
        line = lines.get(one.kind)
        if line is None:
            lines[one.kind] = replace(one, organisation_id=None)
        else:
            lines[one.kind] = replace(line, count=line.count + one.count, since=min(line.since, one.since))
    return sorted(lines.values(), key=lambda one: one.since)
