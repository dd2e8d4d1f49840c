"""The secretary's branch on one phone screen."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peixun.coverage.models import PersonYear, StaleBranch
from peixun.people.models import StatusPeriod
from peixun.people.operations.enrolment import NewPerson, enrol
from tests.factories.world import NOW, SYSTEM, post

BRANCH = "/branch/T11a/"


def _sheet(client):
    return client.get(BRANCH).context["sheet"]


def test_the_branch_says_who_is_missing_and_what_each_still_owes(city, as_role):
    post(city, city.persons[1], on=date(2018, 3, 1), hours=8)
    post(city, city.persons[2], on=date(2018, 3, 1), hours=32)
    response = as_role("branch").get(BRANCH)
    sheet = response.context["sheet"]
    assert (sheet.due, sheet.covered, sheet.fulfilled) == (5, 2, 1)
    assert {m.person.pk for m in sheet.uncovered} == {city.persons[0], city.persons[3], city.persons[4]}
    assert [m.person.pk for m in sheet.owing] == [city.persons[1]]
    page = response.content.decode()
    assert "还差 56 学时、集中培训 1 次" in page
    assert "还差 24 学时" in page
    assert f"/coverage/person/{city.persons[3]}/" in page


def test_whoever_is_not_due_is_named_with_the_reason(city, as_role):
    StatusPeriod.objects.create(person_id=city.persons[3], kind="lost", since=date(2018, 1, 1))
    StaleBranch.objects.create(branch=city.organisation("T11a"), year=2018, persons=True)
    response = as_role("branch").get(BRANCH)
    assert response.context["sheet"].due == 4
    assert "失联党员" in response.content.decode()


@pytest.mark.parametrize("noted", ["T11a", "R"])
def test_figures_that_lag_are_worked_out_afresh(city, as_role, noted):
    post(city, city.persons[1], on=date(2018, 3, 1), hours=8)
    PersonYear.objects.update(covered=False)
    client = as_role("branch")
    assert _sheet(client).covered == 0
    StaleBranch.objects.create(branch=city.organisation(noted), year=2018, persons=True)
    assert _sheet(client).covered == 1


def test_a_year_that_was_never_kept_is_worked_out(city, as_role):
    PersonYear.objects.all().delete()
    assert _sheet(as_role("branch")).due == 5


def test_the_number_of_queries_does_not_grow_with_the_branch(city, as_role):
    client = as_role("branch")
    client.get(BRANCH)
    with CaptureQueriesContext(connection) as few:
        client.get(BRANCH)
    place = city.organisations["T11a"]
    new = [NewPerson(name=f"李{n}", organisation_id=place, member_since=date(2011, 1, 1)) for n in range(40)]
    enrol(new, by=SYSTEM, at=NOW)
    with CaptureQueriesContext(connection) as many:
        assert len(_sheet(client).members) == 45
    assert len(many) == len(few) == 16


def test_the_secretary_of_more_chooses_a_branch_the_widest_gap_first(city, as_role):
    for person in city.persons[:5]:
        post(city, person, on=date(2018, 3, 1), hours=8)
    client = as_role("secretary")
    lines = client.get("/branch/").context["lines"]
    assert [line.branch.code for line in lines] == ["T11b", "T12a", "T12b", "T11a"]
    assert (lines[0].due, lines[0].covered, lines[-1].covered) == (5, 0, 5)
    only = client.get("/branch/?q=12a").context["lines"]
    assert [line.branch.code for line in only] == ["T12a"]
    assert "没有找到支部" in client.get("/branch/?q=火星").content.decode()


def test_the_secretary_of_one_branch_is_led_to_it(as_role):
    assert as_role("branch").get("/branch/").url == BRANCH


def test_somebody_without_a_branch_is_led_to_the_start_page(as_role):
    assert as_role("member").get("/branch/").url == "/"


def test_a_committee_is_no_branch(as_role):
    assert as_role("secretary").get("/branch/T11/").status_code == 404


def test_people_are_not_ranked_by_their_hours(city, as_role):
    members = _sheet(as_role("branch")).members
    for chip in {m.state.chip for m in members}:
        alike = [m.person for m in members if m.state.chip == chip]
        assert alike == sorted(alike, key=lambda p: (p.pinyin, p.pk))
