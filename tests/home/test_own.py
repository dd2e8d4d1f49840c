"""A member's own pages."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from peixun.people.models import Person, PersonAlias
from tests.factories.world import NOW, account, post
from tests.home.conftest import signed_in


def test_today_says_what_is_still_owed(city, as_role):
    post(city, city.persons[1], on=date(2018, 3, 1), hours=7.5)
    page = as_role("member").get("/me/").content.decode()
    assert "2018年还差 24.5 学时" in page
    assert "今年已修 7.5 学时" in page
    assert f"请问支部书记{city.person(0).name}" in page


def test_today_says_when_nothing_is_owed(city, as_role):
    post(city, city.persons[1], on=date(2018, 3, 1), hours=32)
    assert "2018年的学习要求已完成" in as_role("member").get("/me/").content.decode()


def test_a_secretary_owes_hours_and_a_concentrated_training(city, as_role):
    page = as_role("branch").get("/me/").content.decode()
    assert "2018年还差 56 学时、集中培训 1 次" in page
    assert "请报名参加一次集中培训班" in page


def test_learning_lists_the_credits_of_a_year(city, as_role):
    post(city, city.persons[1], on=date(2018, 3, 1), hours=4, title="党章专题学习")
    post(city, city.persons[1], on=date(2017, 5, 1), hours=2, title="去年的讲座")
    post(city, city.persons[2], on=date(2018, 5, 1), hours=2, title="别人的讲座")
    client = as_role("member")
    this_year = client.get("/me/learning/").content.decode()
    assert "党章专题学习" in this_year
    assert "去年的讲座" not in this_year
    assert "别人的讲座" not in this_year
    assert "去年的讲座" in client.get("/me/learning/?year=2017").content.decode()


def test_nonsense_for_a_year_shows_this_one(as_role):
    assert as_role("member").get("/me/learning/?year=²³").context["year"] == "2018"


def test_an_account_without_a_person_has_no_own_pages(as_role):
    client = as_role("office")
    assert [client.get(p).status_code for p in ("/me/", "/me/learning/", "/me/account/")] == [404, 404, 200]


def test_a_person_outside_every_branch_is_told_so(city):
    client = signed_in(account("guest", person=Person.objects.create(name="外请教师")))
    page = client.get("/me/").content.decode()
    assert "您现在没有组织关系所在的支部" in page


def test_the_account_of_a_merged_record_shows_the_person(city, as_role):
    PersonAlias.objects.create(alias_id=city.persons[1], person_id=city.persons[2], merged_at=NOW)
    post(city, city.persons[2], on=date(2018, 3, 1), hours=8, title="合并前的讲座")
    client = as_role("member")
    assert "2018年还差 24 学时" in client.get("/me/").content.decode()
    assert "合并前的讲座" in client.get("/me/learning/").content.decode()


def test_today_costs_a_fixed_number_of_queries(city, as_role):
    client = as_role("member")
    client.get("/me/")
    with CaptureQueriesContext(connection) as before:
        client.get("/me/")
    for day in range(1, 20):
        post(city, city.persons[1], on=date(2018, 3, day), hours=1)
    with CaptureQueriesContext(connection) as after:
        client.get("/me/")
    assert len(before) == len(after) == 11
