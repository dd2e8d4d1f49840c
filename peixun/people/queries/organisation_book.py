"""The tree as it stood on any day, from the dated versions, with audiences evaluated against it."""

import bisect
import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from peixun.people.models import Audience, Organisation, OrganisationVersion
from peixun.people.rules import AudienceRule, OrganisationFacts, Standing, audience_mask, read_rule


@dataclass
class Snapshot:
    """The tree of one stretch of days: organisations by id, children by parent, audience masks as asked."""

    organisations: dict[int, OrganisationFacts]
    children: dict[int | None, list[int]]
    rules: tuple[AudienceRule, ...]
    _masks: dict[Standing, int] = field(default_factory=dict)

    def mask(self, standing: Standing) -> int:
        """The audiences of a standing, as bits."""
        known = self._masks.get(standing)
        if known is None:
            known = self._masks[standing] = audience_mask(self.rules, standing, self.organisations)
        return known

    def line(self, organisation_id: int) -> tuple[int, ...]:
        """Ids from the root to the organisation; empty when it doesn't exist on these days."""
        facts = self.organisations.get(organisation_id)
        return facts.line if facts else ()

    def subtree(self, organisation_id: int) -> set[int]:
        """Ids of the organisation and all below it."""
        found, waiting = set(), [organisation_id]
        while waiting:
            current = waiting.pop()
            if current in self.organisations and current not in found:
                found.add(current)
                waiting.extend(self.children.get(current, ()))
        return found


class OrganisationBook:
    """All versions in memory (about 1 KB an organisation); `at(day)` shares snapshots between equal days."""

    def __init__(self) -> None:
        self._rows = list(
            OrganisationVersion.objects.order_by("id").values_list(
                "organisation_id", "since", "until", "kind", "sector", "level", "tags", "parent_id"
            )
        )
        self.audiences = list(Audience.objects.order_by("position", "bit"))
        self._rules = tuple(read_rule(a.bit, a.rule) for a in self.audiences)
        days = {row[1] for row in self._rows} | {row[2] for row in self._rows if row[2]}
        self.boundaries: list[date] = sorted(days)
        self._snapshots: dict[int, Snapshot] = {}
        gone = Organisation.objects.filter(closed_on__isnull=False)
        self._last_parents: dict[int, int | None] = dict(gone.values_list("pk", "parent_id"))

    def supposing(self, audience: Audience) -> "OrganisationBook":
        """A book in which one audience, saved or not, has another rule."""
        book = copy.copy(self)
        book.audiences = [*(a for a in self.audiences if a.bit != audience.bit), audience]
        book._rules = tuple(read_rule(a.bit, a.rule) for a in book.audiences)
        book._snapshots = {}
        return book

    def at(self, day: date) -> Snapshot:
        """The tree on a day."""
        index = bisect.bisect_right(self.boundaries, day)
        if index not in self._snapshots:
            self._snapshots[index] = self._build(day)
        return self._snapshots[index]

    def kept_line(self, organisation_id: int, day: date) -> tuple[int, ...]:
        """The line along which figures were added up: one that has closed stood under its last parent until then."""
        snapshot = self.at(day)
        line = snapshot.line(organisation_id)
        parent = self._last_parents.get(organisation_id)
        if line or parent is None:
            return line
        above = snapshot.line(parent)
        return (*above, organisation_id) if above else ()

    def moved_between(self, first: date, last: date) -> set[int]:
        """Organisations whose version changes after `first` and on or before `last`."""
        return {
            row[0] for row in self._rows if first < row[1] <= last or (row[2] is not None and first < row[2] <= last)
        }

    def _build(self, day: date) -> Snapshot:
        valid = {row[0]: row for row in self._rows if row[1] <= day and (row[2] is None or day < row[2])}
        children: dict[int | None, list[int]] = defaultdict(list)
        for row in valid.values():
            children[row[7]].append(row[0])
        organisations: dict[int, OrganisationFacts] = {}
        waiting: list[tuple[int, tuple[int, ...]]] = [(root, ()) for root in children.get(None, ())]
        while waiting:
            current, above = waiting.pop()
            _, _, _, kind, sector, level, tags, _ = valid[current]
            line = (*above, current)
            organisations[current] = OrganisationFacts(current, kind, sector, level, frozenset(tags), line)
            waiting.extend((child, line) for child in children.get(current, ()))
        return Snapshot(organisations, dict(children), self._rules)


def audience_names(audiences: Iterable[Audience], mask: int) -> list[str]:
    """The names of the audiences whose bits are set."""
    return [a.name for a in audiences if mask >> a.bit & 1]
