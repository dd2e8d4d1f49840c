"""Which closing an entry comes after, and the closings of one's scope."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from peixun.ledger.models import LateEntry, YearClosing
from peixun.people.models import Organisation
from peixun.people.queries.roll import load_roll
from peixun.people.queries.scope import Actor, Permission

PersonDay = tuple[int, date]


def closings_over(items: Collection[PersonDay]) -> dict[PersonDay, YearClosing]:
    """Of persons and days, those whose year is closed for the branch they belonged to on the day, with the nearest
    closing up its line as the tree stands today (ADR 0015). Days without a membership are nobody's and never closed.
    """
    years = {day.year for _, day in items}
    rows = YearClosing.objects.filter(year__in=years, reopened_at__isnull=True).select_related("organisation")
    closed: dict[tuple[int, int], YearClosing] = {(c.organisation_id, c.year): c for c in rows}
    if not closed:
        return {}
    closed_years = {year for _, year in closed}
    return _over([item for item in items if item[1].year in closed_years], closed)


def _over(items: Collection[PersonDay], closed: dict[tuple[int, int], YearClosing]) -> dict[PersonDay, YearClosing]:
    rolls = {pk: roll for roll in load_roll({person for person, _ in items}).values() for pk in roll.ids}
    branches: dict[PersonDay, int] = {}
    for person, day in items:
        roll = rolls.get(person)
        membership = roll.membership_on(day) if roll else None
        if membership is not None:
            branches[person, day] = membership.organisation_id
    paths = dict(Organisation.objects.filter(pk__in=set(branches.values())).values_list("pk", "path"))
    found: dict[PersonDay, YearClosing] = {}
    for item, branch in branches.items():
        line = (int(step) for step in reversed(paths[branch].strip("/").split("/")))
        nearest = next((closed[pk, item[1].year] for pk in line if (pk, item[1].year) in closed), None)
        if nearest is not None:
            found[item] = nearest
    return found


def closing_of(organisation: Organisation, year: int) -> YearClosing | None:
    """The closing in force for an organisation's year: its own, else the nearest above; None while it is open."""
    line = [int(step) for step in organisation.path.strip("/").split("/")]
    rows = YearClosing.objects.filter(organisation__in=line, year=year, reopened_at__isnull=True)
    return max(rows.select_related("organisation"), key=lambda c: line.index(c.organisation_id), default=None)


def closings_in_scope(actor: Actor) -> QuerySet[YearClosing]:
    """Closings of organisations of which the actor may see the coverage, the latest year first."""
    rows = YearClosing.objects.select_related("organisation", "closed_by", "reopened_by")
    return rows.filter(organisation__in=actor.organisations(Permission.SEE_COVERAGE))


def late_entries(closing: YearClosing) -> QuerySet[LateEntry]:
    """What was posted for a closing's year and subtree after it, until it was reopened; the latest first.

    What a closing further down the line noted counts for the one above it, too.
    """
    rows = LateEntry.objects.filter(
        closing__year=closing.year,
        closing__organisation__path__startswith=closing.organisation.path,
        entry__gt=closing.last_entry,
    )
    if closing.reopened_at is not None:
        rows = rows.filter(entry__posted_at__lte=closing.reopened_at)
    return rows.order_by("-entry_id")


def late_note(entry_id: int) -> LateEntry | None:
    """The note that an entry came after its year's closing, with the closing."""
    return LateEntry.objects.filter(entry=entry_id).select_related("closing__organisation").first()


@dataclass(frozen=True, slots=True)
class LateCount:
    """How many entries came after a closing: credits and reversals."""

    credits: int
    reversals: int


def late_count(closing: YearClosing) -> LateCount:
    """How many entries came after a closing."""
    rows = late_entries(closing)
    every = rows.count()
    credits = rows.filter(entry__hours__gt=0).count() if every else 0
    return LateCount(credits, every - credits)
