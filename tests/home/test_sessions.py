"""How long a session lasts, what ends it, what it is called, and what browsers may keep of it."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as conf
from django.contrib.sessions.models import Session
from django.test import Client

from peixun.home.sessions import ENDS, SEEN
from peixun.people.models import Account, AuditEntry, SignedIn
from peixun.people.operations.sessions import change_password, forget_sessions
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import account
from tests.people.test_codes import DAY

OWN = "/me/account/"
NEW = "白银-2018-秋"
SOON = timedelta(minutes=2)


@pytest.fixture
def wang(db) -> Account:
    return account("wang")


def entered(login: str = "wang") -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": login, "password": login}).status_code == 302
    return client


def changed(client: Client, **values: float) -> None:
    session = client.session
    session.update(values)
    session.save()


def left(client: Client) -> timedelta:
    """How long the database will still know the session."""
    return Session.objects.get(pk=client.session.session_key).expire_date - datetime.now(UTC)


def test_a_session_nobody_uses_ends_by_itself(wang, settings):
    client = entered()
    assert abs(left(client) - timedelta(hours=3)) < SOON
    settings.SESSION_IDLE_SECONDS = -1
    unused = entered()
    assert unused.get(OWN).status_code == 302
    assert client.get(OWN).status_code == 200


def test_use_keeps_a_session_open_but_not_beyond_its_end(wang):
    client = entered()
    now = time.time()
    changed(client, **{SEEN: now - 3600, ENDS: now + 8 * 3600})
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(hours=2))
    assert client.get(OWN).status_code == 200
    assert abs(left(client) - timedelta(hours=3)) < SOON
    changed(client, **{SEEN: now - 3600, ENDS: now + 600})
    client.get(OWN)
    assert left(client) <= timedelta(seconds=600)
    changed(client, **{SEEN: now - 3600, ENDS: now - 1})
    client.get(OWN)
    assert client.get(OWN).status_code == 302


def test_use_is_noted_at_most_every_ten_minutes(wang):
    client = entered()
    changed(client, **{SEEN: time.time() - 300})
    before = SignedIn.objects.get().seen_at
    client.get(OWN)
    assert SignedIn.objects.get().seen_at == before
    changed(client, **{SEEN: time.time() - 700})
    client.get(OWN)
    assert SignedIn.objects.get().seen_at > before


def test_a_session_from_before_there_was_an_end_gets_one(wang):
    client = entered()
    session = client.session
    del session[ENDS]
    session[SEEN] = time.time() - 3600
    session.save()
    client.get(OWN)
    assert client.session[ENDS] > time.time() + 11 * 3600


def test_what_was_noted_of_a_session_goes_when_it_has_ended(wang):
    entered()
    now = datetime.now(UTC)
    forget_sessions(at=now + timedelta(hours=3))
    assert SignedIn.objects.exists()
    forget_sessions(at=now + timedelta(hours=4))
    assert not SignedIn.objects.exists()


def test_a_new_password_ends_every_other_session_and_stands_in_the_trail(wang):
    here, there = entered(), entered()
    before = here.session.session_key
    body = {"old_password": "wang", "new_password1": NEW, "new_password2": NEW}
    assert here.post("/me/password/", body).url == OWN
    assert here.session.session_key != before
    assert there.get(OWN).status_code == 302
    assert "其他设备上的登录都已退出" in here.get(OWN).content.decode()
    assert list(SignedIn.objects.values_list("session_key", flat=True)) == [here.session.session_key]
    assert AuditEntry.objects.filter(action="change_password", subject_id=wang.pk).count() == 1
    assert NEW not in str(list(AuditEntry.objects.values()))


def test_a_wrong_old_password_changes_nothing(wang):
    here, there = entered(), entered()
    body = {"old_password": "no", "new_password1": NEW, "new_password2": NEW}
    assert "旧密码" in here.post("/me/password/", body).content.decode()
    assert there.get(OWN).status_code == 200
    assert not AuditEntry.objects.filter(action="change_password").exists()
    with pytest.raises(OutOfScope):
        change_password(wang, NEW, kept="", by=actor_of(account("li"), day=DAY), at=datetime.now(UTC))


def test_signing_in_makes_a_new_session_key(wang, client):
    client.post("/sign-in/oidc/", {})
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[conf.SESSION_COOKIE_NAME] = planted = session.session_key
    client.post("/sign-in/", {"username": "wang", "password": "wang"})
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_browsers_keep_no_page_of_whoever_is_signed_in(wang):
    client = entered()
    for address in (OWN, "/", "/help/", "/nowhere/"):
        assert "no-store" in client.get(address)["Cache-Control"], address
    assert "no-store" in Client().get("/sign-in/")["Cache-Control"]


def test_pages_ask_browsers_for_nothing_and_lend_themselves_to_nobody(client, db):
    page = client.get("/sign-in/")
    assert "camera=()" in page["Permissions-Policy"]
    assert "geolocation=()" in page["Permissions-Policy"]
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


NAMES = """
import json
from peixun.config import settings as s
names = s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME
print(json.dumps([*names, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS]))
"""


def test_over_https_cookies_belong_to_this_very_host():
    over = {**os.environ, "PEIXUN_HTTPS": "1"}
    said = subprocess.run([sys.executable, "-c", NAMES], env=over, check=True, capture_output=True, text=True).stdout
    assert json.loads(said) == ["__Host-sessionid", "__Host-csrftoken", True, 31536000]
    assert conf.SESSION_COOKIE_NAME == "sessionid"  # plain HTTP, where browsers refuse the other name
    assert conf.SESSION_COOKIE_PATH == conf.CSRF_COOKIE_PATH == "/"
    assert conf.SESSION_COOKIE_DOMAIN is conf.CSRF_COOKIE_DOMAIN is None


def test_wrong_old_passwords_are_throttled(wang):
    client = entered()
    body = {"old_password": "no", "new_password1": NEW, "new_password2": NEW}
    for _ in range(conf.AXES_FAILURE_LIMIT):
        client.post("/me/password/", body)
    assert client.post("/me/password/", {**body, "old_password": "wang"}).status_code == 429
    wang.refresh_from_db()
    assert wang.check_password("wang")


@pytest.mark.parametrize(("demo", "refused"), [("0", True), ("1", False)])
def test_who_vouches_for_people_is_asked_over_https(demo, refused):
    over = {**os.environ, "PEIXUN_DEMO": demo, "PEIXUN_OIDC_ISSUER": "http://issuer.example"}
    read = "import peixun.config.settings"
    done = subprocess.run([sys.executable, "-c", read], env=over, check=False, capture_output=True, text=True)
    assert (done.returncode != 0, "https://" in done.stderr) == (refused, refused)
