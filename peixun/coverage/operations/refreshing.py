"""Refresh works off the notes of what is stale; rebuild starts from nothing. Both run the same function."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from operator import add

from django.db import connection, transaction
from django.db.models import Min

from peixun.coverage.models import PersonYear, RollUp, StaleBranch
from peixun.coverage.operations.writing import (
    Months,
    month_ends,
    to_months,
    write_person_years,
    write_roll_ups,
)
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.rules import WIDTH, Sums
from peixun.kernel import bulk
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Organisation
from peixun.people.queries.roll import fold

REFRESHING_LOCK = 7302
BRANCHES_AT_ONCE = 100
PERSONS_AT_ONCE = 5000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did."""

    branches: int
    rebuilt_years: tuple[int, ...]

    def __bool__(self) -> bool:
        """Whether there was anything to do: the background process asks every two seconds and logs what was."""
        return bool(self.branches or self.rebuilt_years)


def refresh(*, progress: Progress | None = None) -> Refreshed:
    """This operation will bring every kept figure up to date and remove the notes that it worked off.

    Each step is a transaction of its own; a note written meanwhile stays for the next refresh.
    """
    rebuilt = []
    for year in _years_noted_whole():
        rebuild(year, progress=progress)
        rebuilt.append(year)
    branches = 0
    while step := _refresh_some():
        branches += step
    return Refreshed(branches, tuple(rebuilt))


def _years_noted_whole() -> list[int]:
    rows = StaleBranch.objects.filter(branch__parent__isnull=True)
    return sorted(set(rows.values_list("year", flat=True)))


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFRESHING_LOCK])


@transaction.atomic
def _refresh_some() -> int:
    _lock()
    notes = list(StaleBranch.objects.order_by("id").values_list("id", "branch_id", "year", "persons")[:20000])
    if not notes:
        return 0
    year = notes[0][2]
    branches: dict[int, bool] = {}
    for _, branch, noted_year, persons in notes:
        if noted_year == year and (branch in branches or len(branches) < BRANCHES_AT_ONCE):
            branches[branch] = branches.get(branch, False) or persons
    done = [pk for pk, branch, noted_year, _ in notes if noted_year == year and branch in branches]
    books = current_books()
    _refresh_branches(books, year, branches)
    for chunk in bulk.chunks(done, 5000):
        StaleBranch.objects.filter(pk__in=chunk).delete()
    return len(branches)


def _refresh_branches(books: Books, year: int, branches: dict[int, bool]) -> None:
    dates = month_ends(year)
    years = PersonYears(books, year=year, dates=dates)
    sums = Sums(len(dates), books.audience_keys, frozenset(branches))
    persons = persons_of(branches, dates[0].replace(day=1), dates[-1])
    if any(branches.values()):
        write_person_years(years, persons, sums=sums)
    else:
        for computed in years.compute(persons):
            sums.add(computed.result)
    fresh = {key: to_months(flat) for key, flat in sums.totals().items()}
    kept = {
        (row.organisation_id, row.cut): row.months
        for row in RollUp.objects.filter(organisation__in=branches, year=year)
    }
    _apply(books, year, dates, fresh, kept)


def _apply(
    books: Books,
    year: int,
    dates: list[date],
    fresh: dict[tuple[int, str], Months],
    kept: dict[tuple[int, str], Months],
) -> None:
    """Write the branches' rows and pass the differences on to the organisations above them, month by month."""
    zero = [[0] * WIDTH for _ in dates]
    changed: list[tuple[int, str, Months]] = []
    above: dict[tuple[int, str], Months] = {}
    for branch, cut in fresh.keys() | kept.keys():
        now, before = fresh.get((branch, cut), zero), kept.get((branch, cut), zero)
        if now == before:
            continue
        changed.append((branch, cut, now))
        for index, day in enumerate(dates):
            difference = [a - b for a, b in zip(now[index], before[index], strict=True)]
            if any(difference):
                for organisation in books.organisations.kept_line(branch, day)[:-1]:
                    months = above.setdefault((organisation, cut), [[0] * WIDTH for _ in dates])
                    months[index] = _plus(months[index], difference)
    _add_kept(above, year)
    write_roll_ups(year, [*changed, *((o, cut, months) for (o, cut), months in above.items())])


def _plus(first: list[int], second: list[int]) -> list[int]:
    return [a + b for a, b in zip(first, second, strict=True)]


def _add_kept(above: dict[tuple[int, str], Months], year: int) -> None:
    rows = RollUp.objects.filter(organisation__in={organisation for organisation, _ in above}, year=year)
    for row in rows.select_for_update():
        key = (row.organisation_id, row.cut)
        if key in above:
            above[key] = [_plus(a, b) for a, b in zip(above[key], row.months, strict=True)]


def persons_of(branches: Iterable[int], first: date, last: date) -> set[int]:
    """Persons who belonged to these branches on at least one day from `first` to `last`."""
    found: set[int] = set()
    for chunk in bulk.chunks(branches, 5000):
        rows = Membership.objects.within(first, last).filter(organisation__in=chunk)
        found.update(rows.values_list("person_id", flat=True))
    return fold(found)


def rebuild(year: int, *, progress: Progress | None = None) -> None:
    """This operation will work out a year's figures from nothing and replace what was kept.

    Others may post meanwhile: nothing is locked while the figures are worked out. What they change leaves notes,
    and those that came in between are marked so that the next refresh works their persons out again.
    """
    seen = list(StaleBranch.objects.filter(year=year).values_list("pk", flat=True))
    bulk.analyse(CreditEntry, Membership)  # it often comes right after they were loaded
    books = current_books()
    dates = month_ends(year)
    years = PersonYears(books, year=year, dates=dates)
    sums = Sums(len(dates), books.audience_keys)
    persons = sorted(_persons_within(dates[0].replace(day=1), dates[-1]))
    for index in range(0, len(persons), PERSONS_AT_ONCE):
        with transaction.atomic():
            write_person_years(years, persons[index : index + PERSONS_AT_ONCE], sums=sums)
        if progress is not None:
            progress(min(index + PERSONS_AT_ONCE, len(persons)), len(persons))
    _replace(books, year, dates, sums, persons=set(persons), seen=seen)


@transaction.atomic
def _replace(books: Books, year: int, dates: list[date], sums: Sums, *, persons: set[int], seen: list[int]) -> None:
    _lock()
    gone = set(PersonYear.objects.filter(year=year).values_list("person_id", flat=True)) - persons
    for chunk in bulk.chunks(gone, 5000):
        PersonYear.objects.filter(year=year, person__in=chunk).delete()
    RollUp.objects.filter(year=year).delete()
    write_roll_ups(year, _with_ancestors(books, dates, sums.totals()))
    _ensure_root(books, year, dates)
    for notes in bulk.chunks(seen, 5000):
        StaleBranch.objects.filter(pk__in=notes).delete()
    StaleBranch.objects.filter(year=year).update(persons=True)


def _persons_within(first: date, last: date) -> Collection[int]:
    return fold(set(Membership.objects.within(first, last).values_list("person_id", flat=True)))


def _with_ancestors(
    books: Books, dates: list[date], totals: dict[tuple[int, str], list[int]]
) -> Iterable[tuple[int, str, Months]]:
    above: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0] * (WIDTH * len(dates)))
    snapshots = [books.organisations.at(day) for day in dates]
    for (branch, cut), flat in totals.items():
        lines = [snapshot.line(branch) for snapshot in snapshots]
        if all(line == lines[0] for line in lines):
            for organisation in lines[0][:-1]:
                above[organisation, cut] = list(map(add, above[organisation, cut], flat))
        else:
            for index, line in enumerate(lines):
                for organisation in line[:-1]:
                    row = above[organisation, cut]
                    for i in range(index * WIDTH, (index + 1) * WIDTH):
                        row[i] += flat[i]
        yield branch, cut, to_months(flat)
    for (organisation, cut), flat in above.items():
        yield organisation, cut, to_months(flat)


def _ensure_root(books: Books, year: int, dates: list[date]) -> None:
    # The root's row says that the year is kept, even when nobody is on the roll yet.
    root = Organisation.objects.filter(parent__isnull=True).first()
    if root is not None and not RollUp.objects.filter(organisation=root, year=year, cut="all").exists():
        write_roll_ups(year, [(root.pk, "all", [[0] * WIDTH for _ in dates])])


def rebuild_all(*, progress: Progress | None = None) -> list[int]:
    """This operation will rebuild every year that has entries, and those that are kept already."""
    first = CreditEntry.objects.aggregate(first=Min("happened_on"))["first"]
    years = set(RollUp.objects.filter(cut="all").values_list("year", flat=True).distinct())
    last = CreditEntry.objects.order_by("-happened_on").values_list("happened_on", flat=True).first()
    if first is not None and last is not None:
        years |= set(range(first.year, last.year + 1))
    for year in sorted(years):
        rebuild(year, progress=progress)
    return sorted(years)
