"""What other books would make of kept person-years, without reading the credits of those whose hours settle it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.rules import Cap, RequirementRule, Stand, fulfilled_by_hours
from peixun.kernel import bulk
from peixun.ledger.models import CreditEntry
from peixun.people.queries.roll import fold


class Outcome(NamedTuple):
    """One person at a year's last day, with counted hours in quarters."""

    branch: int | None
    due: bool
    covered: bool
    fulfilled: bool
    quarters: int


class Kept(NamedTuple):
    """A kept person-year: the outcome with what it takes to judge it anew."""

    outcome: Outcome
    mask: int
    person_times: int


KEPT_SQL = """
    SELECT person_id, branch_id, due, covered, fulfilled, hours, audiences, person_times
    FROM coverage_personyear WHERE {ids} AND year = %s
"""


def kept_outcomes(persons: Collection[int], year: int) -> dict[int, Kept]:
    """The kept person-years of these persons."""
    rows = (row for several in bulk.select(KEPT_SQL, "person_id", persons, [year]) for row in several)
    return {
        person: Kept(Outcome(branch, bool(due), bool(covered), bool(fulfilled), quarters), mask, times)
        for person, branch, due, covered, fulfilled, quarters, mask, times in rows
    }


class Shortcut:
    """Outcomes by the supposed books, from kept person-years; exact, or none.

    Only for a year that neither books look back from. Where the audiences are others, people's standings are read;
    where the caps are, the credits of those who have activities of the kinds concerned.
    """

    def __init__(self, books: Books, supposed: Books, *, year: int) -> None:
        self._books, self._supposed, self._year, self._day = books, supposed, year, date(year, 12, 31)
        self._now = PersonYears(books, year=year, dates=[self._day])
        self._then = PersonYears(supposed, year=year, dates=[self._day])
        self._stands: dict[tuple[int | None, bool, int, int], tuple[Stand, bool]] = {}
        self._known: dict[tuple[int | None, bool, int, int, int], bool | None] = {}
        self._kinds = _changed_kinds(books, supposed, year)
        self._concerned = _with_kinds(self._kinds, year)

    def outcomes(self, kept: Mapping[int, Kept]) -> Iterator[tuple[int, Outcome]]:
        """What can be told of some persons; those whose credits must be read in full are left out."""
        gained = dict(self._now.regained(kept.keys() & self._concerned, self._kinds, self._supposed))
        moved = {} if self._same_audiences else dict(self._then.stands(kept.keys()))
        for person, row in kept.items():
            stand = moved.get(person)
            mask = row.mask if stand is None else stand.mask
            outcome = self._outcome(row, mask, gained.get(person, 0))
            if outcome is not None:
                yield person, outcome

    @property
    def _same_audiences(self) -> bool:
        return self._supposed.organisations is self._books.organisations

    def _outcome(self, row: Kept, mask: int, gained: int) -> Outcome | None:
        old = row.outcome
        stand, same = self._stand(row, mask)
        if same and not gained:
            return old
        quarters = old.quarters + gained
        key = (old.branch, old.due, mask, quarters, row.person_times)
        if key not in self._known:
            self._known[key] = fulfilled_by_hours(quarters, row.person_times, stand, self._year)
        fulfilled = self._known[key]
        return (
            None if fulfilled is None else Outcome(old.branch, old.due, old.due and quarters > 0, fulfilled, quarters)
        )

    def _stand(self, row: Kept, mask: int) -> tuple[Stand, bool]:
        """Where somebody would stand, and whether the same is asked as now."""
        branch, due = row.outcome.branch, row.outcome.due
        key = (branch, due, row.mask, mask)
        if key not in self._stands:
            then = self._supposed.placed(branch, mask, due=due, day=self._day)
            now = self._books.placed(branch, row.mask, due=due, day=self._day)
            self._stands[key] = then, self._asked(now.requirements) == self._asked(then.requirements)
        return self._stands[key]

    def _asked(self, rules: Iterable[RequirementRule]) -> frozenset[RequirementRule]:
        """What is asked this year, whatever row of whatever pack asks it."""
        return frozenset(rule._replace(id=0, bit=0, first_year=0) for rule in rules if rule.counts_in(self._year))


def _changed_kinds(books: Books, supposed: Books, year: int) -> frozenset[str]:
    """Kinds of activities that may count otherwise on some day of the year somewhere, with those capped together."""
    if supposed.packs.credit_packs is books.packs.credit_packs:
        return frozenset()
    first, last = date(year, 1, 1), date(year, 12, 31)
    borders = {*books.packs.boundaries, *supposed.packs.boundaries, *books.organisations.boundaries}
    changed: set[Cap] = set()
    every: set[Cap] = set()
    for day in [first, *(day for day in borders if first < day <= last)]:
        snapshot = books.organisations.at(day)
        for line in {snapshot.line(pk) for pk in snapshot.organisations}:
            now, then = set(books.credit_rules(line, day).caps), set(supposed.credit_rules(line, day).caps)
            changed |= now ^ then
            every |= now | then
    kinds = {kind for cap in changed for kind in cap.kinds}
    # A cap over several kinds lets what counts of one depend on the others; so do caps that share a name and so a sum.
    while more := [cap for cap in every if _touches(cap, kinds, every) and not cap.kinds <= kinds]:
        kinds.update(kind for cap in more for kind in cap.kinds)
    return frozenset(kinds)


def _touches(cap: Cap, kinds: set[str], every: set[Cap]) -> bool:
    return any(other.kinds & kinds for other in every if other.name == cap.name)


def _with_kinds(kinds: frozenset[str], year: int) -> frozenset[int]:
    """Whoever has activities of these kinds in a year."""
    if not kinds:
        return frozenset()
    rows = CreditEntry.objects.happened(date(year, 1, 1), date(year, 12, 31)).filter(activity__kind__in=kinds)
    return frozenset(fold(rows.order_by().values_list("person_id", flat=True).distinct()))
