"""The pages of accounts and roles."""

from datetime import date

import pytest

from peixun.people.models import Account, Grant
from tests.factories.world import account
from tests.home.conftest import city, signed_in

__all__ = ["city"]
DAY = date(2018, 6, 30)


@pytest.fixture
def office(city):
    return signed_in(Account.objects.get(login="office"))


def test_the_list_shows_those_of_ones_own_area(office, city):
    account("elsewhere", role="office", organisation=city.organisation("C2"))
    page = office.get("/people/accounts/").content.decode()
    assert "branch" in page
    assert "elsewhere" not in page
    assert "没有找到" in office.get("/people/accounts/?q=elsewhere").content.decode()


def test_a_role_is_given_to_a_member_found_by_name_and_ended_again(office, city):
    person = city.person(1)
    found = office.get(f"/people/organisations/T11/roles/give/?q={person.name}").content.decode()
    assert f"?person={person.pk}" in found
    chosen = f"/people/organisations/T11/roles/give/?person={person.pk}"
    assert "授予角色" in office.get(chosen).content.decode()
    body = {"person": person.pk, "role": "office", "since": "2018-06-30", "until": "2018-12-31"}
    assert office.post("/people/organisations/T11/roles/give/", body).status_code == 302
    grant = Grant.objects.get(account__person=person)
    assert (grant.role, grant.organisation.code, grant.until) == ("office", "T11", date(2018, 12, 31))
    page = office.get(f"/people/accounts/{grant.account_id}/").content.decode()
    assert "结束角色" in page
    office.post(f"/people/accounts/{grant.account_id}/grants/{grant.pk}/end/")
    assert not Grant.objects.filter(account__person=person).exists()


def test_a_refused_role_says_why_and_writes_nothing(office, city):
    body = {"person": city.person(1).pk, "role": "office", "since": "2018-06-29", "until": ""}
    answer = office.post("/people/organisations/T11/roles/give/", body)
    assert answer.status_code == 422
    assert "开始日期不能早于今天" in answer.content.decode()
    body = {"person": city.person(1).pk, "role": "administrator", "since": "2018-06-30", "until": ""}
    assert office.post("/people/organisations/T11/roles/give/", body).status_code == 422
    assert not Grant.objects.filter(account__person=city.person(1)).exists()


def test_nobody_outside_is_chosen(office, city):
    outside = city.person(-1)
    assert office.get(f"/people/organisations/T11/roles/give/?person={outside.pk}").status_code == 404
    assert office.get(f"/people/organisations/T21/roles/give/?person={city.person(1).pk}").status_code == 404
    found = office.get(f"/people/organisations/T11/roles/give/?q={outside.name}").content.decode()
    assert f"?person={outside.pk}" not in found


def test_an_administrator_stops_and_resumes_an_account(city):
    manager = signed_in(Account.objects.get(login="administrator"))
    who = Account.objects.get(login="branch")
    theirs = signed_in(who)
    manager.post(f"/people/accounts/{who.pk}/act/", {"verb": "stop"})
    assert theirs.get("/me/account/").status_code == 302
    assert not Account.objects.get(pk=who.pk).is_active
    manager.post(f"/people/accounts/{who.pk}/act/", {"verb": "resume"})
    assert Account.objects.get(pk=who.pk).is_active


def test_an_office_neither_stops_nor_resets(office, city):
    who = Account.objects.get(login="branch")
    for verb in ("stop", "reset", "resume"):
        assert office.post(f"/people/accounts/{who.pk}/act/", {"verb": verb}).status_code == 404
