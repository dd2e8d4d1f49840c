"""Lines of the log: one id a request, routes instead of addresses, no numbers of persons."""

import io
import json
import logging

import pytest
from django.db import IntegrityError
from django.test import Client, override_settings
from django.urls import reverse

from peixun.kernel import logs, periodic
from peixun.people.models import Account
from tests.factories.world import account

NUMBER = "110101199003074258"
PHONE = "13800138000"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lines():
    """Everything that any logger says, as the product writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Json())
    handler.addFilter(logs.Context())
    root, level = logging.getLogger(), logging.getLogger("peixun").level
    root.addHandler(handler)
    logging.getLogger("peixun").setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger("peixun").setLevel(level)
    root.removeHandler(handler)


def _requests(found):
    return [line for line in found if line["logger"] == "peixun.requests"]


def test_a_request_leaves_one_line_with_its_route_and_no_address(world, lines):
    client = Client(REMOTE_ADDR="10.20.30.40")
    desk = account("desk", role="office", organisation=world.root)
    client.force_login(desk, backend=BACKEND)
    response = client.get(reverse("coverage:record", args=[world.persons[0]]))
    (line,) = _requests(lines())
    assert (line["route"], line["method"], line["status"]) == ("coverage:record", "GET", response.status_code)
    assert line["account_id"] == desk.pk
    assert line["address"] == "10.20.30.0/24"
    assert line["duration_ms"] > 0
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert "desk" not in json.dumps(line)


@pytest.mark.parametrize("page", ["/search/", "/people/"])
@pytest.mark.parametrize("asked", [NUMBER, PHONE, "138 0013 8000"])
def test_no_number_reaches_the_log_when_somebody_is_searched_for(world, lines, page, asked):
    client = Client()
    client.force_login(account("desk", role="office", organisation=world.root), backend=BACKEND)
    client.get(page, {"q": asked})
    client.get(f"/people/{asked}/nowhere/")
    said = json.dumps(lines(), ensure_ascii=False)
    assert len(_requests(lines())) == 2
    assert asked not in said
    assert "nowhere" not in said


@pytest.mark.parametrize("number", [NUMBER, PHONE])
def test_no_number_reaches_the_log_when_somebody_signs_in_with_one(db, lines, number):
    Account.objects.create_account(login=number, password="right-one", display_name="x")
    client = Client()
    for password in ("wrong", "right-one"):
        client.post("/sign-in/", {"username": number, "password": password})
    said = json.dumps(lines(), ensure_ascii=False)
    assert {line["route"] for line in _requests(lines())} == {"home:sign-in"}
    assert number not in said
    assert "right-one" not in said


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("proxy-7f3a.2018", True),
        ("short", False),
        ("a" * 65, False),
        ("two words here", False),
        ("line\nbreak-here", False),
        (NUMBER, False),
        (PHONE, False),
    ],
)
def test_a_well_formed_request_id_is_kept_and_any_other_made_anew(client, wanted, kept):
    answered = client.get("/healthz", headers={"x-request-id": wanted}).headers["X-Request-ID"]
    assert (answered == wanted) is kept
    assert answered


def test_a_failure_shows_the_id_under_which_its_traceback_stands(world, lines, monkeypatch):
    def broken(*_args, **_kwargs):
        raise IntegrityError(f"duplicate key\nDETAIL:  Failing row contains (7, 张三, {NUMBER}).\nof {PHONE}")

    monkeypatch.setattr("peixun.people.middleware.actor_of", broken)
    client = Client(raise_request_exception=False)
    client.force_login(account("desk", role="office", organisation=world.root), backend=BACKEND)
    response = client.get("/search/", {"q": NUMBER})
    name = response.headers["X-Request-ID"]
    assert response.status_code == 500
    assert name in response.content.decode()
    (failure,) = [line for line in lines() if "traceback" in line]
    assert failure["request_id"] == name
    assert "IntegrityError" in failure["traceback"]
    assert failure["message"] == "Internal Server Error: home:search"
    assert not [word for word in (NUMBER, PHONE, "张三") if word in json.dumps(lines(), ensure_ascii=False)]


@override_settings(BEHIND_PROXY=True)
def test_behind_a_proxy_the_address_is_the_last_one_that_it_names(client, lines):
    client.get("/nowhere/", headers={"x-forwarded-for": "1.2.3.4, 2001:db8:1:2::3"})
    assert _requests(lines())[0]["address"] == "2001:db8:1::/48"


def test_without_a_proxy_nobody_may_say_where_they_are(client, lines):
    client.get("/nowhere/", headers={"x-forwarded-for": "1.2.3.4"})
    assert _requests(lines())[0]["address"] == "127.0.0.0/24"


def test_text_for_people_holds_the_same():
    record = logging.LogRecord("peixun.requests", logging.INFO, "", 1, "request", (), None)
    record.route, record.status, record.request_id = "home:start", 200, "abc"
    assert logs.Text().format(record).endswith(" request request_id=abc route=home:start status=200")


def test_periodic_work_says_how_long_it_took_when_it_did_something(monkeypatch, lines, db):
    monkeypatch.setattr(periodic, "_registered", {})
    periodic.register("counting", every=60, run=lambda: 3)
    periodic.register("idle", every=60, run=lambda: 0)
    periodic.run_due(0.0)
    ends = {line["work"]: line for line in lines() if line["message"] == "periodic work ends"}
    assert (ends["counting"]["level"], ends["counting"]["result"]) == ("INFO", 3)
    assert ends["idle"]["level"] == "DEBUG"
    assert ends["counting"]["duration_ms"] >= 0


def test_a_queued_task_ends_with_its_duration():
    times = logs.TaskTimes()
    records = [
        logging.makeLogRecord({"args": ("id-1", "path", state), "created": at})
        for state, at in [("RUNNING", 10.0), ("SUCCESSFUL", 12.5)]
    ]
    assert all(times.filter(record) for record in records)
    assert [getattr(record, "duration_ms", None) for record in records] == [None, 2500.0]
