"""Headings of a table: which ones are wanted, and the row that holds them. No Django here."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SEARCHED_ROWS = 20
SEARCHED_COLUMNS = 1_000
# What the workbook of bad rows adds; a corrected one comes back with them.
PROBLEM = "问题"
ORIGINAL_ROW = "原行号"
IGNORED = frozenset({PROBLEM, ORIGINAL_ROW})

# Marks that say "must be filled in", not part of the name: （必填）, [选填], (必填项), 【可选】.
_MARKS = re.compile(r"[(\[【〔<{](?:必填|选填|必须|可选|非必填|必填项|选填项|可不填)[)\]】〕>}]")
# Spaces, line breaks, zero-width characters, asterisks of all widths, trailing colons.
_NOISE = re.compile(r"[\s*※✱★\u200b-\u200f\u2060\ufeff]+")


def normalise(text: str) -> str:
    """A heading without what doesn't tell it apart: width, case, spaces, line breaks, marks of duty."""
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return _MARKS.sub("", folded).rstrip(":")


@dataclass(frozen=True)
class HeadingSet:
    """The headings that an import knows, by their canonical Chinese names.

    `aliases` maps another spelling to a canonical name. A file must hold every required one.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Canonical names in the order in which values are given: required ones, then optional ones."""
        return (*self.required, *self.optional)

    def lookup(self) -> dict[str, str]:
        """Normalised spelling to canonical name."""
        known = {normalise(alias): name for alias, name in self.aliases.items()}
        known.update((normalise(name), name) for name in self.names)
        return known

    def as_json(self) -> dict[str, Any]:
        """What the child process is told."""
        return {
            "required": list(self.required),
            "optional": list(self.optional),
            "aliases": dict(self.aliases),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "HeadingSet":
        """The counterpart of `as_json`."""
        return cls(tuple(data["required"]), tuple(data["optional"]), dict(data["aliases"]))


@dataclass(frozen=True)
class HeadingRow:
    """What one row holds when it is read as headings.

    `row` counts from 0; `columns` maps canonical names to positions in the row; `twice` is the first
    canonical name that occurs a second time.
    """

    row: int
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    twice: str | None

    @property
    def complete(self) -> bool:
        """Whether every required heading is there."""
        return not self.missing


def _read_row(index: int, cells: Sequence[Any], headings: HeadingSet, known: Mapping[str, str]) -> HeadingRow:
    columns: dict[str, int] = {}
    unknown: list[str] = []
    twice: str | None = None
    for position, cell in enumerate(cells):
        text = normalise(cell) if isinstance(cell, str) else ""
        name = known.get(text)
        if name is None:
            if text and text not in IGNORED:
                unknown.append(str(cell).strip())
        elif name in columns:
            twice = twice or name
        else:
            columns[name] = position
    missing = tuple(name for name in headings.required if name not in columns)
    return HeadingRow(index, columns, tuple(unknown), missing, twice)


def find_headings(rows: Iterable[Sequence[Any]], headings: HeadingSet) -> HeadingRow | None:
    """The first row that holds every required heading, else the one that comes closest, else None.

    Only the first `SEARCHED_ROWS` rows and `SEARCHED_COLUMNS` columns are looked at.
    """
    known = headings.lookup()
    best: HeadingRow | None = None
    for index, cells in zip(range(SEARCHED_ROWS), rows, strict=False):
        found = _read_row(index, cells[:SEARCHED_COLUMNS], headings, known)
        if found.complete:
            return found
        if found.columns and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best
