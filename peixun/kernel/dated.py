"""Dated rows: `since` is the first day, `until` the first day no more; an empty `until` is open."""

from datetime import date
from typing import Generic, Self, TypeVar

from django.db import models
from django.db.models import F, Q

ModelT = TypeVar("ModelT", bound=models.Model, covariant=True)


class DatedQuerySet(models.QuerySet[ModelT], Generic[ModelT]):
    """Filters that every dated table shares."""

    def on(self, day: date) -> Self:
        """Rows that are valid on the day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def within(self, first: date, last: date) -> Self:
        """Rows that are valid on at least one day from `first` to `last`, both included."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=first), since__lte=last)


def ordered_dates(name: str) -> models.CheckConstraint:
    """The constraint that an interval ends after it begins."""
    return models.CheckConstraint(
        condition=Q(until__isnull=True) | Q(until__gt=F("since")), name=f"{name}_until_after_since"
    )


def holds(since: date, until: date | None, day: date) -> bool:
    """Whether an interval holds on a day."""
    return since <= day and (until is None or day < until)
