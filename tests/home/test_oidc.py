"""Signing in through another system: a small one of our own stands in for it."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from peixun.home.sessions import BEGAN
from peixun.people.models import Account, AuditEntry, ExternalLogin, SignedIn
from peixun.people.operations.factors import add_app
from peixun.people.queries.scope import actor_of
from tests.factories.world import account
from tests.home.test_second_step import AT, DAY, SECRET, code_at

KEY = RSAKey.generate_key(2048, {"kid": "one"})


class Other:
    """The other system: who it vouches for, and the nonce that it was asked with."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.nonce, self.subject, self.login = issuer, "", "u-1", "wang"
        self.audience = "peixun"

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": self.audience, "iat": now, "exp": now + 300}
        claims |= {"nonce": self.nonce, "preferred_username": self.login}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)


@pytest.fixture
def other(settings) -> Iterator[Other]:
    class Handler(BaseHTTPRequestHandler):
        def _say(self, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path.startswith("/.well-known"):
                at = server_issuer
                self._say(
                    {
                        "issuer": at,
                        "authorization_endpoint": f"{at}/authorize",
                        "token_endpoint": f"{at}/token",
                        "jwks_uri": f"{at}/keys",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            else:
                self._say({"keys": [KEY.as_dict(private=False)]})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": made.token()})

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server_issuer = f"http://127.0.0.1:{server.server_port}"
    made = Other(server_issuer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = server_issuer, "peixun", "secret"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wang(db) -> Account:
    return account("wang")


def sign_in(client: Client, login: str) -> None:
    client.post("/sign-in/", {"username": login, "password": login})


def through(client: Client, other: Other) -> str:
    """Out to the other system and back; where one ends."""
    out = client.post("/sign-in/oidc/", {"next": "/me/account/"})
    asked = parse_qs(urlparse(out.url).query)
    assert out.url.startswith(f"{other.issuer}/authorize")
    assert asked["code_challenge_method"] == ["S256"]
    other.nonce = asked["nonce"][0]
    return client.get("/sign-in/oidc/back/", {"state": asked["state"][0], "code": "c"}).url


def test_nobody_is_let_in_who_is_not_linked(client, other, wang):
    assert through(client, other) == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert "还没有关联" in client.get("/sign-in/").content.decode()


def test_whoever_linked_their_account_signs_in(client, other, wang):
    sign_in(client, "wang")
    assert through(client, other) == "/me/account/"
    assert ExternalLogin.objects.get().account == wang
    again = Client()
    assert through(again, other) == "/me/account/"
    assert again.session["_auth_user_id"] == str(wang.pk)
    assert SignedIn.objects.get(session_key=again.session.session_key).way == "oidc"
    assert AuditEntry.objects.filter(action="link", subject_id=str(wang.pk)).count() == 1


def test_a_trusted_claim_names_the_account(client, other, wang, settings):
    settings.OIDC_LOGIN_CLAIM = "preferred_username"
    assert through(client, other) == "/me/account/"
    other.login = "li"  # the subject stays linked, whatever it is called later
    account("li")
    assert through(Client(), other) == "/me/account/"
    assert list(ExternalLogin.objects.values_list("account", flat=True)) == [wang.pk]


def test_a_token_for_somebody_else_or_with_another_nonce_is_refused(client, other, wang, settings):
    settings.OIDC_LOGIN_CLAIM = "preferred_username"
    other.audience = "another"
    assert through(client, other) == "/sign-in/"
    other.audience = "peixun"
    out = client.post("/sign-in/oidc/")
    state = parse_qs(urlparse(out.url).query)["state"][0]
    other.nonce = "made-up"
    assert client.get("/sign-in/oidc/back/", {"state": state, "code": "c"}).url == "/sign-in/"
    assert client.get("/sign-in/oidc/back/", {"state": "unknown", "code": "c"}).url == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_a_stopped_account_is_not_let_in(client, other, wang, settings):
    settings.OIDC_LOGIN_CLAIM = "preferred_username"
    Account.objects.update(is_active=False)
    assert through(client, other) == "/sign-in/"


def test_the_second_step_is_asked_all_the_same(client, other, wang, settings):
    settings.OIDC_LOGIN_CLAIM = "preferred_username"
    add_app(wang, secret=SECRET, code=code_at(AT), label="手机", by=actor_of(wang, day=DAY), at=AT)
    assert through(client, other) == "/sign-in/second-step/"


def test_one_subject_is_linked_to_one_account(client, other, wang):
    sign_in(client, "wang")
    through(client, other)
    li = Client()
    account("li")
    sign_in(li, "li")
    assert through(li, other) == "/me/account/"
    assert "已关联了别的账号" in li.get("/me/account/").content.decode()
    assert ExternalLogin.objects.get().account == wang


def test_a_link_is_ended_by_its_holder_who_has_a_password(client, other, wang):
    sign_in(client, "wang")
    through(client, other)
    client.post("/me/oidc/end/")
    assert not ExternalLogin.objects.exists()
    through(client, other)
    wang.set_unusable_password()
    wang.save()
    sign_in(client, "wang")
    client.post("/me/oidc/end/")
    assert ExternalLogin.objects.exists()


def test_without_an_issuer_there_is_no_such_door(client, wang):
    assert client.post("/sign-in/oidc/").status_code == 404
    assert client.get("/sign-in/oidc/back/").status_code == 404
    assert "统一身份认证" not in client.get("/sign-in/").content.decode()


def test_a_system_that_does_not_answer_is_said_so(client, wang, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    assert client.post("/sign-in/oidc/").url == "/sign-in/"
    assert "没有响应" in client.get("/sign-in/").content.decode()


def test_links_are_made_and_ended_only_soon_after_signing_in(client, other, wang):
    sign_in(client, "wang")
    assert through(client, other) == "/me/account/"
    session = client.session
    session[BEGAN] = time.time() - 3600
    session.save()
    for address in ("/sign-in/oidc/", "/me/oidc/end/"):
        assert client.post(address).url == "/me/second-step/confirm/"
    assert ExternalLogin.objects.count() == 1
    client.post("/me/second-step/confirm/", {"password": "wang"})
    assert client.post("/me/oidc/end/").url == "/me/account/"
    assert not ExternalLogin.objects.exists()
