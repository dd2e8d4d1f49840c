"""What happens when a room below says that something changed; always within its transaction."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import uuid4

from django.db.models import Q

from peixun.coverage.models import PersonYear, RollUp, StaleBranch, StructureStamp
from peixun.coverage.operations.writing import write_person_years
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.computing import PersonYears
from peixun.kernel import bulk
from peixun.kernel.hooks import Years
from peixun.people.models import Membership, Organisation

AT_ONCE = 5000
"""A change that touches more persons marks their figures stale; refresh recomputes them."""


def persons_changed(person_ids: Collection[int], years: Years) -> None:
    """This operation will recompute the person-years of these persons and note whose roll-ups are stale."""
    built = built_years()
    concerned = built if years is None else _with_later(years, built)
    at_once = len(person_ids) <= AT_ONCE
    books = current_books() if at_once and concerned else None
    for year in sorted(concerned):
        if year not in built:
            note_everything([year])
        elif books is None:
            _note_branches(_branches_in(person_ids, year), year, persons=True)
        else:
            branches = write_person_years(PersonYears(books, year=year, dates=[date(year, 12, 31)]), person_ids)
            _note_branches(branches, year, persons=False)


def everything_changed() -> None:
    """This operation will note that every kept figure is stale: the tree, an audience or a pack changed."""
    stamp_structure()
    note_everything(built_years())


def stamp_structure() -> None:
    """This operation will make every process look at the tree, the audiences and the packs again."""
    StructureStamp.objects.update_or_create(pk=1, defaults={"token": uuid4()})


def note_everything(years: Iterable[int]) -> None:
    """This operation will note that the figures of whole years are stale; a note on the root means everybody."""
    root = Organisation.objects.filter(parent__isnull=True).first()
    if root is None:
        return
    noted = set(StaleBranch.objects.filter(branch=root).values_list("year", flat=True))
    StaleBranch.objects.bulk_create(
        StaleBranch(branch=root, year=year, persons=True) for year in years if year not in noted
    )


def built_years() -> set[int]:
    """Years whose figures are kept."""
    return set(RollUp.objects.filter(organisation__parent__isnull=True).values_list("year", flat=True))


def _with_later(years: frozenset[int], built: set[int]) -> set[int]:
    # Carry-over and five-year counts reach into later years; recomputing those that are kept is cheap and safe.
    first = min(years)
    return set(years) | {year for year in built if year > first}


def _branches_in(person_ids: Collection[int], year: int) -> set[int]:
    branches: set[int] = set()
    for chunk in bulk.chunks(person_ids, 20000):
        rows = Membership.objects.filter(person__in=chunk).within(date(year, 1, 1), date(year, 12, 31))
        branches.update(rows.values_list("organisation_id", flat=True))
        kept = PersonYear.objects.filter(Q(person__in=chunk), year=year, branch__isnull=False)
        branches.update(b for b in kept.values_list("branch_id", flat=True) if b is not None)
    return branches


def _note_branches(branches: Collection[int], year: int, *, persons: bool) -> None:
    bulk.insert(StaleBranch, ("branch", "year", "persons"), [(b, year, persons) for b in sorted(branches)])
