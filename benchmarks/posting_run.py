"""The two sides of the posting measurement."""

import random
from datetime import date

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.posting import BATCH, DAY, NOW, timed
from peixun.coverage.models import PersonYear
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.operations.writing import PERSON_YEAR_COLUMNS
from peixun.kernel import bulk
from peixun.ledger.models import CreditEntry
from peixun.ledger.operations import NewActivity, NewCredit, open_activities, post
from peixun.ledger.operations.posting import COLUMNS
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.organisations import NewOrganisation, found_organisations
from peixun.people.queries.scope import system_actor
from tests.factories.world import FOUNDED, World, add_rules

SYSTEM = system_actor()
TO_A_BRANCH = 23
PAST = 10
DAYS = [date.fromordinal(DAY.toordinal() + n) for n in range(100)]


def _city(branches: int) -> tuple[int, list[int]]:
    new = [NewOrganisation("R", "市委", "committee", "city", "", FOUNDED)]
    for number in range(branches):
        if number % 40 == 0:
            town = f"T{number // 40}"
            new.append(NewOrganisation(town, f"镇党委{town}", "committee", "township", "R", FOUNDED))
        new.append(
            NewOrganisation(f"B{number}", f"党支部{number}", "branch", "grassroots", town, FOUNDED, sector="village")
        )
    ids = found_organisations(new, by=SYSTEM, at=NOW)
    persons = enrol(
        [
            NewPerson(name="张三", organisation_id=ids[f"B{n}"], member_since=FOUNDED)
            for n in range(branches)
            for _ in range(TO_A_BRANCH)
        ],
        by=SYSTEM,
        at=NOW,
    )
    add_rules(World(organisations=ids))
    return ids["R"], persons


def run(*, rounds: int, branches: int) -> tuple[list[float], list[float]]:
    """Seconds of each round of our side and of the plain side."""
    call_command("migrate", verbosity=0)
    root, persons = _city(branches)
    activities = list(
        open_activities(
            [
                NewActivity("bench", "R", f"a{n}", "lecture", f"讲座{n}", root, "county", day, day, delivery="offline")
                for n, day in ((n, DAYS[n % len(DAYS)]) for n in range(rounds * 2 + PAST))
            ]
        ).values()
    )
    # A believable past: each person has some entries of the year already.
    for number in range(rounds * 2, rounds * 2 + PAST):
        for start in range(0, len(persons), BATCH):
            chunk = persons[start : start + BATCH]
            post(_credits(activities[number], chunk, DAYS[number % len(DAYS)]), by=SYSTEM, at=NOW)
    rebuild(2018)
    _settle()
    random.seed(1)
    ours, plain = [], []
    for number in range(rounds):
        # Each side has persons of its own: the second to touch a page of an index would find it warm and logged.
        both = random.sample(persons, 2 * BATCH)
        credits = _credits(activities[2 * number], both[:BATCH], DAYS[2 * number % len(DAYS)])
        ours.append(timed(lambda credits=credits: post(credits, by=SYSTEM, at=NOW)))
        rows, years = _ready_rows(activities[2 * number + 1], both[BATCH:])
        plain.append(timed(lambda rows=rows, years=years: _write_plain(rows, years)))
    refresh()
    return ours, plain


def _settle() -> None:
    """What PostgreSQL does by itself within minutes of such a load."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def _credits(activity: int, persons: list[int], day: date) -> list[NewCredit]:
    return [NewCredit("bench", "R", f"{activity}-{p}", p, activity, day, 8) for p in persons]


def _ready_rows(activity: int, persons: list[int]) -> tuple[list[list[object]], list[list[object]]]:
    stored = bulk.instant(NOW)
    rows: list[list[object]] = [
        [activity, p, DAY, 8, "bench", "R", f"{activity}-{p}", "", 1, None, "", stored, None, bytes(32)]
        for p in persons
    ]
    kept = PersonYear.objects.filter(person__in=persons, year=2018)
    years = [list(row) for row in kept.values_list(*PERSON_YEAR_COLUMNS)]
    for row in years:
        row[7], row[9] = int(row[7] * 4), "[]"
    return rows, years


def _write_plain(rows: list[list[object]], years: list[list[object]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _execute(cursor, CreditEntry, COLUMNS, rows, "")
        overwrite = ", ".join(f"{c} = excluded.{c}" for c in ("due", "covered", "fulfilled", "hours", "missing"))
        _execute(
            cursor, PersonYear, PERSON_YEAR_COLUMNS, years, f" ON CONFLICT (person_id, year) DO UPDATE SET {overwrite}"
        )


def _execute(cursor, model, names, rows, tail) -> None:
    fields = [model._meta.get_field(name) for name in names]
    columns = ", ".join(field.column for field in fields)
    head = f"INSERT INTO {model._meta.db_table} ({columns})"
    if connection.vendor == "postgresql":
        types = [field.db_type(connection).split("(")[0] for field in fields]
        arrays = ", ".join(f"%s::{'text' if t == 'jsonb' else t}[]" for t in types)
        picked = ", ".join(f"c{i}::{t}" if t == "jsonb" else f"c{i}" for i, t in enumerate(types))
        names_ = ", ".join(f"c{i}" for i in range(len(types)))
        cursor.execute(
            f"{head} SELECT {picked} FROM unnest({arrays}) AS t({names_}){tail}",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return
    values = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    flat = [v.isoformat() if v is DAY else v for row in rows for v in row]
    cursor.execute(f"{head} VALUES {values}{tail}", flat)
