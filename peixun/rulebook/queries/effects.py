"""What a draft, or an audience as it would be saved, does to each year that it reaches."""

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from peixun.catalog.models import CreditPack, RequirementPack
from peixun.catalog.queries import PackBook, imagined
from peixun.catalog.rules import NewRequirementPack
from peixun.coverage.models import StructureStamp
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.supposing import Effect, suppose, years_between
from peixun.coverage.queries.years import kept_years
from peixun.ledger.models import CreditEntry
from peixun.people.models import Audience, AuditEntry, Membership, Organisation
from peixun.people.words import SEEING
from peixun.rulebook.models import PackDraft, Trial
from peixun.rulebook.queries.checking import New, check

IN_BACKGROUND = 5000
ROLL = ("person", "membership", "post")


def stamp() -> str:
    """What the figures stand on: tree, packs and audiences; the ledger; the roll. Equal stamps, equal results."""
    token = StructureStamp.objects.values_list("token", flat=True).first()
    entry = CreditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    acts = AuditEntry.objects.filter(subject__in=ROLL).exclude(action__in=SEEING)
    act = acts.order_by("-pk").values_list("pk", flat=True).first()
    return f"{token} {entry} {act}"


def is_large(owner: Organisation, today: date) -> bool:
    """Whether so many people are concerned that nobody should wait for a page."""
    return Membership.objects.on(today).filter(organisation__path__startswith=owner.path).count() > IN_BACKGROUND


def effects(trial: Trial, *, today: date, progress: Callable[[int, int], None]) -> list[dict[str, Any]]:
    """Each year that is reached, as JSON: amounts are `[due, covered, fulfilled, quarters]`, before and after.

    Raises ValueError for a draft that can't be read.
    """
    books = current_books()
    if trial.draft is not None:
        supposed, years, tried = _with_draft(books, trial.draft, today)
    else:
        supposed, years, tried = *_with_audience(books, trial.wanted, today), False
    found = []
    for index, year in enumerate(years):

        def tell(done: int, total: int, index: int = index) -> None:
            progress(index * total + done, len(years) * total)

        found.append(_as_json(suppose(books, supposed, under=trial.owner_id, year=year, progress=tell), tried=tried))
    return found


def _with_draft(books: Books, draft: PackDraft, today: date) -> tuple[Books, list[int], bool]:
    new = check(draft, today=today, people={}).new
    if new is None:
        raise ValueError("the draft has errors")
    # A pack of years to come finds nobody with hours: it is tried on this year instead, and the page says so.
    tried = new.since.year > today.year
    if tried:
        new = dataclasses.replace(new, since=date(today.year, 1, 1), until=None)
    packs = books.packs
    if tried:
        packs = _without_later(books.packs, new, draft.owner_id)
    supposed = Books(books.organisations, packs.supposing(imagined(new, draft.owner)), books.facts)
    last = min(new.until - timedelta(days=1), today) if new.until else today
    years = years_between(new.since.year, last.year, supposed=supposed)
    return supposed, sorted({*years, *([today.year] if new.since.year <= today.year == last.year else [])}), tried


def _without_later(packs: PackBook, new: New, owner: int) -> PackBook:
    """The book without the owner's packs of the year that the new one is tried on."""
    if isinstance(new, NewRequirementPack):
        return PackBook([p for p in packs.requirement_packs if not _meets(p, new, owner)], packs.credit_packs)
    return PackBook(packs.requirement_packs, [p for p in packs.credit_packs if not _meets(p, new, owner)])


def _meets(pack: RequirementPack | CreditPack, new: New, owner: int) -> bool:
    return pack.owner_id == owner and (pack.until is None or pack.until > new.since)


def audience_years(audience: Audience, today: date) -> list[int]:
    """The years whose figures rest on an audience: those kept in which a pack asks something of it."""
    packs = RequirementPack.objects.filter(requirements__audience=audience).distinct()
    spans = [(p.since.year, (p.until - timedelta(days=1)).year if p.until else today.year) for p in packs]
    years = {year for year in kept_years() if any(first <= year <= last for first, last in spans)}
    return sorted(year for year in years if year <= today.year)


def _with_audience(books: Books, wanted: dict[str, Any], today: date) -> tuple[Books, list[int]]:
    audience = Audience.objects.get(key=wanted["key"])
    audience.rule = wanted["rule"]
    supposed = Books(books.organisations.supposing(audience), books.packs, books.facts)
    return supposed, audience_years(audience, today)


def _as_json(effect: Effect, *, tried: bool) -> dict[str, Any]:
    return {
        "year": effect.year,
        "tried": tried,
        "persons": effect.persons,
        "before": list(effect.before),
        "after": list(effect.after),
        "children": [[child, list(before), list(after)] for child, (before, after) in sorted(effect.children.items())],
        "lost": effect.lost,
        "gained": effect.gained,
        "changed": effect.changed,
        "sample": [[person, list(before), list(after)] for person, before, after in effect.sample],
    }
