"""Tokens on screen: one's own, and those of platforms."""

import pytest

from peixun.people.models import Account, Token
from peixun.people.operations.tokens import NewToken, give_token
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, account
from tests.home.conftest import city, signed_in
from tests.people.test_granting import DAY

__all__ = ["city"]
BODY = {"label": "报表程序", "scope": "read", "days": "30"}


@pytest.fixture
def office(city):
    return signed_in(Account.objects.get(login="office"))


def text_of(answer) -> str:
    return answer.context["issued"].text


def asks(client, token: str) -> int:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_of_ones_own_is_shown_once_used_and_revoked(office, client):
    token = text_of(office.post("/people/tokens/", BODY))
    assert asks(client, token) == 200
    page = office.get("/people/tokens/").content.decode()
    assert "报表程序" in page
    assert token not in page
    office.post(f"/people/tokens/{Token.objects.get().pk}/revoke/")
    assert asks(client, token) == 401


def test_nobody_revokes_or_makes_a_token_of_another_person(office, city):
    other = signed_in(Account.objects.get(login="leader"))
    office.post("/people/tokens/", BODY)
    assert other.post(f"/people/tokens/{Token.objects.get().pk}/revoke/").status_code == 404
    branch = Account.objects.get(login="branch")
    assert office.get(f"/people/accounts/{branch.pk}/tokens/").status_code == 404
    by = actor_of(Account.objects.get(login="office"), day=DAY)
    with pytest.raises(OutOfScope):
        give_token(branch, NewToken(30, ("read",), "x"), by=by, at=NOW, day=DAY)


def test_a_platform_is_opened_with_a_role_and_gets_tokens(office, client, city):
    made = office.post("/people/organisations/T11/platform/", {"name": "县学习平台", "login": "county-study"})
    platform = Account.objects.get(login="county-study")
    assert made.url == f"/people/accounts/{platform.pk}/tokens/"
    assert not platform.has_usable_password()
    token = text_of(office.post(made.url, BODY))
    assert Token.objects.get().kind == "platform"
    assert asks(client, token) == 200
    again = office.post("/people/organisations/T11/platform/", {"name": "又一个", "login": "county-study"})
    assert again.status_code == 422
    assert "已有人使用" in again.content.decode()
    neighbour = signed_in(account("neighbour", role="office", organisation=city.organisation("C2")))
    assert neighbour.get(made.url).status_code == 404
    assert neighbour.post(f"/people/tokens/{Token.objects.get().pk}/revoke/").status_code == 404
    office.post(f"/people/tokens/{Token.objects.get().pk}/revoke/")
    assert asks(client, token) == 401


def test_a_platform_with_more_than_ones_own_role_is_out_of_reach(city):
    township = signed_in(account("township", role="office", organisation=city.organisation("T11")))
    platform = account("wide-platform", role="office", organisation=city.organisation("C1"))
    assert township.get(f"/people/accounts/{platform.pk}/tokens/").status_code == 404
    by = actor_of(Account.objects.get(login="township"), day=DAY)
    with pytest.raises(OutOfScope):
        give_token(platform, NewToken(30, ("read",), "x"), by=by, at=NOW, day=DAY)


def test_a_login_that_is_no_login_is_refused(office):
    answer = office.post("/people/organisations/T11/platform/", {"name": "平台", "login": "Bad Login"})
    assert answer.status_code == 422
    assert not Account.objects.filter(display_name="平台").exists()


def test_an_account_that_people_sign_in_with_is_no_platform(office, city):
    work = account("township", role="office", organisation=city.organisation("T11"))
    assert "访问令牌" not in office.get(f"/people/accounts/{work.pk}/").content.decode()
    assert office.get(f"/people/accounts/{work.pk}/tokens/").status_code == 404
    by = actor_of(Account.objects.get(login="office"), day=DAY)
    with pytest.raises(OutOfScope):
        give_token(work, NewToken(30, ("read", "write"), "x"), by=by, at=NOW, day=DAY)
    assert not Token.objects.exists()
