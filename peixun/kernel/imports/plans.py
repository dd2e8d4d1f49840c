"""Plans of imports, the importers that rooms register, and carrying them out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.kernel.cells import Cell, CellError, clean_text
from peixun.kernel.tables.reader import HeadingSet, Table, read_table
from peixun.kernel.tables.writer import BadRow, Target, error_workbook

Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many (0: not known yet)."""
Mask = Callable[[str], str]

SAMPLES = 20


class ImportOvertaken(Exception):
    """Something changed between planning and writing, so that the plan no longer holds. Nothing was written."""


class UnknownImporter(Exception):
    """No room has registered an importer under this key."""


def no_progress(_done: int, _total: int) -> None:
    """For callers that don't want to be told."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row can't be taken: the row as the sheet shows it, the heading ("" for the row), the value masked."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the preview: what it is about and, when it changes something, `(heading, before, after)`."""

    row: int
    title: str
    differences: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody whom the installation knows and the file doesn't name: to be decided by people, never by a file."""

    person_id: int
    name: str
    place: str


@dataclass
class ImportPlan:
    """What a file would change. `work` belongs to the importer; counts are rows, and add up to `rows`.

    `asks` says why the plan needs a reason in words before it is written, "" when it needs none; `reason` is it.
    """

    key: str
    columns: tuple[str, ...]
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    unknown_headings: tuple[str, ...] = ()
    masks: Mapping[str, Mask] = field(default_factory=dict)
    work: Any = None
    asks: str = ""
    reason: str = ""

    @property
    def bad(self) -> int:
        """How many rows can't be taken."""
        return len(self.bad_rows)

    def may_be_written(self, *, skip_bad: bool) -> bool:
        """Nothing is written unless the whole file is understood, or its bad rows are left out on purpose."""
        return skip_bad or not self.bad_rows

    def problems(self) -> Iterator[Problem]:
        """Every reason of every bad row, in the order of the sheet; values of personal numbers are masked."""
        position = {name: index for index, name in enumerate(self.columns)}
        for bad in self.bad_rows:
            for column, reason in bad.reasons.items():
                value = shown(bad.values[position[column]]) if column in position else ""
                mask = self.masks.get(column)
                yield Problem(bad.number, column, mask(value) if mask else value, reason)

    def as_json(self, *, written: bool) -> dict[str, Any]:
        """The shape of the contract; `missing` counts who is on the roll and not in the file."""
        return {
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "bad": self.bad,
            "errors": [
                {"row": p.row, "column": p.column, "value": p.value, "reason": p.reason} for p in self.problems()
            ],
            "missing": len(self.missing),
            "written": written,
        }

    def write_errors(self, target: Target) -> int:
        """Write the workbook of bad rows, to be corrected and imported again; returns how many rows it has."""
        return error_workbook(target, columns=self.columns, rows=self.bad_rows)


class Importer(Protocol):
    """One kind of file that a room takes in."""

    @property
    def key(self) -> str:
        """Its name in commands and addresses."""
        ...

    @property
    def headings(self) -> HeadingSet:
        """The headings that it knows."""
        ...

    @property
    def masks(self) -> Mapping[str, Mask]:
        """How values of personal numbers are shown, by heading."""
        ...

    @property
    def title(self) -> str:
        """What the file holds, in words for people."""
        ...

    @property
    def counts_missing(self) -> bool:
        """Whether people who are on the roll and not in the file are listed for a decision."""
        ...

    def plan(self, table: Table, *, actor: Any, today: date, progress: Progress) -> ImportPlan:
        """Read and check every row as seen by the actor on that day. Writes nothing. Raises TableRefused."""
        ...

    def apply(self, plan: ImportPlan, *, by: Any, at: datetime, progress: Progress) -> None:
        """Write what the plan's good rows change. Called within a transaction."""
        ...


_registered: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make an importer known under its key; the same key again replaces it."""
    _registered[importer.key] = importer


def importers() -> list[Importer]:
    """Every importer, in the order in which the rooms registered them."""
    return list(_registered.values())


def importer(key: str) -> Importer:
    """The importer with this key. Raises UnknownImporter."""
    try:
        return _registered[key]
    except KeyError as error:
        raise UnknownImporter(key) from error


def plan_file(chosen: Importer, path: Path, *, actor: Any, today: date, progress: Progress = no_progress) -> ImportPlan:
    """What the file would change. Raises TableRefused when it can't be read as this kind of table."""
    with read_table(path, headings=chosen.headings) as table:
        plan = chosen.plan(table, actor=actor, today=today, progress=progress)
    plan.bad_rows = _with_cells(plan.bad_rows, path, chosen.headings)
    plan.unknown_headings = table.unknown_headings
    plan.masks = chosen.masks
    return plan


def _with_cells(bad_rows: Sequence[BadRow], path: Path, headings: HeadingSet) -> list[BadRow]:
    """Bad rows in the order of the sheet, with their cells.

    Cells of good rows aren't kept (a city's roster has two million): of rows that were refused after all they are
    read once more.
    """
    lacking = {bad.number for bad in bad_rows if not bad.values}
    cells: dict[int, Sequence[Any]] = {}
    if lacking:
        with read_table(path, headings=headings) as table:
            picks = list(table.columns.values())
            cells = {row.number: [row.values[i] for i in picks] for row in table.rows if row.number in lacking}
        nothing = [""] * len(picks)
        bad_rows = [BadRow(bad.number, bad.values or cells.get(bad.number, nothing), bad.reasons) for bad in bad_rows]
    return sorted(bad_rows, key=lambda bad: bad.number)


def apply_plan(chosen: Importer, plan: ImportPlan, *, by: Any, at: datetime, progress: Progress = no_progress) -> None:
    """Write what the plan's good rows change, all or nothing. Raises ImportOvertaken."""
    try:
        with transaction.atomic():
            chosen.apply(plan, by=by, at=at, progress=progress)
        bulk.analyse()
    except IntegrityError as error:
        raise ImportOvertaken(_("导入期间数据被其他人修改，没有写入任何内容。请重新导入一次")) from error


def shown(cell: Cell) -> str:
    """A cell as text for people, whatever it holds."""
    try:
        return clean_text(cell)
    except CellError:
        return str(cell)
