"""Which figures of a report have moved since a version of it, and the entries and acts behind that.

Entries are exact: whatever lies beyond the seal of the version was posted or reversed since. What else moves figures
(people who came, left or were merged, audiences, requirements) is counted from the audit trail.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.queries.seals import beyond
from peixun.people.models import AuditEntry, Organisation
from peixun.people.words import SEEING
from peixun.reports.models import IssuedReport
from peixun.reports.queries.activities import SELECTIONS, Held, held
from peixun.reports.queries.classes import ClassEntry, is_city_key, is_for_secretaries, is_off_site, placed
from peixun.reports.queries.coverage_figures import MEASURES
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.frozen_roll import people_moved, unpacked
from peixun.reports.queries.records import YearRecords

LISTED = 300
"""So many entries are listed; how many there are is always said."""
TOPIC_GROUPS = {"practice_systems": "working_system", "leading_actions": "leading_action"}
RULES = ("audience", "requirement_pack", "credit_pack", "topic")
ROLL = ("person", "membership", "post", "organisation")
SEEN_ONLY = (*SEEING, "propose_transfer", "refuse_transfer", "withdraw_transfer")
"""Acts on a person that leave the roll as it is."""

FrozenFigure = dict[str, Any]


class Moved(NamedTuple):
    """An entry that was posted since, or the reversal of an older one; `person` is 0 for somebody not due."""

    entry: int
    activity: int
    person: int
    day: date
    hours: Decimal
    reversed: bool


@dataclass(frozen=True)
class Differences:
    """What has moved: figures with before and after, the entries behind them (some of many), other acts by kind.

    `people` says who came, left and was trained since; None against a version that kept no roll.
    """

    against: int
    figures: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    entries_total: int
    acts: list[dict[str, Any]]
    people: dict[str, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """What is frozen with a version."""
        return {
            "against": self.against,
            "figures": self.figures,
            "entries": self.entries,
            "entries_total": self.entries_total,
            "acts": self.acts,
            "people": self.people,
        }


def differences(
    since: IssuedReport, figures: Figures, printed: Mapping[str, FrozenFigure], frozen: Callable[[Any], FrozenFigure]
) -> Differences:
    """What has moved between a version and the figures as they are.

    `printed` are the figures of the new text; `frozen` makes one of a figure that the text no longer prints.
    """
    changes = list(_changes(since, figures, printed, frozen))
    year = figures.records
    moved = list(_moved(since, year))
    touching = Touching(year, moved)
    touches = {change["key"]: touching.of(change["key"]) for change in changes}
    counts: Counter[str] = Counter()
    behind: list[tuple[Moved, list[str]]] = []
    for row in moved:
        keys = [key for key, touch in touches.items() if touch(row)]
        counts.update(keys)
        if keys:
            behind.append((row, keys))
    labels = {change["key"]: change["label"] for change in changes}
    titles = Activity.objects.in_bulk({row.activity for row, _ in behind[:LISTED]})
    return Differences(
        against=since.number,
        figures=[{**change, "entries": counts[change["key"]]} for change in changes],
        entries=[
            {
                "entry": row.entry,
                "activity": titles[row.activity].title,
                "day": row.day.isoformat(),
                "hours": f"{row.hours.normalize():f}",
                "reversed": row.reversed,
                "figures": [labels[key] for key in keys],
            }
            for row, keys in behind[:LISTED]
        ],
        entries_total=len(behind),
        acts=_acts(since) if changes else [],
        people=people_moved(unpacked(bytes(since.roll)), year).as_json() if changes and since.roll else None,
    )


def _changes(
    since: IssuedReport, figures: Figures, printed: Mapping[str, FrozenFigure], frozen: Callable[[Any], FrozenFigure]
) -> Iterator[dict[str, Any]]:
    before = {figure["key"]: figure for figure in since.figures}
    after = dict(printed)
    for key in before.keys() - after.keys():
        found = figures.find(key)
        if found is not None:
            after[key] = frozen(found.figure)
    for key in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(key), after.get(key)
        if was is None or now is None or _counted(was) != _counted(now):
            named = now or was or {}
            yield {
                "key": key,
                "label": named["label"],
                "unit": named["unit"],
                "before": was["printed"] if was else None,
                "after": now["printed"] if now else None,
            }


def _counted(figure: FrozenFigure) -> tuple[Any, ...]:
    """What makes a figure another one: the number that is printed, and what it was counted from."""
    whole = figure["denominator"]
    return figure["printed"], figure["numerator"]["value"], whole and whole["value"]


def _moved(since: IssuedReport, year: YearRecords) -> Iterator[Moved]:
    """Effective entries posted since, and reversals of entries that the version had counted."""
    names = ("pk", "activity_id", "person_id", "happened_on", "hours", "reverses_id")
    later = beyond(since.seal_number).happened(year.first, year.as_of).order_by("pk")
    rows = list(later.values_list(*names))
    fresh = {row[0] for row in rows}
    cancelled = {row[5] for row in rows if row[5] in fresh}
    for pk, activity, person, day, hours, reverses in rows:
        if pk not in cancelled and reverses not in fresh:
            yield Moved(pk, activity, year.roll.ids.get(person, 0), day, abs(hours), reverses is not None)


class Touching:
    """Which entries a figure is counted from, for entries that may have been reversed meanwhile."""

    def __init__(self, year: YearRecords, moved: Collection[Moved]) -> None:
        self.year = year
        self.held = held({row.activity for row in moved})
        in_classes = {row.entry for row in moved if row.activity in year.classes}
        rows = CreditEntry.objects.filter(pk__in=in_classes).values_list(
            "pk", "activity_id", "person_id", "happened_on"
        )
        self.placed = {row.entry_id: row for row in placed(list(rows), roll=year.roll)}

    def of(self, key: str) -> Callable[[Moved], bool]:
        """Whether an entry lies behind the figure with this key."""
        name, _, subject = key.partition(":")
        if name == "members_total":
            return lambda row: False
        if name in CLASS_FIGURES:
            return lambda row: self._in_class(row, CLASS_FIGURES[name])
        if name in TOPIC_GROUPS:
            return self._of_topics(TOPIC_GROUPS[name])
        if subject:
            people = self._people(name, subject)
            return lambda row: row.person in people
        for measure in MEASURES:
            selection = name.removesuffix(f"_{measure}")
            if selection != name and selection in SELECTIONS:
                takes = SELECTIONS[selection]
                return lambda row: bool(row.person) and takes(self.held[row.activity])
        return lambda row: bool(row.person)

    def _in_class(self, row: Moved, counts: Callable[[YearRecords, Held, ClassEntry], bool]) -> bool:
        entry = self.placed.get(row.entry)
        return entry is not None and counts(self.year, self.held[row.activity], entry)

    def _of_topics(self, group: str) -> Callable[[Moved], bool]:
        wanted = {key for key, topic in self.year.topics.items() if topic.group == group}
        return lambda row: bool(row.person) and not wanted.isdisjoint(self.held[row.activity].topics)

    def _people(self, name: str, subject: str) -> frozenset[int]:
        """Due persons of a part of the subtree (`…_in`) or of an audience (`…_of`)."""
        if name.endswith("_of"):
            audience = self.year.audiences.get(subject)
            return frozenset(self.year.roll.audience(audience)) if audience else frozenset()
        part = Organisation.objects.filter(code=subject).first()
        return frozenset(self.year.roll.below(part.pk)) if part and part.pk in self.year.roll.branches else frozenset()


def _key(year: YearRecords, activity: Held, entry: ClassEntry) -> bool:
    return entry.belongs and is_city_key(activity)


def _key_of_anybody(year: YearRecords, activity: Held, entry: ClassEntry) -> bool:
    return is_city_key(activity)


def _off_site(year: YearRecords, activity: Held, entry: ClassEntry) -> bool:
    return entry.belongs and is_off_site(activity)


def _secretary(year: YearRecords, activity: Held, entry: ClassEntry) -> bool:
    return entry.belongs and entry.secretary and is_for_secretaries(activity, year.audiences)


CLASS_FIGURES: dict[str, Callable[[YearRecords, Held, ClassEntry], bool]] = {
    "city_key_people": _key,
    "city_key_classes": _key,
    "city_key_audiences": _key,
    "city_key_audiences_full": _key_of_anybody,
    "offsite_people": _off_site,
    "offsite_classes": _off_site,
    "secretary_people": _secretary,
    "secretary_classes": _secretary,
}


def _acts(since: IssuedReport) -> list[dict[str, Any]]:
    """Acts since then on people and organisations of the subtree and on rules, how many of each kind.

    An act on many people at once names what holds all of them: above the subtree it counts too, since it may
    concern it.
    """
    rows = acts_after(since.acts, since.organisation)
    counts = Counter(rows.values_list("action", "subject"))
    return [
        {"action": action, "subject": subject, "count": count} for (action, subject), count in sorted(counts.items())
    ]


def acts_after(entry: int, organisation: Organisation) -> QuerySet[AuditEntry]:
    """Audit entries after one on people and organisations of a subtree, and of what holds it, and on rules."""
    above = [int(step) for step in organisation.path.split("/") if step]
    within = Q(organisation__path__startswith=organisation.path)
    here = within | Q(organisation__in=above) | Q(organisation__isnull=True)
    ours = (Q(subject__in=ROLL) & here) | Q(subject__in=RULES)
    return AuditEntry.objects.filter(ours, pk__gt=entry).exclude(action__in=SEEN_ONLY).order_by()
