"""A branch at one glance: who is on the roll today and how each one stands this year."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from peixun.coverage.models import PersonYear
from peixun.home.queries.states import YearState, year_states
from peixun.people.models import (
    MEMBER_KINDS,
    Membership,
    Organisation,
    Person,
    PersonAlias,
    Post,
    StatusKind,
    StatusPeriod,
)
from peixun.people.queries.scope import Actor, Permission

LISTED_BRANCHES = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a branch."""

    person: Person
    state: YearState
    post: str
    status: str

    @property
    def chip_label(self) -> str:
        """The words of the chip; whoever isn't due is named by the reason, where there is one."""
        return self.status if self.status and not self.state.due else self.state.label


@dataclass(frozen=True, slots=True)
class BranchSheet:
    """A branch's members, those who lack most first, and the counts that follow from them."""

    branch: Organisation
    members: list[Member]

    @property
    def due(self) -> int:
        """People due."""
        return sum(m.state.due for m in self.members)

    @property
    def covered(self) -> int:
        """People covered."""
        return sum(m.state.covered for m in self.members)

    @property
    def fulfilled(self) -> int:
        """People fulfilled."""
        return sum(m.state.fulfilled for m in self.members)

    @property
    def uncovered(self) -> list[Member]:
        """Who is due and not covered."""
        return [m for m in self.members if m.state.due and not m.state.covered]

    @property
    def owing(self) -> list[Member]:
        """Who is covered and still owes something."""
        return [m for m in self.members if m.state.covered and m.state.owes]


def branch_sheet(branch: Organisation, *, year: int, day: date) -> BranchSheet:
    """The sheet of a branch, in a fixed number of queries."""
    merged = PersonAlias.objects.filter(alias=OuterRef("person"))
    rows = (
        Membership.objects.on(day)
        .filter(~Exists(merged), organisation=branch)
        .select_related("person")
        .order_by("person__pinyin", "person_id")
    )
    persons = {row.person_id: row.person for row in rows}
    states = year_states(persons.keys(), paths=[branch.path], year=year, day=day)
    posts = Post.objects.on(day).filter(organisation=branch, person__in=persons)
    titles = {p.person_id: p.get_title_display() for p in posts}
    periods = StatusPeriod.objects.on(day).filter(person__in=persons).exclude(kind=StatusKind.FLOATING)
    reasons = {p.person_id: p.get_kind_display() for p in periods}
    members = [
        Member(person, states[pk], titles.get(pk, ""), reasons.get(pk, ""))
        for pk, person in persons.items()
        if pk in states
    ]
    return BranchSheet(branch, sorted(members, key=_urgency))


def _urgency(member: Member) -> int:
    # What is to be done stands first. Within it the roster's order stays: people aren't ranked by their hours.
    return {"missing": 0, "due-soon": 1, "done": 2, "not-due": 3}[member.state.chip]


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One branch among several."""

    branch: Organisation
    due: int
    covered: int
    fulfilled: int


def branch_lines(actor: Actor, root: Organisation, *, year: int, name: str = "") -> list[BranchLine]:
    """Branches of a subtree with their kept counts, the widest gap first, at most `LISTED_BRANCHES`; two queries."""
    branches = actor.organisations(Permission.SEE_PEOPLE).filter(
        path__startswith=root.path, kind__in=MEMBER_KINDS, closed_on__isnull=True
    )
    if name:
        branches = branches.filter(name__contains=name)
    counted = (
        PersonYear.objects.filter(year=year, due=True, branch__path__startswith=root.path)
        .values_list("branch_id")
        .annotate(n=Count("pk"), c=Count("pk", filter=Q(covered=True)), f=Count("pk", filter=Q(fulfilled=True)))
    )
    counts = {pk: numbers for pk, *numbers in counted.order_by()}
    lines = [BranchLine(b, *counts.get(b.pk, (0, 0, 0))) for b in branches]
    return sorted(lines, key=lambda line: (line.covered - line.due, line.branch.path))[:LISTED_BRANCHES]
