"""Reads of the room: which pack is in force where and when."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from peixun.catalog.models import CarryOver, CreditPack, RequirementPack, RequirementPeriod, ResponsibilityPack

PackT = TypeVar("PackT", RequirementPack, CreditPack, ResponsibilityPack)


class PackBook:
    """All packs in memory. The nearest ancestor's pack wins on its day."""

    def __init__(self) -> None:
        self.requirement_packs = list(RequirementPack.objects.prefetch_related("requirements__audience").order_by("id"))
        self.credit_packs = list(CreditPack.objects.prefetch_related("caps", "rules").order_by("id"))
        packs: list[RequirementPack | CreditPack] = [*self.requirement_packs, *self.credit_packs]
        days = {p.since for p in packs} | {p.until for p in packs if p.until}
        self.boundaries = sorted(days)
        # They change no figure, so their days are no boundaries of figures.
        self.responsibility_packs = list(
            ResponsibilityPack.objects.prefetch_related("responsibilities__audience").order_by("id")
        )
        self._requirements: dict[tuple[tuple[int, ...], int], RequirementPack | None] = {}
        self._credits: dict[tuple[tuple[int, ...], int], CreditPack | None] = {}

    def looks_back_from(self, year: int) -> bool:
        """Whether a year's figures depend on earlier years: carried surplus, or a five-year count that ends now."""
        last_day = date(year, 12, 31)
        for pack in self.requirement_packs:
            if pack.since <= last_day and (pack.until is None or pack.until.year >= year):
                five = any(r.period == RequirementPeriod.FIVE_YEARS for r in pack.requirements.all())
                if five and (year - pack.since.year) % 5 == 4:
                    return True
        return any(
            pack.carry_over == CarryOver.ELECTIVES
            and pack.since.year < year
            and (pack.until is None or pack.until.year >= year)
            for pack in self.credit_packs
        )

    def stretch(self, day: date) -> int:
        """Days with the same number have the same packs."""
        return bisect_right(self.boundaries, day)

    def requirements(self, line: tuple[int, ...], day: date) -> RequirementPack | None:
        """The requirement pack in force for an organisation, given its line of ancestors."""
        key = (line, self.stretch(day))
        if key not in self._requirements:
            self._requirements[key] = _nearest(self.requirement_packs, line, day)
        return self._requirements[key]

    def credits(self, line: tuple[int, ...], day: date) -> CreditPack | None:
        """The credit pack in force for an organisation, given its line of ancestors."""
        key = (line, self.stretch(day))
        if key not in self._credits:
            self._credits[key] = _nearest(self.credit_packs, line, day)
        return self._credits[key]

    def responsibilities(self, line: tuple[int, ...], day: date) -> ResponsibilityPack | None:
        """The responsibility pack in force for an organisation, given its line of ancestors."""
        return _nearest(self.responsibility_packs, line, day)


def _nearest(packs: Sequence[PackT], line: tuple[int, ...], day: date) -> PackT | None:
    valid = [p for p in packs if p.owner_id in line and p.since <= day and (p.until is None or day < p.until)]
    return max(valid, key=lambda p: (line.index(p.owner_id), p.since), default=None)
