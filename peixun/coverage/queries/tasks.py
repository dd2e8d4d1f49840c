"""Whose task the missing are: those who are due and not covered, each with the committee that must train them.

Missing people have no training in the year itself; only where a five-year duty ends with the year, or a person's
running duties are to be named, are the credits of earlier years read, for those people alone.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from peixun.catalog.models import RequirementPeriod, Responsibility, ResponsibilityPack
from peixun.coverage.queries.books import Books
from peixun.coverage.queries.listing import Roster, Row
from peixun.coverage.rules import TIER_LEVELS, Duty, Step, Task, Training, duty_of, responsible
from peixun.ledger.queries.reading import activity_facts, effective_items
from peixun.people.models import Organisation, PersonAlias

NOBODY = "none"
"""Stands for the level of those for whom no rule says anything."""
REST = "rest"
"""Stands for the duty of those who fall back to the grassroots committee."""
Standing = tuple[int, int, int]
"""Person, branch, audiences as bits."""


class _Place(NamedTuple):
    """What tasks follow from in a branch: its line, the pack in force (0: none), its duties and their bits."""

    line: tuple[int, ...]
    pack: int
    duties: tuple[Duty, ...] | None
    bits: int


@dataclass
class TaskBook:
    """Whose task somebody is, by branch and audiences, in a year as the tree and the packs stand on a day.

    What a pack says and who answers for a level are found out once each: there may be a city of people to ask about.
    """

    books: Books
    year: int
    day: date
    _places: dict[int, _Place] = field(default_factory=dict)
    _packs: dict[int, tuple[Duty, ...]] = field(default_factory=dict)
    _decided: dict[tuple[int, int, frozenset[Training]], Task] = field(default_factory=dict)
    _since: dict[tuple[int, int, bool], int] = field(default_factory=dict)
    _responsible: dict[tuple[int, str], int | None] = field(default_factory=dict)

    def task(self, branch: int, mask: int, trained: frozenset[Training] = frozenset()) -> Task:
        """The task that a missing person of this branch and these audiences is."""
        place = self._place(branch)
        key = (place.pack, mask & place.bits, trained)
        decided = self._decided.get(key)
        if decided is None:
            decided = duty_of(mask=mask, duties=place.duties, year=self.year, trained=trained)
            self._decided[key] = decided
        if not decided.level:
            return decided
        return Task(decided.level, self._who(place.line, decided.level), decided.duty, decided.running)

    def of(self, standings: Iterable[Standing], *, with_running: bool = False) -> Iterator[tuple[Standing, Task]]:
        """The task of each. Running duties are exact only `with_running`, which reads more credits."""
        rows = list(standings)
        first, asked = self.year, []
        for person, branch, mask in rows:
            if since := self.looks_back(branch, mask, with_running=with_running):
                asked.append(person)
                first = min(first, since)
        trained = trained_before(asked, first=first, year=self.year) if asked else {}
        for row in rows:
            person, branch, mask = row
            yield row, self.task(branch, mask, trained.get(person, frozenset()))

    def looks_back(self, branch: int, mask: int, *, with_running: bool = False) -> int:
        """The first year whose training matters for whose task somebody is; 0 where no earlier year does."""
        place = self._place(branch)
        key = (place.pack, mask & place.bits, with_running)
        if key not in self._since:
            matter = [
                duty.period(self.year)[0]
                for duty in place.duties or ()
                if duty.five_years and mask >> duty.bit & 1 and (with_running or duty.binds(self.year))
            ]
            self._since[key] = min(matter, default=0)
        return self._since[key]

    def of_rows(self, rows: Iterable[Row]) -> dict[int, Task]:
        """The tasks of the missing among some rows, by person."""
        standings = [(row.person_id, row.branch_id, row.mask) for row in rows if not row.covered]
        return {person: task for (person, _branch, _mask), task in self.of(standings)}

    def _place(self, branch: int) -> _Place:
        place = self._places.get(branch)
        if place is None:
            line = self.books.organisations.at(self.day).line(branch)
            pack = self.books.packs.responsibilities(line, self.day)
            duties = self._duties(pack) if pack else None
            bits = sum({1 << duty.bit for duty in duties or ()})
            place = self._places[branch] = _Place(line, pack.pk if pack else 0, duties, bits)
        return place

    def _duties(self, pack: ResponsibilityPack) -> tuple[Duty, ...]:
        if pack.pk not in self._packs:
            self._packs[pack.pk] = tuple(
                Duty(
                    id=row.pk,
                    bit=row.audience.bit,
                    level=row.level,
                    five_years=row.period == RequirementPeriod.FIVE_YEARS,
                    only_untrained_above=row.only_untrained_above,
                    first_year=pack.since.year,
                )
                for row in pack.responsibilities.all()
            )
        return self._packs[pack.pk]

    def _who(self, line: tuple[int, ...], level: str) -> int | None:
        # Branches of one parent share all that answers for them.
        key = (line[-2] if len(line) > 1 else line[-1], level)
        if key not in self._responsible:
            organisations = self.books.organisations.at(self.day).organisations
            steps = [Step(pk, organisations[pk].level, organisations[pk].kind) for pk in line]
            self._responsible[key] = responsible(steps, level)
        return self._responsible[key]


def trained_before(person_ids: Collection[int], *, first: int, year: int) -> dict[int, frozenset[Training]]:
    """Which levels trained these persons in which years, from the first up to but without `year`.

    Credits of records merged into a person are the person's; reversed ones don't count.
    """
    wanted = set(person_ids)
    main = {a: p for a, p in PersonAlias.objects.values_list("alias_id", "person_id") if p in wanted}
    items = effective_items(wanted | main.keys(), first=date(first, 1, 1), last=date(year - 1, 12, 31))
    tiers = {row.id: row.dimensions[0] for row in activity_facts({item[1] for rows in items.values() for item in rows})}
    found: dict[int, set[Training]] = defaultdict(set)
    for person, rows in items.items():
        for day, activity, _quarters, _entry in rows:
            if level := TIER_LEVELS.get(tiers[activity]):
                found[main.get(person, person)].add((level, day.year))
    return {person: frozenset(trainings) for person, trainings in found.items()}


@dataclass(frozen=True, slots=True)
class Group:
    """So many people that one duty (None: the fall-back) makes an organisation's task; who they are."""

    duty: Responsibility | None
    person_ids: frozenset[int]


def group_key(duty: Duty | Responsibility | None) -> str:
    """What names the people of one duty in an address; those of the fall-back, which no duty names, are the rest."""
    return str(duty.id) if duty else REST


@dataclass(frozen=True, slots=True)
class ChildTasks:
    """A child organisation: how many of the missing are its own task, and how many that of organisations below it."""

    organisation: Organisation
    own: int
    below: int


@dataclass
class Tasks:
    """Whose task the missing of a subtree are, worked out when it is asked for; of a roster, whatever its state.

    The number of queries doesn't grow with the people.
    """

    roster: Roster

    @cached_property
    def book(self) -> TaskBook:
        """The answers for the roster's year and day."""
        selection = self.roster.selection
        return TaskBook(self.roster.books, selection.year, selection.day)

    @cached_property
    def _missing(self) -> Roster:
        missing = self.roster
        if missing.selection.state == "uncovered":
            return missing
        return Roster(replace(missing.selection, state="uncovered"), missing.books, missing.within)

    @cached_property
    def _tally(self) -> dict[tuple[int, int], int]:
        return self._missing.tally()

    @cached_property
    def _alike(self) -> dict[tuple[int, int], tuple[Task, int]]:
        """Whose task those are whose branch and audiences say it all, and how many; most of the missing do."""
        return {
            (branch, mask): (self.book.task(branch, mask), people)
            for (branch, mask), people in self._tally.items()
            if not self.book.looks_back(branch, mask)
        }

    @cached_property
    def _single(self) -> list[tuple[Standing, Task]]:
        """Whose task each of those is for whom earlier training matters."""
        masks = {mask for branch, mask in self._tally if (branch, mask) not in self._alike}
        if not masks:
            return []
        rows = self._missing.standings(masks=masks)
        return list(self.book.of(row for row in rows if row[1:] not in self._alike))

    @cached_property
    def _counts(self) -> Counter[Task]:
        counts = Counter(task for _row, task in self._single)
        for task, people in self._alike.values():
            counts[task] += people
        return counts

    @property
    def total(self) -> int:
        """How many are missing."""
        return sum(self._counts.values())

    @cached_property
    def levels(self) -> dict[str, int]:
        """How many are the task of each level; `NOBODY` where no rule says anything."""
        found: Counter[str] = Counter()
        for task, people in self._counts.items():
            found[task.level or NOBODY] += people
        return dict(found)

    @cached_property
    def organisations(self) -> dict[int | None, int]:
        """How many are the task of each organisation; None where it stands outside or no rule says anything."""
        found: Counter[int | None] = Counter()
        for task, people in self._counts.items():
            found[task.organisation] += people
        return dict(found)

    def _persons(self, wanted: Callable[[Task], bool]) -> Iterator[tuple[int, Task]]:
        yield from ((row[0], task) for row, task in self._single if wanted(task))
        places = {key: task for key, (task, _people) in self._alike.items() if wanted(task)}
        if places:
            for person, branch, mask in self._missing.standings(masks={mask for _branch, mask in places}):
                if (branch, mask) in places:
                    yield person, places[branch, mask]

    def persons(self, *, level: str = "", organisation: int | None = None, group: str = "") -> frozenset[int]:
        """The missing who are a level's task, or an organisation's, there by the duty of a group's key alone."""

        def wanted(task: Task) -> bool:
            return (
                (not level or (task.level or NOBODY) == level)
                and (organisation is None or task.organisation == organisation)
                and (not group or group == group_key(task.duty))
            )

        return frozenset(person for person, _task in self._persons(wanted))

    def own(self) -> list[Group]:
        """The selection's organisation's own task, by the duty that says so, in the order of the pack."""
        here = self.roster.selection.organisation.pk
        groups: dict[int | None, set[int]] = defaultdict(set)
        for person, task in self._persons(lambda task: task.organisation == here):
            groups[task.duty.id if task.duty else None].add(person)
        duties = Responsibility.objects.select_related("audience", "pack").in_bulk(pk for pk in groups if pk)
        found = [Group(duties.get(pk) if pk else None, frozenset(people)) for pk, people in groups.items()]
        return sorted(found, key=lambda g: (g.duty is None, g.duty.position if g.duty else 0))

    def children(self) -> list[ChildTasks]:
        """The organisations right below, those with most to do first; those without any task are left out."""
        selection = self.roster.selection
        snapshot = self.roster.books.organisations.at(selection.day)
        own: Counter[int] = Counter()
        below: Counter[int] = Counter()
        for organisation, people in self.organisations.items():
            line = snapshot.line(organisation) if organisation is not None else ()
            if selection.organisation.pk not in line[:-1]:
                continue
            child = line[line.index(selection.organisation.pk) + 1]
            (own if child == organisation else below)[child] += people
        rows = Organisation.objects.in_bulk(own.keys() | below.keys())
        listed = [ChildTasks(rows[pk], own[pk], below[pk]) for pk in own.keys() | below.keys()]
        return sorted(listed, key=lambda c: (-c.own - c.below, c.organisation.code))


def names_of(tasks: Iterable[Task]) -> dict[int, str]:
    """The names of the organisations that tasks name, by id; one query."""
    ids = {task.organisation for task in tasks if task.organisation is not None}
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class PersonTask:
    """One person's task with the names for it: the duty behind it (None: the fall-back) and those that still run."""

    task: Task
    organisation: str
    duty: Responsibility | None
    running: list[tuple[Responsibility, int]]


def person_task(book: TaskBook, standing: Standing) -> PersonTask:
    """Whose task one missing person is, with the duties of the levels above that run on."""
    _row, task = next(iter(book.of([standing], with_running=True)))
    ids = {running.duty.id for running in task.running} | ({task.duty.id} if task.duty else set())
    duties = Responsibility.objects.select_related("audience", "pack").in_bulk(ids)
    return PersonTask(
        task,
        names_of([task]).get(task.organisation or 0, ""),
        duties.get(task.duty.id) if task.duty else None,
        [(duties[running.duty.id], running.until) for running in task.running if running.duty.id in duties],
    )
