"""Signing in and out, throttling, language, light and print."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from peixun.people.models import Account
from tests.factories.world import account

SIGN_IN = "/sign-in/"


@pytest.fixture
def somebody(db) -> Account:
    return account("wang")


def _sign_in(client: Client, login: str = "wang", password: str = "wang", **more: str):  # noqa: S107
    return client.post(SIGN_IN, {"username": login, "password": password, **more})


def test_signing_in_leads_to_the_start_page(client, somebody):
    response = _sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(somebody.pk)


def test_signing_in_goes_on_to_where_one_wanted_to_go(client, somebody):
    assert _sign_in(client, next="/search/").url == "/search/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client, somebody, elsewhere):
    assert _sign_in(client, next=elsewhere).url == "/"


def test_a_wrong_password_says_so_and_signs_nobody_in(client, somebody):
    response = _sign_in(client, password="wrong")
    assert "账号或密码不对" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_stopped_account_does_not_sign_in(client, somebody):
    Account.objects.update(is_active=False)
    assert _sign_in(client).status_code == 200
    assert "_auth_user_id" not in client.session


def test_many_wrong_passwords_throttle_the_account_but_not_its_neighbours(client, somebody):
    account("li")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = _sign_in(client, password="wrong")
    assert locked.status_code == 429
    assert "暂时不能登录" in locked.content.decode()
    assert _sign_in(client).status_code == 429
    # A whole village sits behind one address.
    assert _sign_in(Client(), login="li", password="li").status_code == 302


def test_the_demo_lists_its_accounts_with_their_password(client, somebody, settings):
    Account.objects.update(demo_role="市级干训科")
    page = client.get(SIGN_IN).content.decode()
    assert "市级干训科" in page
    assert settings.DEMO_PASSWORD in page
    settings.DEMO = False
    page = client.get(SIGN_IN).content.decode()
    assert "市级干训科" not in page
    assert settings.DEMO_PASSWORD not in page


def test_whoever_is_signed_in_is_led_on_from_the_sign_in_page(client, somebody):
    _sign_in(client)
    assert client.get(SIGN_IN).status_code == 302


def test_signing_out_needs_a_post(client, somebody):
    _sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_the_language_is_kept_in_a_cookie(client, db):
    response = client.post(reverse("set_language"), {"language": "en", "next": SIGN_IN})
    assert response.url == SIGN_IN
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()


def test_light_and_print_are_kept_in_cookies_and_taken_back(client, db):
    client.post("/display/", {"theme": "dark", "next": SIGN_IN})
    response = client.post("/display/", {"print": "large", "next": SIGN_IN})
    assert response.url == SIGN_IN
    page = client.get(SIGN_IN).content.decode()
    assert 'data-bs-theme="dark"' in page
    assert 'data-print="large"' in page
    client.post("/display/", {"theme": "", "print": "", "next": SIGN_IN})
    assert not client.cookies["px_theme"].value
    assert not client.cookies["px_print"].value


@pytest.mark.parametrize("nonsense", [{"theme": "</html>"}, {"print": "huge"}, {}])
def test_nonsense_about_the_display_is_not_kept(client, db, nonsense):
    response = client.post("/display/", {**nonsense, "next": "https://evil.example/"})
    assert response.url == "/"
    page = client.get(SIGN_IN).content.decode()
    assert "data-bs-theme" not in page
    assert "data-print" not in page


def test_a_new_password_replaces_the_old_one(client, somebody):
    _sign_in(client)
    new = "白银-2018-秋"
    client.post("/me/password/", {"old_password": "wang", "new_password1": new, "new_password2": new})
    somebody.refresh_from_db()
    assert somebody.check_password(new)


def test_a_form_that_has_grown_old_is_refused_in_words(db):
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"username": "wang", "password": "wang"})
    assert response.status_code == 403
    assert "什么都没有改动" in response.content.decode()
