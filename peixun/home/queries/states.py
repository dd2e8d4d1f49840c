"""How persons stand in a year: from what is kept, or worked out afresh where that lags."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.catalog.models import Requirement, RequirementPeriod
from peixun.coverage.models import PersonYear, StaleBranch
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.rules import PersonYearResult
from peixun.kernel.hours import from_quarters

NOT_DUE = gettext_lazy("不作要求")
TRAINED = gettext_lazy("已参训")


@dataclass(frozen=True, slots=True)
class Owing:
    """One requirement that isn't met yet: hours and concentrated trainings still missing."""

    requirement: Requirement
    hours: Decimal
    concentrated: int

    @property
    def five_years(self) -> bool:
        """Whether there are five years to meet it."""
        return self.requirement.period == RequirementPeriod.FIVE_YEARS

    @property
    def earned(self) -> Decimal:
        """Hours that count towards it."""
        least: Decimal = self.requirement.min_hours
        return max(Decimal(0), least - self.hours)


@dataclass(frozen=True)
class YearState:
    """One person's year. `missing` is `[requirement id, quarters, concentrated]` a line."""

    due: bool
    covered: bool
    fulfilled: bool
    hours: Decimal
    person_times: int
    missing: Sequence[Sequence[int]]
    requirements: Mapping[int, Requirement]

    @cached_property
    def owing(self) -> list[Owing]:
        """What is owed within this year, the most first."""
        return sorted((o for o in self._all if not o.five_years), key=lambda o: (-o.hours, -o.concentrated))

    @cached_property
    def owing_in_five_years(self) -> list[Owing]:
        """What is owed within five years."""
        return [o for o in self._all if o.five_years]

    @property
    def hours_owed(self) -> Decimal:
        """Hours still owed this year: requirements overlap, so the largest."""
        return max((o.hours for o in self.owing), default=Decimal(0))

    @property
    def concentrated_owed(self) -> int:
        """Concentrated trainings still owed this year."""
        return max((o.concentrated for o in self.owing), default=0)

    @property
    def owes(self) -> bool:
        """Whether anything is owed this year."""
        return bool(self.due and self.owing)

    @property
    def chip(self) -> str:
        """The state's shape and colour."""
        if not self.due:
            return "not-due"
        if not self.covered:
            return "missing"
        return "due-soon" if self.owes and not self.fulfilled else "done"

    @property
    def label(self) -> str:
        """The state in a few words, hours before trainings; "" for the usual word of the chip."""
        if not self.due:
            return str(NOT_DUE)
        if not self.covered or self.fulfilled:
            return ""
        if self.owes:
            return owed_words(self.hours_owed, 0 if self.hours_owed else self.concentrated_owed)
        return str(TRAINED)

    @property
    def owed_words(self) -> str:
        """What is still owed this year in words; "" for nothing."""
        return owed_words(self.hours_owed, self.concentrated_owed) if self.owes else ""

    @property
    def _all(self) -> list[Owing]:
        return [
            Owing(row, from_quarters(quarters), concentrated)
            for pk, quarters, concentrated in self.missing
            if (row := self.requirements.get(pk)) is not None
        ]


def plain(hours: Decimal) -> int | Decimal:
    """Hours without needless zeros: 12, 7.5, 0.25."""
    whole = int(hours)
    return whole if whole == hours else hours.normalize()


def owed_words(hours: Decimal, concentrated: int) -> str:
    """“还差 12 学时、集中培训 1 次”; "" for nothing."""
    if hours and concentrated:
        return _("还差 %(hours)s 学时、集中培训 %(times)s 次") % {"hours": plain(hours), "times": concentrated}
    if hours:
        return _("还差 %(hours)s 学时") % {"hours": plain(hours)}
    return _("还差集中培训 %(times)s 次") % {"times": concentrated} if concentrated else ""


def year_states(person_ids: Collection[int], *, paths: Iterable[str], year: int, day: date) -> dict[int, YearState]:
    """States by person in a year; `paths` are those of the persons' branches, `day` a day of the year.

    Three queries where the kept figures are up to date; persons whose figures lag or were never kept are worked out.
    """
    requirements = Requirement.objects.select_related("pack").in_bulk()
    kept = {
        row.person_id: YearState(
            row.due, row.covered, row.fulfilled, row.hours, row.person_times, row.missing, requirements
        )
        for row in PersonYear.objects.filter(year=year, person__in=person_ids)
    }
    lag = set(person_ids) if _lagging(paths, year) else set(person_ids) - kept.keys()
    if lag:
        for computed in PersonYears(current_books(), year=year, dates=[day]).compute(lag):
            kept[computed.person_id] = _state(computed.result, requirements)
    return kept


def _lagging(paths: Iterable[str], year: int) -> bool:
    line = {int(step) for path in paths for step in path.split("/") if step}
    return StaleBranch.objects.filter(year=year, persons=True, branch__in=line).exists()


def _state(result: PersonYearResult, requirements: Mapping[int, Requirement]) -> YearState:
    slot = result.slots[-1]
    missing = [list(shortfall) for shortfall in result.missing]
    hours = from_quarters(slot.quarters)
    return YearState(slot.stand.due, slot.covered, slot.fulfilled, hours, slot.person_times, missing, requirements)
