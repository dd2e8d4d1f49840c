"""Off-the-job classes (脱产培训班) of the year and who took part in them while they belonged to the subtree."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from peixun.catalog.models import ActivityKind, ProgrammeKind, Setting, Tier
from peixun.kernel import bulk
from peixun.kernel.dated import holds
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Audience, Level, PostTitle
from peixun.people.queries.roll import PersonRoll, load_roll
from peixun.reports.queries.activities import Held
from peixun.reports.queries.roll import Roll

GRASSROOTS = frozenset({Level.TOWNSHIP, Level.GRASSROOTS})
"""Levels whose organisations are grassroots ones."""


class ClassEntry(NamedTuple):
    """An effective entry of a class. `person` is whom a merged record was merged into.

    `belongs`: the person belonged to the subtree on the day; `secretary`: the person was secretary of a grassroots
    organisation on the day.
    """

    entry_id: int
    activity_id: int
    person: int
    day: date
    belongs: bool
    secretary: bool


def is_city_key(activity: Held) -> bool:
    """A key class of the city."""
    return activity.tier == Tier.CITY_KEY and activity.programme_kind == ProgrammeKind.KEY


def is_off_site(activity: Held) -> bool:
    """A special class that was held outside, at bases away from the classroom."""
    return activity.programme_kind == ProgrammeKind.SPECIAL and activity.setting == Setting.FIELD


def is_for_secretaries(activity: Held, audiences: dict[str, Audience]) -> bool:
    """A key or rotation class whose audience consists of secretaries (and not of first secretaries or others)."""
    audience = audiences.get(activity.audience)
    return (
        activity.programme_kind in {ProgrammeKind.KEY, ProgrammeKind.ROTATION}
        and audience is not None
        and audience.rule.get("posts") == [PostTitle.SECRETARY]
    )


def audience_book() -> dict[str, Audience]:
    """Audiences by key and by name: records name them either way."""
    rows = list(Audience.objects.all())
    return {a.name: a for a in rows} | {a.key: a for a in rows}


def year_classes(*, first: date, last: date) -> dict[int, Held]:
    """Classes with a programme that touch the days from `first` to `last`, by id, in the order of their days."""
    rows = Activity.objects.filter(
        kind=ActivityKind.CLASS,
        programme_kind__in=[ProgrammeKind.KEY, ProgrammeKind.SPECIAL, ProgrammeKind.ROTATION],
        starts_on__lte=last,
        ends_on__gte=first,
    ).order_by("starts_on", "id")
    return {row[0]: Held(*row) for row in rows.values_list(*Held._fields)}


def class_entries(activities: Iterable[int], *, roll: Roll, first: date, last: date) -> list[ClassEntry]:
    """Effective entries of these classes from `first` to `last`, of whomever, in the order of their ids."""
    rows: list[tuple[int, int, int, date]] = []
    for chunk in bulk.chunks(activities, 2000):
        entries = CreditEntry.objects.effective().happened(first, last).filter(activity__in=chunk)
        rows.extend(entries.values_list("pk", "activity_id", "person_id", "happened_on"))
    return placed(rows, roll=roll)


def placed(rows: list[tuple[int, int, int, date]], *, roll: Roll) -> list[ClassEntry]:
    """Entries, as id, activity, person and day, with where their persons stood on the day; in the order of ids."""
    rolls = load_roll({row[2] for row in rows})
    owners = {pk: person for person in rolls.values() for pk in person.ids}
    return sorted(_read(rows, owners, roll))


def _read(
    rows: Iterable[tuple[int, int, int, date]], owners: dict[int, PersonRoll], roll: Roll
) -> Iterator[ClassEntry]:
    known: dict[tuple[int, date], tuple[bool, bool]] = {}
    for entry, activity, pk, day in rows:
        owner = owners[pk]
        key = (owner.person_id, day)
        if key not in known:
            known[key] = (_belongs(owner, day, roll), _is_secretary(owner, day, roll))
        yield ClassEntry(entry, activity, owner.person_id, day, *known[key])


def _belongs(person: PersonRoll, day: date, roll: Roll) -> bool:
    """By membership; by post for somebody without one. The tree of the day counts, and that of the roll's day."""
    membership = person.membership_on(day)
    places = [membership.organisation_id] if membership else [p for _, p in _posts(person, day)]
    lines = roll.books.organisations.at(day)
    return any(place in roll.branches or roll.organisation.pk in lines.line(place) for place in places)


def _is_secretary(person: PersonRoll, day: date, roll: Roll) -> bool:
    organisations = roll.books.organisations.at(day).organisations
    return any(
        title == PostTitle.SECRETARY and place in organisations and organisations[place].level in GRASSROOTS
        for title, place in _posts(person, day)
    )


def _posts(person: PersonRoll, day: date) -> list[tuple[str, int]]:
    return [(p.title, p.organisation_id) for p in person.posts if holds(p.since, p.until, day)]
