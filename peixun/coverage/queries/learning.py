"""A person's learning record (学习档案): what each requirement still asks, and every credit of every year."""

from dataclasses import dataclass
from datetime import date

from django.db.models.functions import ExtractYear

from peixun.catalog.models import Requirement
from peixun.coverage.queries.books import Books
from peixun.coverage.queries.computing import Computed, PersonYears
from peixun.coverage.rules import Progress, RequirementRule, Weighed
from peixun.kernel.dated import holds
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Person, PersonAlias, Post, StatusPeriod


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement with what has been done for it; hours in quarters."""

    requirement: Requirement
    earned: int
    needed: int
    days: int
    concentrated: int
    within: list[tuple[str, int, int]]
    met: bool
    counts_this_year: bool


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One entry of the ledger; `weighed` says what of it counts, `reversal` cancelled it."""

    entry: CreditEntry
    weighed: Weighed | None
    reversal: CreditEntry | None


@dataclass(frozen=True, slots=True)
class LearningYear:
    """A year up to its day: where the person stands, what is asked, every credit, the latest first."""

    year: int
    day: date
    computed: Computed
    asked: list[Asked]
    credits: list[CreditLine]

    @property
    def due(self) -> bool:
        """Whether the person is due on the day."""
        return self.computed.result.slots[-1].stand.due

    @property
    def covered(self) -> bool:
        """Whether any hours count."""
        return self.computed.result.slots[-1].covered

    @property
    def fulfilled(self) -> bool:
        """Whether every requirement of the year is met."""
        return self.computed.result.slots[-1].fulfilled

    @property
    def quarters(self) -> int:
        """Hours that count, in quarters."""
        return self.computed.result.slots[-1].quarters

    @property
    def person_times(self) -> int:
        """Activities attended."""
        return self.computed.result.slots[-1].person_times


def own_ids(person_id: int) -> list[int]:
    """The person's record and those that were merged into it."""
    return [person_id, *PersonAlias.objects.filter(person=person_id).values_list("alias_id", flat=True)]


def learning_years(person_id: int, *, today: date) -> list[int]:
    """Years with credits, and the one that runs, the latest first."""
    rows = CreditEntry.objects.filter(person__in=own_ids(person_id)).order_by()
    years = set(rows.annotate(y=ExtractYear("happened_on")).values_list("y", flat=True).distinct())
    return sorted(years | {today.year}, reverse=True)


def learning_year(person_id: int, *, year: int, day: date, books: Books) -> LearningYear | None:
    """One year of a person, worked out afresh; None for somebody unknown or merged into another."""
    years = PersonYears(books, year=year, dates=[day])
    computed = next((c for c in years.compute([person_id]) if c.person_id == person_id), None)
    if computed is None:
        return None
    weighed = {w.item.entry_id: w for w in dict(years.weighed([person_id])).get(person_id, [])}
    rows = CreditEntry.objects.filter(person__in=own_ids(person_id), hours__gt=0)
    entries = rows.happened(date(year, 1, 1), day).select_related("activity__organiser").order_by("-happened_on", "-pk")
    listed = list(entries)
    reversals = {r.reverses_id: r for r in CreditEntry.objects.filter(reverses__in=[e.pk for e in listed])}
    return LearningYear(
        year=year,
        day=day,
        computed=computed,
        asked=_asked(computed, year),
        credits=[CreditLine(e, weighed.get(e.pk), reversals.get(e.pk)) for e in listed],
    )


def _asked(computed: Computed, year: int) -> list[Asked]:
    stand = computed.result.slots[-1].stand
    rows = Requirement.objects.select_related("pack", "audience").in_bulk(r.id for r in stand.requirements)
    return [_one(rows[rule.id], rule, computed.result.progress, year) for rule in stand.requirements if rule.id in rows]


def _one(row: Requirement, rule: RequirementRule, progress: Progress, year: int) -> Asked:
    extra = progress.earlier if rule.five_years else progress.carried
    return Asked(
        requirement=row,
        earned=progress.quarters + extra,
        needed=rule.min_quarters,
        days=len(progress.days),
        concentrated=len(progress.concentrated),
        within=[(cut, (progress.by_cut or {}).get(cut, 0), least) for cut, least in rule.within],
        met=progress.shortfall(rule) is None,
        counts_this_year=rule.counts_in(year),
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """Something dated about a person: a membership, a post, a status."""

    since: date
    until: date | None
    kind: str
    title: str
    place: str
    note: str
    now: bool


def stages(person: Person, *, day: date) -> list[Stage]:
    """Memberships, posts and statuses, the latest first."""
    ids = own_ids(person.pk)
    found = [
        Stage(
            m.since,
            m.until,
            "membership",
            m.get_status_display(),
            m.organisation.name,
            "",
            holds(m.since, m.until, day),
        )
        for m in Membership.objects.filter(person__in=ids).select_related("organisation")
    ]
    found += [
        Stage(
            p.since, p.until, "post", p.get_title_display(), p.organisation.name, p.rank, holds(p.since, p.until, day)
        )
        for p in Post.objects.filter(person__in=ids).select_related("organisation")
    ]
    found += [
        Stage(s.since, s.until, "status", s.get_kind_display(), "", s.reason, holds(s.since, s.until, day))
        for s in StatusPeriod.objects.filter(person__in=ids)
    ]
    return sorted(found, key=lambda s: (s.since, s.kind), reverse=True)
