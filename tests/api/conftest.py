"""Accounts of every role with their tokens, and a client that speaks to the API."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from peixun.people.models import Account, Role, TokenScope
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import actor_of
from tests.factories.world import account

DAY = date(2018, 6, 30)


def issue(holder: Account, *scopes: str, days: int = 30) -> str:
    """A token of an account, as text."""
    chosen = scopes or tuple(TokenScope)
    issued = issue_token(holder, days=days, by=actor_of(holder, day=DAY), at=datetime.now(UTC), scopes=chosen)
    return issued.text


@dataclass
class Api:
    """The API as one token sees it; answers are checked for what all of them have in common."""

    token: str

    def ask(self, method, path, body=None, **headers):
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        arguments = {"data": body, "content_type": "application/json"} if body is not None else {}
        response = Client(raise_request_exception=False).generic(
            method, f"/api/v1{path}", headers={k.replace("_", "-"): v for k, v in headers.items()}, **arguments
        )
        assert response.headers["Cache-Control"] == "no-store"
        if response.status_code >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
            problem = response.json()
            assert problem["status"] == response.status_code
            assert problem["type"].startswith("urn:peixun:problem:")
            assert any("一" <= c <= "鿿" for c in problem["title"])
        return response

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, document, **headers):

        return self.ask("POST", path, json.dumps(document), **headers)

    def pages(self, path, limit=3):
        """Every item of a list, page by page."""
        found, cursor = [], ""
        while cursor is not None:
            joint = "&" if "?" in path else "?"
            page = self.get(f"{path}{joint}limit={limit}&cursor={cursor}").json()
            assert len(page["items"]) <= limit
            found += page["items"]
            cursor = page["next_cursor"]
        return found


@pytest.fixture
def holder(world):
    """Makes an account with a role on the organisation with a code, and speaks as it."""

    def make(role="", code="R", *scopes, person=None):
        login = f"{role}-{code}-{'-'.join(scopes)}"
        organisation = world.organisation(code) if role else None
        made = account(login, role=role, organisation=organisation, person=person)
        return Api(issue(made, *scopes))

    return make


@pytest.fixture
def office(holder):
    """The city's training office."""
    return holder(Role.OFFICE)


@pytest.fixture
def county(holder):
    """The training office of county C1."""
    return holder(Role.OFFICE, "C1")
