"""Every endpoint as every role: what lies outside one's grants looks as if it weren't there."""

from datetime import date

import pytest

from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Role
from peixun.people.queries.scope import ROLE_PERMISSIONS, Permission
from tests.factories.world import activity, post

DAY = date(2018, 5, 4)
READS = {
    "/coverage?org={code}&year=2018": Permission.SEE_COVERAGE,
    "/people?org={code}&year=2018": Permission.SEE_PEOPLE,
    "/organisations?org={code}": Permission.SEE_COVERAGE,
    "/activities?org={code}": Permission.SEE_COVERAGE,
}
OUTSIDE = ["R", "C2", "T21", "T21a", "nowhere"]


@pytest.mark.parametrize("role", [*Role.values, ""])
def test_reads_reach_as_far_as_the_grant(world, holder, role):
    api = holder(role, "C1")
    for path, permission in READS.items():
        granted = permission in ROLE_PERMISSIONS.get(role, ())
        for code in ("C1", "T11", "T11a"):
            assert api.get(path.format(code=code)).status_code == (200 if granted else 404), path
        for code in OUTSIDE:
            assert api.get(path.format(code=code)).status_code == 404, path


@pytest.mark.parametrize("role", [*Role.values, ""])
def test_records_reach_as_far_as_the_grant(world, holder, role):
    api = holder(role, "C1")
    granted = Permission.SEE_PEOPLE in ROLE_PERMISSIONS.get(role, ())
    inside, outside = world.persons[0], world.persons[-1]
    assert api.get(f"/people/{inside}/record?year=2018").status_code == (200 if granted else 404)
    assert api.get(f"/people/{outside}/record?year=2018").status_code == 404
    assert api.get("/people/999999999/record?year=2018").status_code == 404


def test_a_member_reads_their_own_record_and_no_other(world, holder):
    member = holder(person=world.person(3))
    post(world, world.persons[3], on=DAY, hours=2)
    assert member.get(f"/people/{world.persons[3]}/record?year=2018").json()["hours"] == "2.00"
    assert member.get(f"/people/{world.persons[4]}/record?year=2018").status_code == 404
    assert member.pages("/organisations") == member.pages("/activities") == []


def test_lists_without_an_organisation_stay_within_the_grant(world, county):
    activity(world, on=DAY)
    mine = activity(world, on=DAY, organiser_id=world.organisations["T12"])
    assert [row["id"] for row in county.pages("/activities")] == [mine]
    assert {row["code"][:2] for row in county.pages("/organisations")} <= {"C1", "T1"}


@pytest.mark.parametrize("role", [*Role.values, ""])
def test_only_importers_open_activities_and_post(world, holder, role):
    api = holder(role, "C1")
    granted = Permission.IMPORT in ROLE_PERMISSIONS.get(role, ())
    new = {
        "reference": "a1",
        "kind": "lecture",
        "title": "专题讲座",
        "organiser": "T11",
        "tier": "grassroots",
        "starts_on": "2018-05-04",
        "ends_on": "2018-05-04",
    }
    assert api.post("/activities", new).status_code == (201 if granted else 404)
    assert api.post("/activities", {**new, "organiser": "C2"}).status_code == 404
    theirs = activity(world, on=DAY, organiser_id=world.organisations["T11"])
    for person, activity_id, expected in (
        (world.persons[0], theirs, 200),
        (world.persons[-1], theirs, 422),
        (world.persons[0], activity(world, on=DAY), 422),
        (999999999, theirs, 422),
    ):
        item = {
            "reference": "r1",
            "happened_on": "2018-05-04",
            "hours": 2,
            "person_id": person,
            "activity_id": activity_id,
        }
        assert api.post("/credits", {"credits": [item]}).status_code == (expected if granted else 404)
    assert CreditEntry.objects.count() == (1 if granted else 0)
    assert Activity.objects.filter(source_kind="api").count() == (1 if granted else 0)


@pytest.mark.parametrize("role", [*Role.values, ""])
def test_only_offices_reverse_and_only_within_scope(world, holder, role):
    api = holder(role, "C1")
    granted = Permission.REVERSE in ROLE_PERMISSIONS.get(role, ())
    inside, outside = post(world, world.persons[0], on=DAY, hours=2), post(world, world.persons[-1], on=DAY, hours=2)
    assert api.post(f"/credits/{inside.pk}/reversal", {"reason": "重复"}).status_code == (201 if granted else 404)
    assert api.post(f"/credits/{outside.pk}/reversal", {"reason": "重复"}).status_code == 404
    assert api.post("/credits/999999999/reversal", {"reason": "重复"}).status_code == 404


def test_somebody_outside_looks_like_nobody(world, county):
    theirs = activity(world, on=DAY, organiser_id=world.organisations["T11"])
    answers = []
    for person in (world.persons[-1], 999999999):
        item = {"reference": "r1", "happened_on": "2018-05-04", "hours": 2, "person_id": person, "activity_id": theirs}
        answers.append(county.post("/credits", {"credits": [item]}).json())
    assert answers[0] == answers[1]
