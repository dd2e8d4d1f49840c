"""The search page."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peixun.coverage.operations import rebuild
from peixun.kernel.citizen_number import make
from peixun.people.models import AuditEntry
from peixun.people.operations.enrolment import NewPerson, enrol
from tests.factories.world import NOW, SYSTEM, post

SEARCH = "/search/"
NUMBER = make(region="620402", birth=date(1960, 5, 4), sequence=11)


@pytest.fixture
def many(city):
    """Sixty 李 in one branch, the first with a citizen number."""
    place = city.organisations["T11a"]
    new = [NewPerson(name=f"李{n:02d}", organisation_id=place, member_since=date(2011, 1, 1)) for n in range(60)]
    new[0] = NewPerson(name="李00", citizen_number=NUMBER, organisation_id=place, member_since=date(2011, 1, 1))
    persons = enrol(new, by=SYSTEM, at=NOW)
    rebuild(2018)
    return persons


def test_a_result_shows_branch_and_state(city, as_role, many):
    post(city, many[1], on=date(2018, 3, 1), hours=8)
    page = as_role("office").get(SEARCH, {"q": "李01"}).content.decode()
    assert "11a村党支部" in page
    assert "还差 24 学时" in page
    assert f"/coverage/person/{many[1]}/" in page


def test_pages_follow_each_other(as_role, many):
    client = as_role("office")
    first = client.get(SEARCH, {"q": "li"})
    assert len(first.context["rows"]) == 50
    second = client.get(SEARCH + first.context["next_url"])
    assert len(second.context["rows"]) == 10
    assert second.context["next_url"] == ""
    assert second.context["first_url"]


def test_a_name_that_is_posted_goes_into_the_address(as_role, many):
    response = as_role("office").post(SEARCH, {"q": " 李01 "})
    assert response.url == f"{SEARCH}?q=%E6%9D%8E01"


def test_a_whole_number_is_answered_by_post_kept_out_of_the_address_and_audited(as_role, many):
    client = as_role("office")
    response = client.post(SEARCH, {"q": NUMBER})
    assert response.status_code == 200
    page = response.content.decode()
    assert "李00" in page
    assert NUMBER not in page
    assert AuditEntry.objects.filter(action="look_up_number", subject_id=str(many[0])).count() == 1


def test_a_whole_number_in_the_address_is_not_answered(as_role, many):
    response = as_role("office").get(SEARCH, {"q": NUMBER}, follow=True)
    assert response.redirect_chain == [(SEARCH, 302)]
    assert response.context["rows"] == []
    assert "请在下面输入" in response.content.decode()
    assert not AuditEntry.objects.filter(action="look_up_number").exists()


def test_a_whole_number_outside_the_scope_finds_nobody(city, as_role, many):
    place = city.organisations["T21a"]
    other = make(region="620402", birth=date(1970, 5, 4), sequence=12)
    enrol(
        [NewPerson(name="外县人", citizen_number=other, organisation_id=place, member_since=date(2011, 1, 1))],
        by=SYSTEM,
        at=NOW,
    )
    assert "外县人" not in as_role("office").post(SEARCH, {"q": other}).content.decode()


def test_nothing_found_says_so(as_role):
    assert "没有找到" in as_role("office").get(SEARCH, {"q": "没有这个人"}).content.decode()


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("office", 200),
        ("auditor", 200),
        ("class_manager", 200),
        ("branch", 200),
        ("leader", 404),
        ("administrator", 404),
        ("member", 404),
        ("nobody", 404),
    ],
)
def test_only_roles_that_see_people_search(as_role, login, status):
    assert as_role(login).get(SEARCH).status_code == status


def test_the_number_of_queries_does_not_grow_with_the_results(as_role, many):
    client = as_role("office")
    client.get(SEARCH, {"q": "李01"})
    with CaptureQueriesContext(connection) as one:
        client.get(SEARCH, {"q": "李01"})
    with CaptureQueriesContext(connection) as fifty:
        assert len(client.get(SEARCH, {"q": "li"}).context["rows"]) == 50
    assert len(one) <= 11
    assert len(fifty) <= len(one)
