"""The importer of organisations."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel.cells import CellError, mask_phone, match_key
from peixun.kernel.imports import SAMPLES, ImportPlan, Intake, Progress, Sample
from peixun.kernel.tables.reader import Table
from peixun.people.importing.organisations import rows as columns
from peixun.people.importing.organisations.rows import (
    CODE,
    CONTACT_NAMES,
    EARLIEST,
    FIELDS,
    HEADINGS,
    PHONE,
    UNIT_NAMES,
    OrganisationRow,
    make_row,
)
from peixun.people.importing.organisations.tree import TreeCheck
from peixun.people.importing.words import level_told_by
from peixun.people.models import Organisation, OrganisationVersion
from peixun.people.operations.organisations import NewOrganisation, change_organisation, found_organisations
from peixun.people.operations.roster import correct_founding
from peixun.people.queries.scope import Actor

_LABELS = {
    "name": columns.NAME,
    "short_name": columns.SHORT,
    "kind": columns.KIND,
    "sector": columns.SECTOR,
    "level": columns.LEVEL,
    "tags": columns.TAGS,
    "division_code": columns.DIVISION,
    "unit": columns.UNIT,
    "contact": columns.CONTACT,
    "parent": columns.PARENT,
    "founded_on": columns.FOUNDED,
}


@dataclass(slots=True)
class Work:
    """What to write: organisations to found, changes by organisation id, new parents by code, founding days."""

    today: date
    found: list[NewOrganisation] = field(default_factory=list)
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    moves: list[tuple[int, str]] = field(default_factory=list)
    founding: dict[int, date] = field(default_factory=dict)


class OrganisationImporter:
    """Takes in the national collection sheet of organisations, with our columns beside it.

    An organisation is known by its code, whatever its case and spaces. An empty cell leaves what is known. Changes
    of name, kind, sector, level, tags or parent make a new version from today on; nothing closes by being left out.
    Without 成立日期 an organisation is as old as the one above it. Without 层级 it follows from the name of a
    territory's committee (…镇委员会), else it is grassroots; 领域 follows from 单位性质类别.
    """

    key = "organisations"
    headings = HEADINGS
    masks = {PHONE: mask_phone}
    counts_missing = False

    @property
    def title(self) -> str:
        """What the file holds."""
        return str(gettext_lazy("党组织"))

    def plan(self, table: Table, *, actor: Actor, today: date, progress: Progress) -> ImportPlan:
        """Check every row against the others and against what stands."""
        intake = Intake(table, FIELDS, progress=progress)
        standing = {match_key(o.code): o for o in Organisation.objects.all()}
        rows, repeated = _distinct(intake, standing)
        tree = TreeCheck(intake, rows, standing, actor=actor)
        tree.unreadable = {match_key(str(cell)) for cell in intake.cells_of_unread(CODE)}
        tree.run(today)
        _check_founding(intake, list(tree.good()))
        tree.run(today)
        return _Differences(intake, tree, today).plan(self.key, repeated)

    def apply(self, plan: ImportPlan, *, by: Actor, at: datetime, progress: Progress) -> None:
        """Attributes first, so that new organisations find a parent that can be one; then new ones, then moves."""
        work: Work = plan.work
        total = len(work.changes) + len(work.found) + len(work.moves)
        for done, (pk, changes) in enumerate(work.changes.items(), start=1):
            change_organisation(Organisation.objects.get(pk=pk), on=work.today, by=by, at=at, **changes)
            progress(done, total)
        correct_founding(work.founding, by=by, at=at)
        if work.found:
            found_organisations(work.found, by=by, at=at)
            progress(len(work.changes) + len(work.found), total)
        for pk, parent_code in work.moves:
            parent = Organisation.objects.get(code=parent_code)
            change_organisation(Organisation.objects.get(pk=pk), on=work.today, by=by, at=at, parent=parent)
        progress(total, total)


def _distinct(intake: Intake, standing: dict[str, Organisation]) -> tuple[dict[str, OrganisationRow], int]:
    """Rows by code, and how many rows only repeat another one. The same code with other content is refused."""
    by_key: dict[str, list[OrganisationRow]] = defaultdict(list)
    for draft in intake.drafts:
        try:
            row = make_row(draft, standing)
        except CellError as error:
            intake.refuse(draft, columns.NATURE, error.reason)
        else:
            by_key[row.key].append(row)
    rows, repeated = {}, 0
    for key, same in by_key.items():
        if len({repr(row.content) for row in same}) > 1:
            numbers = "、".join(str(row.draft.number) for row in same[:5])
            reason = _("党组织代码重复而内容不同（第 %(rows)s 行）") % {"rows": numbers}
            intake.refuse_all([row.draft for row in same], CODE, reason)
        repeated += len(same) - 1 if not same[0].draft.bad else 0
        rows[key] = same[0]
    return rows, repeated


def _check_founding(intake: Intake, rows: list[OrganisationRow]) -> None:
    """A founding day can be corrected only within the first version: what came later must stay later."""
    told = {
        row.standing.pk: row
        for row in rows
        if row.standing is not None and row["founded"] not in {None, row.standing.founded_on}
    }
    if not told:
        return
    versions = OrganisationVersion.objects.filter(organisation__in=told).order_by("organisation", "since")
    first: dict[int, date | None] = {}
    for organisation_id, until in versions.values_list("organisation_id", "until"):
        first.setdefault(organisation_id, until)
    for pk, row in told.items():
        until = first.get(pk)
        if until is not None and row["founded"] >= until:
            reason = _("成立日期晚于已登记的第一次变更（%(day)s）") % {"day": until.isoformat()}
            intake.refuse(row.draft, columns.FOUNDED, reason)


class _Differences:
    """Works out what good rows change."""

    def __init__(self, intake: Intake, tree: TreeCheck, today: date) -> None:
        self._intake = intake
        self._tree = tree
        self._work = Work(today)
        self._levels: dict[str, str] = {}
        self._founded: dict[str, date] = {}
        self._samples: dict[str, list[Sample]] = {"new": [], "changed": []}

    def plan(self, key: str, repeated: int) -> ImportPlan:
        """The plan, with rows that only repeat another one counted as unchanged."""
        plan = self._intake.plan(key)
        rows = sorted(self._tree.good(), key=lambda row: self._depth(row.key))
        for row in rows:
            if row.standing is None:
                self._found(row)
                plan.new += 1
            elif self._change(row, row.standing):
                plan.changed += 1
        plan.unchanged = plan.rows - plan.bad - plan.new - plan.changed
        plan.samples = self._samples
        plan.work = self._work
        del repeated
        return plan

    def _depth(self, key: str) -> int:
        depth = 0
        above = self._tree.parent_key(key)
        while above is not None:
            depth += 1
            above = self._tree.parent_key(above)
        return depth

    def _found(self, row: OrganisationRow) -> None:
        parent = self._tree.rows.get(row.parent_key)
        above = self._tree.standing.get(row.parent_key)
        code = above.code if above else (parent["code"] if parent else "")
        self._levels[row.key] = row["level"] or level_told_by(
            row["name"], row["kind"], level_above=self._levels.get(row.parent_key) or (above.level if above else "")
        )
        self._founded[row.key] = row["founded"] or self._founded.get(
            row.parent_key, above.founded_on if above else EARLIEST
        )
        self._work.found.append(
            NewOrganisation(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                level=self._levels[row.key],
                parent_code=code,
                founded_on=self._founded[row.key],
                sector=row.sector,
                short_name=row["short_name"] or "",
                tags=row["tags"] or (),
                division_code=row["division"] or "",
                unit=_part(row, UNIT_NAMES),
                contact=_part(row, CONTACT_NAMES),
            )
        )
        self._sample("new", row, ())

    def _change(self, row: OrganisationRow, now: Organisation) -> bool:
        wanted = {
            "name": row["name"],
            "short_name": row["short_name"],
            "kind": row["kind"],
            "sector": row.sector or None,
            "level": row["level"],
            "tags": None if row["tags"] is None else list(row["tags"]),
            "division_code": row["division"],
            "unit": {**now.unit, **_part(row, UNIT_NAMES)},
            "contact": {**now.contact, **_part(row, CONTACT_NAMES)},
        }
        changes = {
            name: value for name, value in wanted.items() if value is not None and value != _standing_value(now, name)
        }
        told = [(_LABELS[name], _words(now, name), str(value)) for name, value in changes.items()]
        if changes:
            self._work.changes[now.pk] = changes
        if row["founded"] not in {None, now.founded_on}:
            self._work.founding[now.pk] = row["founded"]
            told.append((columns.FOUNDED, now.founded_on.isoformat(), row["founded"].isoformat()))
        above = self._tree.standing.get(row.parent_key)
        if row.parent_key and (above is None or above.pk != now.parent_id):
            code = above.code if above else self._tree.rows[row.parent_key]["code"]
            self._work.moves.append((now.pk, code))
            told.append((columns.PARENT, now.parent.code if now.parent else "", code))
        if told:
            self._sample("changed", row, tuple(told))
        return bool(told)

    def _sample(self, kind: str, row: OrganisationRow, differences: tuple[tuple[str, str, str], ...]) -> None:
        if len(self._samples[kind]) < SAMPLES:
            self._samples[kind].append(Sample(row.draft.number, row["name"], differences))


def _part(row: OrganisationRow, names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {stored: row[name] for name, stored in names if row[name]}


def _standing_value(now: Organisation, name: str) -> Any:
    value = getattr(now, name)
    return sorted(value) if name == "tags" else value


def _words(now: Organisation, name: str) -> str:
    value = getattr(now, name)
    if isinstance(value, dict):
        return "、".join(str(v) for v in value.values())
    return "、".join(value) if isinstance(value, list) else str(value)
