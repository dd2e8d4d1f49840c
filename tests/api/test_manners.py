"""Whatever is asked, the answer is a document and never a crash."""

import json
import string
from urllib.parse import quote, urlencode

import pytest
from django.db import OperationalError, connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.config import api
from peixun.ledger.models import Activity, CreditEntry
from tests.api.conftest import Api

PATHS = (
    "/coverage",
    "/people",
    "/people/1/record",
    "/organisations",
    "/activities",
    "/credits",
    "/credits/1/reversal",
    "/ledger/head",
    "/me",
)
WRITES = ("/activities", "/credits", "/credits/1/reversal")
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["R", "T11", "2018-05-04", "lecture", "county", "1e999", "-0", "2018", "NaN", "\x00", "a\x1fb"])
)
names = st.sampled_from(
    [
        "reference",
        "kind",
        "title",
        "organiser",
        "tier",
        "starts_on",
        "ends_on",
        "topics",
        "credits",
        "happened_on",
        "hours",
        "person_id",
        "citizen_number",
        "activity_id",
        "activity_reference",
        "revision",
        "reason",
        "replacement",
    ]
)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=8), max_leaves=25
)
parameters = st.dictionaries(
    st.sampled_from(["org", "year", "audience", "as_of", "state", "cursor", "limit", "kind", "source_kind", "other"]),
    st.text(max_size=12)
    | st.integers().map(str)
    | st.sampled_from(["R", "2018", "members", "due", "2018-06-30", "class"]),
    max_size=6,
)


@pytest.fixture
def calm(office):
    """The city's office, with nobody counting its requests."""
    api.throttle.forget()
    return office


@FUZZ
@given(document=documents, path=st.sampled_from(WRITES))
def test_any_document_is_answered(calm, document, path):
    api.throttle.forget()
    response = calm.ask("POST", path, json.dumps(document))
    assert response.status_code < 500, response.content


@FUZZ
@given(asked=parameters, path=st.sampled_from(PATHS))
def test_any_question_is_answered(calm, asked, path):
    api.throttle.forget()
    response = calm.get(f"{path}?{urlencode(asked)}")
    assert response.status_code < 500, response.content


@FUZZ
@given(text=st.text(alphabet=string.printable + "令\x00\ud800", max_size=60))
def test_any_cursor_is_answered(calm, text):
    api.throttle.forget()
    response = calm.get(f"/organisations?cursor={quote(text, errors='surrogatepass')}")
    assert response.status_code == (200 if not text else 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 5000,
        b'"\\ud800"',
        b"NaN",
        b"1e400",
        b"null",
        b'{"credits": [' + b"{}," * 3000 + b"{}]}",
    ],
)
def test_broken_bodies_are_refused(office, body):
    assert office.ask("POST", "/credits", body).status_code in {400, 422}
    assert not CreditEntry.objects.exists()


def test_a_body_that_is_too_large_is_413(office, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert office.ask("POST", "/activities", b'{"title": "' + b"x" * 2000 + b'"}').status_code == 413
    assert not Activity.objects.exists()


def test_errors_are_few_however_many_there_are(office):
    response = office.post("/credits", {"credits": [{"x": 1}] * 2000})
    assert len(response.json()["errors"]) == 100


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/coverage/", "/people/x/record", "/people/-1/record"])
def test_nothing_elsewhere(office, path):
    response = Client().get(f"/api/v1{path}", follow=True)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert office.get(path or "/").status_code == 404


def test_other_methods_are_405_and_say_which_are_taken(office):
    response = office.ask("DELETE", "/activities", b"")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, POST")


def test_a_misspelt_parameter_is_not_passed_over(office):
    response = office.get("/coverage?org=R&year=2018&audiance=members")
    assert response.status_code == 422
    assert "audiance" in response.json()["errors"][0]["detail"]


def test_errors_name_their_parameter(office):
    errors = office.get("/coverage?org=R&year=later&as_of=2018-13-01").json()["errors"]
    assert {(e["in"], e["parameter"]) for e in errors} == {("query", "year"), ("query", "as_of")}
    assert office.get("/coverage?org=R&year=2018&as_of=2017-12-31").json()["errors"][0]["parameter"] == "as_of"
    assert office.get("/coverage?org=R&year=2018&audience=none").json()["errors"][0]["parameter"] == "audience"


def test_titles_stay_chinese_and_details_follow_the_reader(office):
    problem = office.get("/coverage?org=nowhere&year=2018", Accept_Language="en").json()
    assert problem["title"] == "没有找到"


def test_a_cursor_belongs_to_its_question(office):
    cursor = office.get("/organisations?limit=2").json()["next_cursor"]
    assert office.get(f"/organisations?limit=3&cursor={cursor}").status_code == 200
    assert office.get(f"/organisations?org=C1&cursor={cursor}").status_code == 422
    assert office.get(f"/activities?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1"])
def test_limits(office, limit):
    assert office.get(f"/organisations?limit={limit}").status_code == 422


def test_a_failure_is_a_problem_too(office, monkeypatch, caplog):
    monkeypatch.setattr("peixun.ledger.api.seals.sealing", lambda: 1 / 0)
    response = office.get("/ledger/head")
    assert (response.status_code, response.json()["type"]) == (500, "urn:peixun:problem:internal")
    assert "ZeroDivisionError" in caplog.text
    assert b"division" not in response.content


def test_a_busy_database_says_when_to_come_back(office, monkeypatch):
    def busy():
        raise OperationalError("database is locked")

    monkeypatch.setattr("peixun.ledger.api.seals.sealing", busy)
    response = Api(office.token).get("/ledger/head")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_what_waiting_does_not_mend_is_a_failure(office, monkeypatch):
    def unknown():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nothing_of_that_name")

    monkeypatch.setattr("peixun.ledger.api.seals.sealing", unknown)
    response = office.get("/ledger/head")
    assert (response.status_code, response.json()["type"]) == (500, "urn:peixun:problem:internal")
