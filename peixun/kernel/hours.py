"""Hours (学时): decimals in steps of 0.25, kept in the database as whole quarters so that sums are exact."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


def to_quarters(hours: Decimal | str | float) -> int:
    """Whole quarters of an hour. Raises ValueError when the value isn't a multiple of 0.25."""
    try:
        quarters = Decimal(str(hours)) * 4
        whole = int(quarters)
    except (InvalidOperation, OverflowError) as error:
        raise ValueError(f"not a number of hours: {hours!r}") from error
    if quarters != whole:
        raise ValueError(f"hours come in steps of 0.25: {hours!r}")
    return whole


def from_quarters(quarters: int) -> Decimal:
    """Hours with two decimals, as they are printed."""
    return (Decimal(quarters) / 4).quantize(Decimal("0.01"))


class HoursField(models.IntegerField[Decimal | int | str | float, Decimal]):
    """Decimal hours in Python, whole quarters in the database; aggregates over it come back as hours."""

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        """Quarters to hours."""
        return None if value is None else from_quarters(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        """Accept what forms and fixtures bring."""
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return from_quarters(to_quarters(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> int | None:
        """Hours to quarters."""
        return None if value is None else to_quarters(value)
