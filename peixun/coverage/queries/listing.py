"""The persons behind a count, in order and page by page: who stands in which state in a subtree on a day.

Where what is kept holds on the day, pages are read from it; for the few persons for whom it doesn't, and for days
on which nothing is kept, persons are worked out afresh. Either way they are exactly those that `position` counts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from peixun.coverage.models import PersonYear, StaleBranch
from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.queries.differing import differing
from peixun.kernel.hours import to_quarters
from peixun.people.models import Audience, Membership, Organisation, Person
from peixun.people.queries.roll import fold

STATES = ("due", "covered", "uncovered", "fulfilled", "unfulfilled")
FIRST_BATCH, LARGEST_BATCH = 120, 4000


class Row(NamedTuple):
    """One person on the day; `missing` is what is owed: `[requirement id, quarters, concentrated]` each.

    `mask` are the audiences as bits.
    """

    person_id: int
    name: str
    pinyin: str
    branch_id: int
    covered: bool
    fulfilled: bool
    quarters: int
    person_times: int
    missing: list[list[int]]
    mask: int


class Place(NamedTuple):
    """A branch of the subtree as it is named today."""

    organisation_id: int
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is asked for: persons of a subtree who are due on a day, in one of `STATES`.

    `only` narrows them to some persons, `text` to names that contain it or whose pinyin or initials begin with it.
    """

    organisation: Organisation
    year: int
    day: date
    state: str = "due"
    audience: Audience | None = None
    text: str = ""
    only: frozenset[int] | None = None

    def takes(self, row: Row) -> bool:
        """Whether a person who is due belongs to the selection, by state and audience."""
        if self.audience is not None and not row.mask >> self.audience.bit & 1:
            return False
        wanted = {
            "due": True,
            "covered": row.covered,
            "uncovered": not row.covered,
            "fulfilled": row.fulfilled,
            "unfulfilled": not row.fulfilled,
        }
        return wanted[self.state]


STATE_FILTERS: dict[str, dict[str, bool]] = {
    "due": {},
    "covered": {"covered": True},
    "uncovered": {"covered": False},
    "fulfilled": {"fulfilled": True},
    "unfulfilled": {"fulfilled": False},
}
Cursor = tuple[int, int]
"""Where a page ends: branch and person."""


@dataclass
class Roster:
    """The persons of a selection, by branch in the order of the tree, within a branch by pinyin.

    `within` are the path prefixes, as the tree stands today, of what the reader may see; persons of branches that
    have left those subtrees since are counted in `hidden` and never listed.
    """

    selection: Selection
    books: Books
    within: list[str] = field(default_factory=lambda: [""])

    @cached_property
    def places(self) -> dict[int, Place]:
        """Branches that may be listed, in the order of the tree on the day."""
        snapshot = self.books.organisations.at(self.selection.day)
        below = snapshot.subtree(self.selection.organisation.pk)
        rows = _organisations(self.selection.organisation, below)
        ordered = sorted(below, key=lambda pk: snapshot.organisations[pk].line)
        return {
            pk: Place(pk, name, code)
            for pk in ordered
            if pk in rows and snapshot.organisations[pk].kind in {"branch", "joint_branch"}
            for path, name, code in [rows[pk]]
            if any(path.startswith(prefix) for prefix in self.within)
        }

    @cached_property
    def hidden(self) -> int:
        """How many persons of the selection stand in branches that have left the reader's subtrees since."""
        if all(self.selection.organisation.path.startswith(prefix) for prefix in self.within) and not self._moved:
            return 0
        everything = Roster(self.selection, self.books)
        return everything.total - self.total if self.is_kept else 0

    @cached_property
    def _moved(self) -> bool:
        snapshot = self.books.organisations.at(self.selection.day)
        return any(
            snapshot.organisations[pk].kind in {"branch", "joint_branch"} and pk not in self.places
            for pk in snapshot.subtree(self.selection.organisation.pk)
        )

    @cached_property
    def _differing(self) -> set[int] | None:
        """Persons for whom what is kept doesn't hold on the day; None when that is to be asked of everybody."""
        selection = self.selection
        stale = StaleBranch.objects.filter(year=selection.year, persons=True).values_list("branch_id", flat=True)
        if not self.places.keys().isdisjoint(stale.distinct()):
            return None
        return differing(self.books, year=selection.year, day=selection.day)

    @property
    def is_kept(self) -> bool:
        """Whether pages are read from what is kept, so that totals are known at once."""
        return self._differing is not None

    @cached_property
    def counts(self) -> dict[int, int]:
        """How many persons each branch has in the selection; only where `is_kept`."""
        rows = self._kept().order_by().values_list("branch_id").annotate(n=Count("pk"))
        counts = {pk: n for pk, n in rows if pk in self.places}
        for branch, extra in self._extra.items():
            counts[branch] = counts.get(branch, 0) + len(extra)
        return counts

    @cached_property
    def total(self) -> int:
        """How many persons the selection has; where nothing is kept, everybody is worked out."""
        return sum(self.counts.values()) if self.is_kept else sum(1 for _ in self.walk())

    def narrowed(self, only: frozenset[int]) -> "Roster":
        """The same roster of some persons alone; it shares what has been found out already."""
        known = self.selection.only
        wanted = only if known is None else only & known
        other = Roster(replace(self.selection, only=wanted), self.books, self.within)
        other.places = self.places
        other._differing = self._differing
        return other

    def person_ids(self) -> Iterator[int]:
        """The persons without an order and without their names, which is all that a recount needs."""
        if not self.is_kept:
            yield from (row.person_id for row in self.walk())
            return
        kept = self._kept().values_list("person_id", "branch_id").iterator(chunk_size=5000)
        yield from (person for person, branch in kept if branch in self.places)
        yield from (row.person_id for rows in self._extra.values() for row in rows)

    def standings(self, *, masks: Collection[int] | None = None) -> Iterator[tuple[int, int, int]]:
        """Person, branch and audiences as bits of everybody in the selection, in no order; of these masks alone."""
        rows = self._worked_out()
        yield from ((row.person_id, row.branch_id, row.mask) for row in rows if masks is None or row.mask in masks)
        if self.is_kept:
            kept = self._kept() if masks is None else self._kept().filter(audiences__in=masks)
            for person, branch, mask in kept.values_list("person_id", "branch_id", "audiences").iterator(2000):
                if branch is not None and branch in self.places:
                    yield person, branch, mask

    def tally(self) -> dict[tuple[int, int], int]:
        """How many persons stand in each branch with the same audiences as bits: `standings` without the persons."""
        counts = Counter((row.branch_id, row.mask) for row in self._worked_out())
        if self.is_kept:
            kept = self._kept().order_by().values_list("branch_id", "audiences").annotate(n=Count("pk"))
            for branch, mask, people in kept:
                if branch is not None and branch in self.places:
                    counts[branch, mask] += people
        return counts

    def _worked_out(self) -> Iterator[Row]:
        """Those who aren't read from what is kept."""
        return (row for rows in self._extra.values() for row in rows) if self.is_kept else self.walk()

    def walk(self, *, after: Cursor | None = None, reverse: bool = False, itself: bool = False) -> Iterator[Row]:
        """Persons after a cursor (with `itself`, from the one at it on), in order or in reverse."""
        branches = self._branches(after, reverse=reverse)
        past = _past(after, reverse=reverse, itself=itself)
        for batch in self._batches(branches):
            rows = self._read_kept(batch) if self.is_kept else self._work_out(batch)
            for branch in batch:
                ordered = sorted(rows.get(branch, ()), key=lambda r: (r.pinyin, r.person_id), reverse=reverse)
                yield from (row for row in ordered if past(row))

    def _branches(self, after: Cursor | None, *, reverse: bool) -> list[int]:
        branches = list(self.places)
        if self.is_kept:
            branches = [pk for pk in branches if self.counts.get(pk) or (after and pk == after[0])]
        if reverse:
            branches.reverse()
        if after is not None and after[0] in branches:
            branches = branches[branches.index(after[0]) :]
        return branches

    def _batches(self, branches: Iterable[int]) -> Iterator[list[int]]:
        """Branches that together hold about as many persons as one step reads; steps grow."""
        size, batch, held = FIRST_BATCH, [], 0
        for branch in branches:
            batch.append(branch)
            held += self.counts.get(branch, 0) if self.is_kept else 25
            if held >= size:
                yield batch
                size, batch, held = min(size * 4, LARGEST_BATCH), [], 0
        if batch:
            yield batch

    # What is kept.

    def _kept(self) -> QuerySet[PersonYear]:
        selection = self.selection
        rows = PersonYear.objects.filter(year=selection.year, due=True, **STATE_FILTERS[selection.state])
        if len(self.places) <= 2000:
            rows = rows.filter(branch__in=list(self.places))
        if selection.audience is not None:
            rows = rows.extra(where=["audiences & %s <> 0"], params=[1 << selection.audience.bit])
        if selection.text:
            rows = rows.filter(_named(selection.text, "person__"))
        if selection.only is not None:
            # Whole numbers stand in the statement itself: there may be more of them than SQLite takes parameters.
            ids = ",".join(map(str, selection.only))
            condition = f"coverage_personyear.person_id IN ({ids})"
            rows = rows.extra(where=[condition]) if ids else rows.none()  # noqa: S610
        if self._differing:
            rows = rows.exclude(person__in=self._differing)
        return rows

    def _read_kept(self, branches: Collection[int]) -> dict[int, list[Row]]:
        rows = (
            self._kept()
            .filter(branch__in=branches)
            .values_list(
                "person_id",
                "person__name",
                "person__pinyin",
                "branch_id",
                "covered",
                "fulfilled",
                "hours",
                "person_times",
                "missing",
                "audiences",
            )
        )
        found: dict[int, list[Row]] = defaultdict(list)
        for person, name, pinyin, branch, covered, fulfilled, hours, times, missing, mask in rows:
            if branch is not None:
                row = Row(person, name, pinyin, branch, covered, fulfilled, to_quarters(hours), times, missing, mask)
                found[branch].append(row)
        for branch in branches:
            found[branch].extend(self._extra.get(branch, ()))
        return found

    @cached_property
    def _extra(self) -> dict[int, list[Row]]:
        """Those for whom what is kept doesn't hold, worked out."""
        return self._rows_of(self._differing or (), self.places)

    # What isn't.

    def _work_out(self, branches: Collection[int]) -> dict[int, list[Row]]:
        day = self.selection.day
        members = Membership.objects.on(day).filter(organisation__in=branches).values_list("person_id", flat=True)
        return self._rows_of(fold(set(members)), set(branches))

    def _rows_of(self, person_ids: Collection[int], branches: Collection[int]) -> dict[int, list[Row]]:
        selection = self.selection
        ids = set(person_ids) if selection.only is None else set(person_ids) & selection.only
        found: dict[int, list[Row]] = defaultdict(list)
        if not ids:
            return found
        rows = Person.objects.filter(pk__in=ids)
        names = {
            pk: (name, pinyin)
            for pk, name, pinyin in (rows.filter(_named(selection.text)) if selection.text else rows).values_list(
                "pk", "name", "pinyin"
            )
        }
        years = PersonYears(self.books, year=selection.year, dates=[selection.day])
        for computed in years.compute(names.keys()):
            slot = computed.result.slots[-1]
            branch = slot.stand.branch
            if not slot.stand.due or branch is None or branch not in branches or computed.person_id not in names:
                continue
            row = Row(
                computed.person_id,
                *names[computed.person_id],
                branch,
                slot.covered,
                slot.fulfilled,
                slot.quarters,
                slot.person_times,
                [list(gap) for gap in computed.result.missing],
                slot.stand.mask,
            )
            if selection.takes(row):
                found[branch].append(row)
        return found


def _past(after: Cursor | None, *, reverse: bool, itself: bool) -> Callable[[Row], bool]:
    """Whether a row comes after the cursor; rows of later branches always do."""
    if after is None:
        return lambda row: True
    branch, person = after
    pinyin = Person.objects.filter(pk=person).values_list("pinyin", flat=True).first() or ""
    here = (pinyin, person)

    def past(row: Row) -> bool:
        if row.branch_id != branch:
            return True
        there = (row.pinyin, row.person_id)
        return (there < here if reverse else there > here) or (itself and there == here)

    return past


def _named(text: str, prefix: str = "") -> Q:
    lowered = text.lower().replace(" ", "")
    named = Q(**{f"{prefix}name__contains": text})
    if lowered.isascii():
        named |= Q(**{f"{prefix}pinyin__startswith": lowered}) | Q(**{f"{prefix}initials__startswith": lowered})
    return named


def _organisations(root: Organisation, wanted: set[int]) -> dict[int, tuple[str, str, str]]:
    """Path, name and code by id; most stand under the root still."""
    names = ("pk", "path", "name", "code")
    found = {pk: rest for pk, *rest in Organisation.objects.under(root).values_list(*names) if pk in wanted}
    if missing := wanted - found.keys():
        found.update((pk, rest) for pk, *rest in Organisation.objects.filter(pk__in=missing).values_list(*names))
    return {pk: (path, name, code) for pk, (path, name, code) in found.items()}
