"""The record of an organisation."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peixun.people.models import Organisation
from peixun.people.operations.organisation_ends import merge_organisations
from peixun.people.operations.organisations import change_organisation
from peixun.people.queries.organisation_record import organisation_record
from tests.factories.world import NOW, SYSTEM, account
from tests.home.conftest import signed_in

DAY = date(2018, 6, 30)


def _record(world, code: str):
    return organisation_record(world.organisation(code), day=DAY)


def test_a_record_names_what_stands_above_and_below_and_who_holds_the_posts(world):
    record = _record(world, "T11")
    assert [o.code for o in record.line] == ["R", "C1"]
    assert [o.code for o in record.children] == ["T11a", "T11b"]
    assert [p.person_id for p in _record(world, "T11a").posts] == [world.persons[0]]


def test_the_history_tells_names_and_places(world):
    branch = world.organisation("T11a")
    change_organisation(branch, on=date(2016, 5, 1), by=SYSTEM, at=NOW, name="前进村党支部")
    change_organisation(branch, on=date(2017, 5, 1), by=SYSTEM, at=NOW, parent=world.organisation("T12"))
    events = [(e.on.year, e.title, e.text, e.other and e.other.code) for e in _record(world, "T11a").events]
    assert events == [
        (2017, "改变隶属关系，上级党组织为", "", "T12"),
        (2016, "更名", "11a村党支部 更名为 前进村党支部", None),
        (1990, "成立", "11a村党支部", "T11"),
    ]


def test_a_merger_shows_on_both_sides(world):
    merge_organisations(world.organisation("T11b"), world.organisation("T11a"), on=date(2018, 4, 1), by=SYSTEM, at=NOW)
    kept, gone = _record(world, "T11a").events[0], _record(world, "T11b").events
    assert (kept.title, kept.other.code) == ("有党组织并入：", "T11b")
    assert {(e.title, e.other and e.other.code) for e in gone} >= {("并入：", "T11a"), ("撤销", None)}


def test_the_page_costs_a_fixed_number_of_queries(world):
    client = signed_in(account("office", role="office", organisation=world.root))
    client.get("/people/organisations/R/")
    counts = []
    for code in ("R", "T11", "T11a"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/people/organisations/{code}/").status_code == 200
        counts.append(len(queries))
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= 13


@pytest.mark.parametrize(
    ("role", "sees"), [("office", True), ("auditor", True), ("leader", False), ("administrator", False)]
)
def test_posts_are_shown_to_those_who_see_people(world, role, sees):
    client = signed_in(account(role, role=role, organisation=world.root))
    page = client.get("/people/organisations/T11a/").content.decode()
    assert (world.person(0).name in page) is sees


def test_what_lies_above_the_scope_is_not_linked(world):
    client = signed_in(account("office", role="office", organisation=world.organisation("C1")))
    path = client.get("/people/organisations/T11/").context["path"]
    assert [place["name"] for place in path] == ["第1县委", "11镇党委"]
    assert Organisation.objects.get(code="R").name not in [place["name"] for place in path]
