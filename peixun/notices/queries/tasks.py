"""What waits for an actor: their own tasks one by one, those of the units below summed up by kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from peixun.notices import waiting
from peixun.notices.queries.holders import nearest_holders
from peixun.notices.waiting import Waiting
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission

MANAGE = Permission.MANAGE_PEOPLE


@dataclass(frozen=True, slots=True)
class Tasks:
    """`own` are the actor's to do; `below` wait for others in the actor's scope, one line for each kind."""

    own: list[Waiting] = field(default_factory=list)
    below: list[Waiting] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[Waiting, str]]:
        """Own tasks with the names of their organisations, the oldest first."""
        return [(one, self.names.get(one.organisation_id or 0, "")) for one in self.own]


def tasks(actor: Actor, *, day: date, within: str = "") -> Tasks:
    """What waits within a path (whole scope without one), in a fixed number of queries; nothing outside the scope."""
    paths = actor.paths(MANAGE)
    if within:
        paths = [within] if actor.may(MANAGE, within) else [path for path in paths if path.startswith(within)]
    if not paths:
        return Tasks()
    found = [one for source in waiting.sources() for one in source(actor, paths, day)]
    if not found:
        return Tasks()
    places = {one.organisation_id for one in found if one.organisation_id is not None and one.account_id is None}
    nearest = nearest_holders(MANAGE, places, day=day) if places else {}
    mine = [one for one in found if _is_own(one, actor, nearest)]
    named = {one.organisation_id for one in mine if one.organisation_id is not None}
    names = {o.pk: str(o) for o in Organisation.objects.filter(pk__in=named)} if named else {}
    others = [one for one in found if one not in mine]
    return Tasks(sorted(mine, key=lambda one: one.since), _summed(others), names)


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
