"""What coverage says of closed years: the figures then and now, and what each late entry did."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import PersonYears
from peixun.coverage.queries.position import Count
from peixun.ledger.models import CLOSING_LEVELS, CreditEntry, LateEntry, YearClosing
from peixun.people.models import Account, Membership, Organisation, Person, PersonAlias
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import belonging


@dataclass(frozen=True, slots=True)
class Late:
    """One entry after a closing. `person` is None for whoever may not see names; `covered` and `fulfilled` say how
    the person stood from what was entered by the closing, and how now: `(before, after)`.
    """

    note: LateEntry
    person: Person | None
    posted_by: Account | None
    covered: tuple[bool, bool]
    fulfilled: tuple[bool, bool]

    @property
    def entry(self) -> CreditEntry:
        """The entry itself."""
        return self.note.entry


def figures_then(closing: YearClosing) -> Count:
    """The figures that were kept at the closing."""
    return Count(**closing.figures)


def describe_late(
    notes: Collection[LateEntry], closing: YearClosing, *, named: Collection[str], books: Books
) -> list[Late]:
    """Late entries with who, by whom, and what all that came late for the person did to how they are counted.

    Persons are named where they belong or belonged to one of the subtrees `named`.
    """
    persons = {note.entry.person_id for note in notes}
    before = _standing(persons, closing, books, known=True)
    after = _standing(persons, closing, books, known=False)
    accounts = Account.objects.in_bulk({n.entry.posted_by for n in notes if n.entry.posted_by is not None})
    seen = Membership.objects.filter(belonging(named), person__in=persons)
    known = set(seen.values_list("person_id", flat=True))
    nobody = (False, False)
    return [
        Late(
            note,
            note.entry.person if note.entry.person_id in known else None,
            accounts.get(note.entry.posted_by or 0),
            (before.get(note.entry.person_id, nobody)[0], after.get(note.entry.person_id, nobody)[0]),
            (before.get(note.entry.person_id, nobody)[1], after.get(note.entry.person_id, nobody)[1]),
        )
        for note in notes
    ]


def _standing(
    persons: Iterable[int], closing: YearClosing, books: Books, *, known: bool
) -> dict[int, tuple[bool, bool]]:
    """Whether persons, under every record they have, are covered and have fulfilled at the end of the year."""
    known_at = closing.closed_at if known else None
    years = PersonYears(books, year=closing.year, dates=[date(closing.year, 12, 31)], known_at=known_at)
    found = {}
    aliases = dict(PersonAlias.objects.filter(alias__in=persons).values_list("alias_id", "person_id"))
    computed = {c.person_id: c.result.slots[-1] for c in years.compute(set(persons))}
    for person in persons:
        slot = computed.get(aliases.get(person, person))
        if slot is not None:
            found[person] = (slot.covered, slot.fulfilled)
    return found


def closable(actor: Actor) -> tuple[list[Organisation], list[Organisation]]:
    """The organisations whose years the actor may close: those at the head of what is granted, and those below."""
    rows = actor.organisations(Permission.CLOSE_YEAR).open().filter(level__in=CLOSING_LEVELS)
    heads: list[Organisation] = []
    below: list[Organisation] = []
    for row in rows.order_by("path"):
        (below if any(row.path.startswith(head.path) for head in heads) else heads).append(row)
    return heads, below
