"""Making the demo city, stage by stage, through the product's own operations."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from peixun.catalog.operations import add_topics, install_rules
from peixun.coverage.operations import rebuild_all
from peixun.demo.accounts import DemoAccount, open_accounts
from peixun.demo.changes import Changes
from peixun.demo.city import City
from peixun.demo.classes_2017 import Classes2017
from peixun.demo.classes_2018 import Classes2018
from peixun.demo.corrections import correct
from peixun.demo.office import fill_desks
from peixun.demo.people import NEVER, Population
from peixun.demo.places import read_places
from peixun.demo.posts import Appointments
from peixun.demo.size import Size, check_scale
from peixun.demo.studies import Roster, Studies, plans
from peixun.demo.temper import set_temper
from peixun.demo.units import ROOT, Founder, Unit
from peixun.demo.words.courses import SPECIAL_AUDIENCE
from peixun.demo.words.topics import TOPICS
from peixun.kernel import bulk
from peixun.ledger.operations import seal
from peixun.people.models import AuditEntry, Organisation
from peixun.people.operations import audit
from peixun.people.operations.audiences import NewAudience, save_audience
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.organisations import found_organisations
from peixun.people.operations.posts import appoint
from peixun.people.queries.scope import system_actor

Progress = Callable[[str, int, int], None]
T = TypeVar("T")
BRANCHES_AT_ONCE = 200
PERSONS_AT_ONCE = 20000


class DemoRefused(Exception):
    """The database holds something else. The text is for people."""


@dataclass(frozen=True, slots=True)
class DemoState:
    """What the database says about a demo city in it."""

    scale: float
    seed: int
    finished: bool


def demo_state() -> DemoState | None:
    """The demo city in the database, or None when it is empty. Raises DemoRefused for other data."""
    begun = AuditEntry.objects.filter(action="begin", subject="demo").order_by("id").first()
    if begun is None:
        if Organisation.objects.exists():
            raise DemoRefused(_("数据库里已有其他数据，演示城市只能装入空库"))
        return None
    finished = AuditEntry.objects.filter(action="finish", subject="demo").exists()
    return DemoState(begun.detail["scale"], begun.detail["seed"], finished)


def load_city(*, scale: float, seed: int, at: datetime, progress: Progress) -> list[DemoAccount]:
    """This operation will make the demo city in an empty database and return its accounts.

    The same scale and seed make the same city, but for instants, salts and password hashes. Each stage is one
    transaction. Raises ValueError for a scale out of range and DemoRefused when the database isn't empty.
    """
    check_scale(scale)
    if demo_state() is not None:
        raise DemoRefused(_("数据库里已有演示城市"))
    city = City(size=Size(scale), rng=random.Random(seed), by=system_actor(), at=at)  # noqa: S311 - no secrets
    _set_durable(durable=False)
    try:
        audit.record(by=city.by, at=at, action="begin", subject="demo", scale=scale, seed=seed)
        _organisations(city, progress)
        population = _people(city, progress)
        _changes(city, population, progress)
        _classes(city, progress)
        _studies(city, progress)
        accounts = _close(city, progress)
        audit.record(by=city.by, at=at, action="finish", subject="demo", entries=city.recorder.posted)
    finally:
        _set_durable(durable=True)
    return accounts


def _set_durable(*, durable: bool) -> None:
    # A demo that a power cut spoils is made anew: only this load may run without waiting for the disk. SQLite can't
    # change this within a transaction, such as a test's.
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")


@transaction.atomic
def _organisations(city: City, progress: Progress) -> None:
    founder = Founder(size=city.size, places=read_places(city.size), rng=city.rng)
    city.units = founder.plan()
    city.by_code = founder.by_code
    ids = found_organisations([unit.new() for unit in city.units], by=city.by, at=city.at)
    for unit in city.units:
        unit.id = ids[unit.code]
    set_temper(city)
    root = Organisation.objects.get(code=ROOT)
    install_rules(root, by=city.by, at=city.at)
    backbone = NewAudience(
        SPECIAL_AUDIENCE,
        "党务骨干（机关、非公企业、学校）",
        {"posts": ["secretary", "party_worker"], "sectors": ["organ", "non_public", "school"]},
    )
    save_audience(backbone, owner=root, by=city.by, at=city.at)
    add_topics(TOPICS, by=city.by, at=city.at)
    progress(_("党组织"), len(city.units), len(city.units))


@transaction.atomic
def _people(city: City, progress: Progress) -> Population:
    population = Population(size=city.size, rng=city.rng)
    total = city.size.members + city.size.left_in_2017
    waiting: list[NewPerson] = []
    done = 0
    ids: list[int] = []
    for unit in city.units:
        if unit.holds_members:
            city.rosters[unit], persons = population.branch(unit, unit.members)
            waiting += persons
        if len(waiting) >= PERSONS_AT_ONCE or (unit is city.units[-1] and waiting):
            ids += enrol(waiting, by=city.by, at=city.at)
            done += len(waiting)
            waiting = []
            progress(_("党员"), done, total)
    for member, pk in zip(city.members(), ids, strict=True):
        member.id = pk
    appointments = Appointments(size=city.size, units=city.units, rosters=city.rosters, rng=city.rng)
    city.cadre = appointments.fill()
    appoint(list(appointments.new_posts()), by=city.by, at=city.at)
    return population


@transaction.atomic
def _changes(city: City, population: Population, progress: Progress) -> None:
    changes = Changes(city, population)
    changes.make_2017()
    changes.make_2018()
    progress(_("异动"), 1, 1)


@transaction.atomic
def _classes(city: City, progress: Progress) -> None:
    Classes2017(city).hold_all()
    Classes2018(city).hold_all()
    city.recorder.flush()
    progress(_("培训班"), 1, 1)


@transaction.atomic
def _studies(city: City, progress: Progress) -> None:
    """Branch by branch with both years together, so that one person's entries lie next to each other."""
    years = [Studies(city, plan) for plan in plans()]
    rosters = [year.rosters() for year in years]
    branches = [unit for unit in city.units if unit.holds_members]
    for start in range(0, len(branches), BRANCHES_AT_ONCE):
        some = branches[start : start + BRANCHES_AT_ONCE]
        for year, roster in zip(years, rosters, strict=True):
            year.hold(_with_rosters(some, roster))
        progress(_("学时"), start + len(some), len(branches))
    city.recorder.flush()


def _with_rosters(units: list[Unit], rosters: dict[Unit, Roster]) -> list[tuple[Unit, Roster]]:
    return [(unit, rosters[unit]) for unit in units if unit in rosters]


def _close(city: City, progress: Progress) -> list[DemoAccount]:
    with transaction.atomic():
        correct(city)
        gaps = Counter(m.unit for m in city.members() if not m.earned[1] and m.until == NEVER)
        accounts = open_accounts(city, gaps=gaps)
        fill_desks(city, accounts)
    rebuild_all(progress=lambda done, total: progress(_("覆盖"), done, total))
    seal(at=city.at)
    bulk.analyse()
    progress(_("封存"), 1, 1)
    return accounts
