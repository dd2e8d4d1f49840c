"""What a draft, an audience as it would be saved, or the end of a pack does to each year that it reaches."""

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from peixun.catalog.models import CreditPack, RequirementPack, ResponsibilityPack
from peixun.catalog.queries import PackBook, imagined
from peixun.catalog.rules import NewCreditPack, NewRequirementPack, NewResponsibilityPack
from peixun.coverage.models import StructureStamp
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.supposing import Effect, suppose, years_between
from peixun.coverage.queries.years import kept_years
from peixun.ledger.models import CreditEntry
from peixun.people.models import Audience, AuditEntry, Membership, Organisation
from peixun.people.words import SEEING
from peixun.rulebook.models import DraftState, PackDraft, Trial
from peixun.rulebook.queries.checking import Pack, check, kind_of, model_of

IN_BACKGROUND = 5000
DAY = timedelta(days=1)
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
    found = _supposed(trial, books, today)
    if found is None:
        return []
    supposed, years, tried = found
    results = []
    for index, year in enumerate(years):

        def tell(done: int, total: int, index: int = index) -> None:
            progress(index * total + done, len(years) * total)

        effect = suppose(books, supposed, under=trial.owner_id, year=year, progress=tell)
        results.append(_as_json(effect, tried=tried))
    return results


Supposed = tuple[Books, list[int], bool]
"""The books as they would be, the years to look at, and whether this year stands for one to come."""


def _supposed(trial: Trial, books: Books, today: date) -> Supposed | None:
    """None for what changes no figure: who trains whom."""
    if trial.draft is not None:
        return _with_draft(books, trial.draft, today)
    if "pack" in trial.wanted:
        return _without_pack(books, trial.wanted, today)
    return *_with_audience(books, trial.wanted, today), False


def _with_draft(books: Books, draft: PackDraft, today: date) -> Supposed | None:
    checked = check(draft, today=today, people={})
    new = checked.new
    if new is None:
        raise ValueError("the draft has errors")
    if isinstance(new, NewResponsibilityPack):
        return None
    # A pack of years to come finds nobody with hours: it is tried on this year instead, and the page says so.
    tried = new.since.year > today.year
    packs, last = books.packs, min(checked.until - DAY, today) if checked.until else today
    if tried:
        new = dataclasses.replace(new, since=date(today.year, 1, 1), until=None)
        packs, last = _without_later(books.packs, new, draft.owner_id), today
    supposed = Books(books.organisations, packs.supposing(imagined(new, draft.owner)), books.facts)
    return supposed, _years(new.since, last, today, supposed), tried


def _years(first: date, last: date, today: date, supposed: Books) -> list[int]:
    years = years_between(first.year, last.year, supposed=supposed)
    return sorted({*years, *([today.year] if first.year <= today.year == last.year else [])})


def wanted_pack(wanted: dict[str, Any]) -> Pack:
    """The pack whose end is tried out. Raises ValueError when it is gone."""
    kind, pk = wanted["pack"]
    pack: Pack | None = model_of(kind).objects.select_related("owner").filter(pk=pk).first()
    if pack is None:
        raise ValueError("the pack is gone")
    return pack


def reopened_by(pack: Pack) -> tuple[PackDraft | None, tuple[Pack, date | None] | None]:
    """The draft that a pack was, and the pack that would run on without it, with the end that it had."""
    kind = kind_of(pack)
    draft = PackDraft.objects.filter(kind=kind, published=pack.pk, state=DraftState.PUBLISHED).first()
    if draft is None or draft.cut is None:
        return draft, None
    cut = model_of(kind).objects.filter(pk=draft.cut, owner=pack.owner_id, until=pack.since).first()
    return draft, (cut, draft.cut_until) if cut is not None else None


def _without_pack(books: Books, wanted: dict[str, Any], today: date) -> Supposed | None:
    pack = wanted_pack(wanted)
    if isinstance(pack, ResponsibilityPack):
        return None
    first = date.fromisoformat(wanted["on"]) if wanted["act"] == "end" else pack.since
    last = min(pack.until - DAY, today) if pack.until else today
    known = next(p for p in (*books.packs.requirement_packs, *books.packs.credit_packs) if p == pack)
    if wanted["act"] == "end":
        packs = books.packs.with_end(known, first)
    else:
        packs = books.packs.without(known)
        _draft, earlier = reopened_by(pack)
        if earlier is not None and not isinstance(earlier[0], ResponsibilityPack):
            again = next(p for p in (*packs.requirement_packs, *packs.credit_packs) if p == earlier[0])
            packs = packs.with_end(again, earlier[1])
    supposed = Books(books.organisations, packs, books.facts)
    return supposed, _years(first, last, today, supposed), False


def _without_later(packs: PackBook, new: NewRequirementPack | NewCreditPack, owner: int) -> PackBook:
    """The book without the owner's packs of the year that the new one is tried on."""
    if isinstance(new, NewRequirementPack):
        return PackBook([p for p in packs.requirement_packs if not _meets(p, new, owner)], packs.credit_packs)
    return PackBook(packs.requirement_packs, [p for p in packs.credit_packs if not _meets(p, new, owner)])


def _meets(pack: RequirementPack | CreditPack, new: NewRequirementPack | NewCreditPack, owner: int) -> bool:
    return pack.owner_id == owner and (pack.until is None or pack.until > new.since)


def audience_years(audience: Audience, today: date) -> list[int]:
    """The years whose figures rest on an audience: those kept in which a pack asks something of it."""
    packs = RequirementPack.objects.filter(requirements__audience=audience).distinct()
    spans = [(p.since.year, (p.until - DAY).year if p.until else today.year) for p in packs]
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
