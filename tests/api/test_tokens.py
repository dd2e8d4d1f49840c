"""Tokens: found by their hash alone, for a time, within their scopes; sessions open nothing."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from peixun.config.api import throttle
from peixun.people.commands import Refused
from peixun.people.models import AuditEntry, Grant, Role, Token
from peixun.people.operations.tokens import issue_token, revoke_token
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.api.conftest import DAY, Api, issue
from tests.factories.world import SYSTEM, account


@pytest.mark.parametrize("token", ["", "x", "pxt_" + "A" * 43, "é" * 40, "pxt_" + "A" * 5000, "a b c"])
def test_no_valid_token_is_401(world, token):
    response = Api("").get("/me", Authorization=f"Bearer {token}") if token else Api("").get("/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["type"] == "urn:peixun:problem:unauthorized"


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_other_schemes_are_401(office, scheme):
    assert Api("").get("/me", Authorization=f"{scheme} {office.token}".strip()).status_code == 401


def test_a_session_opens_nothing(world):
    client = Client()
    client.force_login(account("city", role=Role.OFFICE, organisation=world.root))
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/credits", data="{}", content_type="application/json").status_code == 401


def test_the_token_acts_and_not_the_session_beside_it(world, holder):
    client = Client()
    client.force_login(account("city", role=Role.OFFICE, organisation=world.root))
    leader = holder(Role.LEADER, "C2")
    response = client.get("/api/v1/coverage?org=C1&year=2018", headers={"Authorization": f"Bearer {leader.token}"})
    assert response.status_code == 404


def test_only_the_hash_is_stored_and_use_is_noted(office):
    token = Token.objects.get()
    assert len(bytes(token.digest)) == 32
    assert office.token.encode() not in bytes(token.digest)
    assert token.last_used_on is None
    office.get("/me")
    token.refresh_from_db()
    assert abs(token.last_used_on - datetime.now(UTC).date()) <= timedelta(days=1)


def test_an_expired_token_is_401(office):
    past = datetime.now(UTC) - timedelta(days=40)
    Token.objects.update(issued_at=past, expires_at=past + timedelta(days=30))
    assert office.get("/me").status_code == 401


def test_a_revoked_token_is_401_and_revoking_is_audited(office):
    token = Token.objects.get()
    assert revoke_token(token, by=SYSTEM, at=datetime.now(UTC))
    assert not revoke_token(token, by=SYSTEM, at=datetime.now(UTC))
    assert office.get("/me").status_code == 401
    assert AuditEntry.objects.filter(action="revoke", subject="token", subject_id=str(token.pk)).count() == 1


def test_the_token_of_an_inactive_account_is_401(office):
    holder = Token.objects.get().account
    holder.is_active = False
    holder.save()
    assert office.get("/me").status_code == 401


def test_grants_that_ended_are_gone_at_once(office):
    assert office.get("/coverage?org=R&year=2018").status_code == 200
    Grant.objects.update(until=DAY)
    assert office.get("/coverage?org=R&year=2018").status_code == 404


def test_scopes_of_the_token(holder):
    reader, writer = holder(Role.OFFICE, "R", "read"), holder(Role.OFFICE, "R", "write")
    refused = reader.post("/credits", {"credits": []})
    assert refused.status_code == 403
    assert "insufficient_scope" in refused.headers["WWW-Authenticate"]
    assert writer.get("/me").status_code == 403
    assert writer.post("/credits", {"credits": []}).status_code == 422


def test_a_token_is_issued_for_oneself(world):
    mine, other = account("a"), account("b", role=Role.OFFICE, organisation=world.organisation("C1"))
    with pytest.raises(OutOfScope):
        issue(other, "read") and issue_token(other, days=1, by=actor_of(mine, day=DAY), at=datetime.now(UTC))
    administrator = account("c", role=Role.ADMINISTRATOR, organisation=world.organisation("C1"))
    token = Token.objects.get(account=other)
    with pytest.raises(OutOfScope):
        revoke_token(token, by=actor_of(mine, day=DAY), at=datetime.now(UTC))
    assert revoke_token(token, by=actor_of(administrator, day=DAY), at=datetime.now(UTC))


@pytest.mark.parametrize(("days", "scopes"), [(0, ["read"]), (367, ["read"]), (1, []), (1, ["admin"])])
def test_odd_tokens_are_not_made(db, days, scopes):
    with pytest.raises(ValueError, match=r"days|scopes"):
        issue_token(account("a"), days=days, by=SYSTEM, at=datetime.now(UTC), scopes=scopes)


def test_the_command_issues_lists_and_revokes(world):
    account("city", role=Role.OFFICE, organisation=world.root)
    out, err = io.StringIO(), io.StringIO()
    call_command("token", "issue", "--as", "city", "--days", "3", "--write", stdout=out, stderr=err)
    api = Api(out.getvalue().strip())
    assert api.get("/me").json()["token"]["scopes"] == ["read", "write"]
    assert "只显示这一次" in err.getvalue()
    assert AuditEntry.objects.filter(action="issue", subject="token").count() == 1
    listed = io.StringIO()
    call_command("token", "list", stdout=listed)
    assert "city" in listed.getvalue()
    assert api.token not in listed.getvalue()
    call_command("token", "revoke", str(Token.objects.get().pk), stdout=io.StringIO())
    assert api.get("/me").status_code == 401


@pytest.mark.parametrize(
    "arguments", [["issue"], ["issue", "--as", "city", "--days", "0"], ["revoke", "99"], ["revoke"]]
)
def test_the_command_refuses_in_a_line(world, arguments):
    account("city", role=Role.OFFICE, organisation=world.root)
    with pytest.raises(Refused):
        call_command("token", *arguments)


def test_too_many_requests_are_429(office, settings):
    settings.API_RATE = 18
    throttle.forget()
    statuses = [office.get("/ledger/head").status_code for _ in range(12)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    throttle.forget()
    refused = [office.get("/ledger/head") for _ in range(4)][-1]
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
