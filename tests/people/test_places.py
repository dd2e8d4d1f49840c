"""Where an act stands in the trail: every record has a place in the tree, or a reason why not."""

import ast
from pathlib import Path

import pytest

import peixun
from peixun.kernel import periodic
from peixun.ledger import operations as ledger
from peixun.people.models import AuditEntry
from peixun.people.operations.opening import see_record
from peixun.people.queries.places import place_of_account, place_of_organisations, place_of_persons
from peixun.people.queries.scope import actor_of
from tests.factories.world import NOW, SYSTEM, account, build_world, post

WITHOUT = {
    ("catalog/operations.py", "add_topics"): "topics are everybody's",
    ("demo/accounts.py", "open_accounts"): "the whole demo city",
    ("demo/operations.py", "load_city"): "before there is a city",
    ("home/management/commands/backup.py", "work"): "the whole installation",
    ("home/management/commands/restore.py", "work"): "the whole installation",
    ("home/management/commands/restore.py", "finish"): "the whole installation",
    ("ledger/management/commands/ledger.py", "_export"): "the whole ledger",
    ("ledger/views/seals.py", "verify"): "the whole ledger",
    ("notices/operations/feeds.py", "renew_feed"): "one's own wish",
    ("notices/operations/feeds.py", "stop_feed"): "one's own wish",
    ("notices/operations/reading.py", "save_preference"): "one's own wish",
    ("people/operations/keys.py", "rotate_data_keys"): "the whole installation",
    ("people/operations/keys.py", "rotate_lookups"): "the whole installation",
}


def test_every_act_has_a_place_or_a_reason():
    root = Path(peixun.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                calls = (n for n in ast.walk(function) if isinstance(n, ast.Call))
                if any(
                    ast.unparse(c.func) == "audit.record" and "organisation_id" not in {k.arg for k in c.keywords}
                    for c in calls
                ):
                    found.add((path.relative_to(root).as_posix(), function.name))
    assert found == WITHOUT.keys()


def test_each_thing_that_is_deleted_by_time_is_registered():
    kept = {"old imports", "old scans", "sessions", "kept answers", "old messages"}
    assert kept <= periodic._registered.keys()


@pytest.mark.django_db
def test_the_place_is_the_lowest_that_holds_all():
    city = build_world()
    ids = city.organisations
    assert place_of_organisations([ids["T11a"]]) == ids["T11a"]
    assert place_of_organisations([ids["T11a"], ids["T11b"]]) == ids["T11"]
    assert place_of_organisations([ids["T11a"], ids["T12b"]]) == ids["C1"]
    assert place_of_persons(city.persons) == ids["R"]
    assert place_of_persons(city.persons[:3]) == ids["T11a"]
    assert place_of_organisations([]) is None
    office = account("office", role="office", organisation=city.organisation("T12"))
    assert place_of_account(office.pk) == ids["T12"]
    assert place_of_account(account("wang", person=city.person(0)).pk) == ids["T11a"]
    assert place_of_account(account("nobody").pk) is None


@pytest.mark.django_db
def test_a_reversal_and_a_look_at_a_record_are_found_where_the_person_belongs():
    city = build_world()
    entry = post(city, city.persons[1], on=NOW.date(), hours=2)
    ledger.reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    assert AuditEntry.objects.get(action="reverse").organisation.code == "T11a"
    office = actor_of(account("office", role="office", organisation=city.organisation("T11")), day=NOW.date())
    for _look in range(2):
        see_record(city.persons[1], by=office, at=NOW)
    see_record(city.persons[1], by=actor_of(account("own", person=city.person(1)), day=NOW.date()), at=NOW)
    [seen] = AuditEntry.objects.filter(action="see_record")
    assert (seen.account_id, seen.organisation.code) == (office.account_id, "T11a")
