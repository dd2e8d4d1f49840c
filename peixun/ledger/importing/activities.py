"""Rows gathered into activities, and the activities that stand already.

Activities are append-only: one that stands keeps its days and its facts. Rows of a known activity on days outside
its own open a continuation of it (`活动编号@2`, `@3` …) with the days of these rows; a replay finds both again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.kernel.cells import match_key
from peixun.kernel.imports import Intake
from peixun.ledger.importing.rows import FACTS, SOURCE_KIND, CreditRow
from peixun.ledger.importing.words import derived_dimensions
from peixun.ledger.models import Activity
from peixun.ledger.operations import NewActivity

Base = tuple[str, str]
"""The organiser's code and the reference that rows of one activity share."""


class KnownActivity(NamedTuple):
    """An activity that stands."""

    id: int
    starts_on: date
    ends_on: date
    facts: Mapping[str, Any]


class ActivityBook:
    """Activities of the rows: which stand, which are to be opened."""

    def __init__(self, intake: Intake, rows: Iterable[CreditRow]) -> None:
        self._intake = intake
        self.groups: dict[Base, list[CreditRow]] = defaultdict(list)
        for row in rows:
            self.groups[row.source, row.base].append(row)
        self.known = _known(self.groups)
        self.base_of: dict[int, Base] = {a.id: base for base, standing in self.known.items() for a in standing}

    def check(self) -> None:
        """Refuse rows that tell other things about their activity than it is known by, or than most rows do."""
        for base, rows in self.groups.items():
            standing = self.known.get(base)
            if standing:
                for row in rows:
                    self._check_known(row, standing[0])
            elif len(rows) > 1:
                self._check_alike(rows)

    def _check_known(self, row: CreditRow, standing: KnownActivity) -> None:
        for name, column in FACTS.items():
            told, known = row.draft[name], standing.facts[name]
            if told and known and _same(told) != _same(known):
                reason = _("这项活动已经登记，“%(column)s”与登记的不同") % {"column": column}
                self._intake.refuse(row.draft, column, reason)

    def _check_alike(self, rows: list[CreditRow]) -> None:
        for name, column in FACTS.items():
            told = Counter(_same(row.draft[name]) for row in rows if row.draft[name])
            if len(told) < 2:
                continue
            (most, count), (_second, next_count) = told.most_common(2)
            for row in rows:
                if row.draft[name] and (_same(row.draft[name]) != most or count == next_count):
                    reason = _("同一活动的各行“%(column)s”不一致") % {"column": column}
                    self._intake.refuse(row.draft, column, reason)

    def place(self, rows: Sequence[CreditRow]) -> tuple[list[NewActivity], dict[int, int | NewActivity]]:
        """Activities to open for these rows, and each row's activity by row number: an id or one to open."""
        opened: list[NewActivity] = []
        placed: dict[int, int | NewActivity] = {}
        by_base: dict[Base, list[CreditRow]] = defaultdict(list)
        for row in rows:
            standing = self.standing_for(row)
            if standing is not None:
                placed[row.draft.number] = standing
            else:
                by_base[row.source, row.base].append(row)
        for base, homeless in by_base.items():
            activity = _new_activity(base, homeless, number=len(self.known.get(base, [])) + 1)
            opened.append(activity)
            placed |= {row.draft.number: activity for row in homeless}
        return opened, placed

    def standing_for(self, row: CreditRow) -> int | None:
        """The activity that stands with days around the row's."""
        for activity in self.known.get((row.source, row.base), ()):
            if activity.starts_on <= row.first and row.last <= activity.ends_on:
                return activity.id
        return None


def _same(value: Any) -> Any:
    """What two spellings of a fact have in common."""
    return match_key(value) if isinstance(value, str) else value


def _reference(base: str, number: int) -> str:
    return base if number == 1 else f"{base}@{number}"


def _known(bases: Iterable[Base]) -> dict[Base, list[KnownActivity]]:
    """Activities that stand for these bases, each followed by its continuations."""
    found: dict[Base, list[KnownActivity]] = defaultdict(list)
    asked = list(bases)
    number = 1
    while asked:
        by_key = {(source, _reference(base, number)): (source, base) for source, base in asked}
        asked = []
        for chunk in bulk.chunks(by_key, 500):
            rows = Activity.objects.filter(
                source_kind=SOURCE_KIND,
                source__in={source for source, _ in chunk},
                reference__in={reference for _, reference in chunk},
            )
            for values in rows.values("id", "source", "reference", "starts_on", "ends_on", *FACTS):
                owner = by_key.get((values["source"], values["reference"]))
                if owner is not None:
                    facts = {name: values[name] for name in FACTS} | {"topics": tuple(values["topics"])}
                    found[owner].append(KnownActivity(values["id"], values["starts_on"], values["ends_on"], facts))
                    asked.append(owner)
        number += 1
    return found


def _new_activity(base: Base, rows: Sequence[CreditRow], *, number: int) -> NewActivity:
    told: dict[str, Any] = {}
    for name in FACTS:
        values = (row.draft[name] for row in rows if row.draft[name])
        told[name] = next(values, () if name == "topics" else "")
    for name, value in derived_dimensions(told).items():
        told[name] = told[name] or value
    return NewActivity(
        source_kind=SOURCE_KIND,
        source=base[0],
        reference=_reference(base[1], number),
        organiser_id=rows[0].organiser_id,
        starts_on=min(row.first for row in rows),
        ends_on=max(row.last for row in rows),
        **told,
    )
