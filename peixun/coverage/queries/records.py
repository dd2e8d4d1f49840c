"""One person's year as a whole: where they stand, what they owe, and every credit with what of it counts."""

from dataclasses import dataclass
from datetime import date

from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.queries.people import one_person
from peixun.coverage.rules import Slot, Weighed
from peixun.ledger.models import CreditEntry
from peixun.people.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class YearRecord:
    """A person's year up to a day. `missing` is `[requirement id, quarters, concentrated]` each."""

    person: Person
    branch: Organisation | None
    slot: Slot
    missing: list[list[int]]
    credits: list[tuple[CreditEntry, Weighed]]


def record_of(person_id: int, *, year: int, day: date) -> YearRecord | None:
    """The year of a person, worked out afresh at a day; None for somebody unknown or merged into another."""
    books = current_books()
    computed = one_person(person_id, year=year, day=day, books=books)
    if computed is None:
        return None
    weighed = dict(PersonYears(books, year=year, dates=[day]).weighed([person_id])).get(person_id, [])
    rows = CreditEntry.objects.select_related("activity__organiser")
    entries = rows.in_bulk([w.item.entry_id for w in weighed])
    slot = computed.result.slots[-1]
    branch = slot.stand.branch
    return YearRecord(
        person=Person.objects.get(pk=person_id),
        branch=Organisation.objects.filter(pk=branch).first() if branch is not None else None,
        slot=slot,
        missing=[list(gap) for gap in computed.result.missing],
        credits=[(entries[w.item.entry_id], w) for w in weighed],
    )
