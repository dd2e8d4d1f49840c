"""A database that is away is said so, in words for people and for programs; a fault of the program stays one."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError

from peixun.kernel.outages import is_outage
from tests.factories.world import account


def caused(error, cause):
    error.__cause__ = cause
    return error


def locked(code):
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = code
    return cause


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("the connection is closed"),
        InterfaceError("connection already closed"),
        caused(OperationalError(), psycopg.OperationalError("connection refused")),
        caused(OperationalError(), psycopg.errors.AdminShutdown()),
        caused(OperationalError(), psycopg.errors.CannotConnectNow()),
        caused(OperationalError(), psycopg.errors.TooManyConnections()),
        caused(OperationalError(), psycopg.errors.DeadlockDetected()),
        caused(OperationalError(), locked(sqlite3.SQLITE_BUSY)),
        caused(OperationalError(), locked(sqlite3.SQLITE_BUSY_SNAPSHOT)),
    ],
)
def test_what_passes_by_itself_is_an_outage(error):
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        ProgrammingError("no such column"),
        caused(OperationalError("no such table: x"), locked(sqlite3.SQLITE_ERROR)),
        caused(OperationalError(), psycopg.errors.UndefinedFile()),
    ],
)
def test_what_waiting_does_not_mend_is_none(error):
    assert not is_outage(error)


@pytest.fixture
def asked(world, client):
    """Ask as an office whose database fails in the way that the test names."""
    client.raise_request_exception = False
    client.force_login(account("office", role="office", organisation=world.organisation("C1")))
    return client


def broken(error):
    def fail(*_args, **_kwargs):
        raise error

    return fail


@pytest.mark.parametrize(
    "place",
    [
        "peixun.home.middleware.note_visit",  # next to the view
        "peixun.people.middleware.actor_of",  # before any view is found
        "django.contrib.sessions.backends.db.SessionStore.load",  # while it is asked who this is
    ],
)
def test_a_page_says_that_the_database_is_away(asked, monkeypatch, place):
    monkeypatch.setattr(place, broken(OperationalError("the connection is lost")))
    answer = asked.get("/")
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "数据库暂时连不上，请稍后再试" in text
    assert "Traceback" not in text
    assert "connection is lost" not in text
    monkeypatch.undo()
    assert asked.get("/", follow=True).status_code == 200


def test_a_fault_of_the_program_is_still_a_fault(asked, monkeypatch):
    monkeypatch.setattr("peixun.people.middleware.actor_of", broken(ZeroDivisionError()))
    answer = asked.get("/")
    assert answer.status_code == 500
    assert "系统出了故障" in answer.content.decode()


def test_programs_get_a_problem_even_when_nothing_of_the_api_ran_yet(asked, monkeypatch):
    for error, status, kind in (
        (OperationalError("lost"), 503, "unavailable"),
        (caused(OperationalError("no such table"), locked(sqlite3.SQLITE_ERROR)), 500, "internal"),
        (ZeroDivisionError(), 500, "internal"),
    ):
        monkeypatch.setattr("peixun.people.middleware.actor_of", broken(error))
        answer = asked.get("/api/v1/ledger/head")
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:peixun:problem:{kind}")
        assert answer.headers["Content-Type"] == "application/problem+json"
