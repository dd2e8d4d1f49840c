"""A figure: a number that says what it counts, by which rule, at which date, and where its entries are."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Value = int | Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator or denominator, with the rule by which it was counted."""

    value: Value
    rule: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed number. `unit` is 人, 人次, 期, 项, 个, % …; `entries` counts the records behind it."""

    key: str
    label: str
    value: Value
    unit: str
    rule: str
    numerator: Part
    denominator: Part | None
    as_of: date
    entries_url: str
    entries: int

    def as_json(self) -> dict[str, Any]:
        """The shape of the contract."""
        return {
            "key": self.key,
            "label": self.label,
            "value": _plain(self.value),
            "unit": self.unit,
            "rule": self.rule,
            "numerator": _part(self.numerator),
            "denominator": _part(self.denominator),
            "as_of": self.as_of.isoformat(),
            "entries_url": self.entries_url,
            "entries": self.entries,
        }


def _part(part: Part | None) -> dict[str, Any] | None:
    return None if part is None else {"value": _plain(part.value), "rule": part.rule}


def _plain(value: Value) -> int | float:
    return value if isinstance(value, int) else float(value)
