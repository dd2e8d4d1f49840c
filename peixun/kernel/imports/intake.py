"""Rows on their way in: cells parsed, bad rows with their reasons."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from peixun.kernel.cells import Cell, CellError, is_blank
from peixun.kernel.imports.plans import ImportPlan, Progress, no_progress
from peixun.kernel.tables.reader import Row, Table
from peixun.kernel.tables.writer import BadRow

Parse = Callable[[Cell], Any]
STEP = 2000


@dataclass(frozen=True, slots=True)
class Field:
    """A column that an importer reads: its heading, how a cell becomes a value, and what an empty cell is.

    An empty cell is None, or refused when `required`. Cells of a column that `repeats` are parsed once a value.
    """

    name: str
    column: str
    parse: Parse
    required: bool = False
    repeats: bool = True


class Draft:
    """A row on its way: its number and its parsed values."""

    __slots__ = ("bad", "data", "number")

    def __init__(self, number: int, data: dict[str, Any]) -> None:
        self.number = number
        self.data = data
        self.bad = False

    def __getitem__(self, name: str) -> Any:
        """The parsed value of a field; None where the cell is empty or the file has no such column."""
        return self.data[name]


class Intake:
    """The rows of a table as drafts, and the bad ones with their reasons."""

    def __init__(self, table: Table, fields: Sequence[Field], *, progress: Progress = no_progress) -> None:
        self.columns = tuple(table.columns)
        self.present = frozenset(table.columns)
        self.drafts: list[Draft] = []
        self.rows = 0
        self._reasons: dict[int, dict[str, str]] = {}
        self._bad: dict[int, Sequence[Any]] = {}
        self._read(table, fields, progress)

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self.present

    def refuse(self, draft: Draft, column: str, reason: str) -> None:
        """Refuse a row for a reason, beside those that it has already."""
        draft.bad = True
        self._bad.setdefault(draft.number, ())
        self._note(draft.number, column if column in self.present else "", reason)

    def refuse_all(self, drafts: Iterable[Draft], column: str, reason: str) -> None:
        """Refuse several rows for one reason."""
        for draft in drafts:
            self.refuse(draft, column, reason)

    def good(self) -> Iterator[Draft]:
        """The rows that nothing speaks against so far."""
        return (draft for draft in self.drafts if not draft.bad)

    def cells_of_unread(self, column: str) -> list[Any]:
        """What the rows that couldn't even be read hold in a column."""
        if column not in self.columns:
            return []
        index = self.columns.index(column)
        return [values[index] for values in self._bad.values() if values]

    def plan(self, key: str) -> ImportPlan:
        """A plan with the rows and the bad rows; `plan_file` adds cells that are lacking."""
        bad = [BadRow(number, values, self._reasons[number]) for number, values in self._bad.items()]
        return ImportPlan(key=key, columns=self.columns, rows=self.rows, bad_rows=bad)

    def _note(self, number: int, column: str, reason: str) -> None:
        reasons = self._reasons.setdefault(number, {})
        known = reasons.get(column)
        if known is None:
            reasons[column] = reason
        elif reason not in known:
            reasons[column] = _("；").join((known, reason))

    def _read(self, table: Table, fields: Sequence[Field], progress: Progress) -> None:
        readers = [_Reader(f, table.columns[f.column]) for f in fields if f.column in table.columns]
        nothing: dict[str, Any] = {f.name: None for f in fields}
        picks = list(table.columns.values())
        for row in table.rows:
            self.rows += 1
            self._take(row, readers, nothing, picks)
            if not self.rows % STEP:
                progress(self.rows, 0)
        progress(self.rows, 0)

    def _take(self, row: Row, readers: Sequence["_Reader"], nothing: Mapping[str, Any], picks: Sequence[int]) -> None:
        cells = row.values
        data = dict(nothing)
        problems: list[tuple[str, str]] = []
        for reader in readers:  # some two million cells in a city's roster: most are empty or known
            cell = cells[reader.index]
            if cell in reader.known and isinstance(cell, str):
                data[reader.name] = reader.known[cell]
                continue
            try:
                data[reader.name] = reader.read(cell)
            except CellError as error:
                problems.append((reader.column, error.reason))
        draft = Draft(row.number, data)
        if problems:
            self._bad[row.number] = [cells[index] for index in picks]
            for column, reason in problems:
                self.refuse(draft, column, reason)
            return
        self.drafts.append(draft)


class _Reader:
    """Reads one column; what repeats is parsed once a value."""

    __slots__ = ("_parse", "_repeats", "_required", "column", "index", "known", "name")

    def __init__(self, field: Field, index: int) -> None:
        self.name = field.name
        self.column = field.column
        self.index = index
        self.known: dict[str, Any] = {} if field.required else {"": None}
        self._parse = field.parse
        self._required = field.required
        self._repeats = field.repeats

    def read(self, cell: Cell) -> Any:
        """The value of a cell, None when it is empty. Raises CellError."""
        if isinstance(cell, str) and cell[:1].isalnum():  # nearly always, and surely not blank
            value = self._parse(cell)
        elif is_blank(cell):
            if self._required:
                raise CellError(_("没有填写“%(column)s”") % {"column": self.column})
            return None
        else:
            value = self._parse(cell)
        if self._repeats and isinstance(cell, str):
            self.known[cell] = value
        return value


def rows_named(drafts: Iterable[Draft]) -> str:
    """“第 5、9 行”: the rows as people see them, the first few."""
    numbers = sorted(draft.number for draft in drafts)
    words = _("、").join(str(number) for number in numbers[:5])
    if len(numbers) > 5:
        return _("第 %(rows)s 等 %(count)s 行") % {"rows": words, "count": len(numbers)}
    return _("第 %(rows)s 行") % {"rows": words}
