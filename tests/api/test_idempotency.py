"""`Idempotency-Key`: the same request is done once and answered alike, also when it comes twice at the same time."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import KeptAnswer
from peixun.people.operations.answers import forget_answers

LECTURE = {
    "reference": "a1",
    "kind": "lecture",
    "title": "专题讲座",
    "organiser": "R",
    "tier": "county",
    "starts_on": "2018-05-04",
    "ends_on": "2018-05-04",
}


def test_the_same_request_gets_the_same_answer(office):
    first = office.post("/activities", LECTURE, Idempotency_Key="k1")
    again = office.post("/activities", LECTURE, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Activity.objects.count() == 1


def test_another_request_under_the_key_is_422(office):
    office.post("/activities", LECTURE, Idempotency_Key="k1")
    other = office.post("/activities", {**LECTURE, "reference": "a2"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:peixun:problem:idempotency-key-reused")
    elsewhere = office.post("/credits", LECTURE, Idempotency_Key="k1")
    assert elsewhere.status_code == 422
    assert Activity.objects.count() == 1


def test_keys_belong_to_their_token(office, county):
    office.post("/activities", LECTURE, Idempotency_Key="k1")
    mine = county.post("/activities", {**LECTURE, "organiser": "T11"}, Idempotency_Key="k1")
    assert mine.status_code == 201


def test_a_reversal_is_answered_again_instead_of_conflicting(world, office):
    activity_id = office.post("/activities", LECTURE).json()["id"]
    item = {
        "reference": "r",
        "happened_on": "2018-05-04",
        "hours": 2,
        "person_id": world.persons[0],
        "activity_id": activity_id,
    }
    office.post("/credits", {"credits": [item]}, Idempotency_Key="k1")
    path = f"/credits/{CreditEntry.objects.get().pk}/reversal"
    first = office.post(path, {"reason": "重复"}, Idempotency_Key="k2")
    assert office.post(path, {"reason": "重复"}, Idempotency_Key="k2").json() == first.json()
    assert office.post(path, {"reason": "重复"}).status_code == 409
    assert CreditEntry.objects.count() == 2


def test_a_refused_request_can_be_tried_again(office):
    bad = {**LECTURE, "topics": ["none"]}
    assert office.post("/activities", bad, Idempotency_Key="k1").status_code == 422
    assert not KeptAnswer.objects.exists()
    assert office.post("/activities", LECTURE, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_keys_that_are_none(office, key):
    response = office.post("/activities", LECTURE, Idempotency_Key=key)
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "Idempotency-Key"
    assert not Activity.objects.exists()


def test_answers_are_kept_for_seven_days(office):
    office.post("/activities", LECTURE, Idempotency_Key="k1")
    now = datetime.now(UTC)
    assert forget_answers(at=now) == 0
    KeptAnswer.objects.update(kept_at=now - timedelta(days=7, minutes=1))
    fresh = office.post("/activities", {**LECTURE, "reference": "a2"}, Idempotency_Key="k1")
    assert fresh.status_code == 201
    assert forget_answers(at=now + timedelta(days=8)) == 1


# Simultaneous requests need connections and transactions of their own: a process with a database of its own.
ASKING = """
import json, os, sys, threading
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client

from peixun.ledger.models import Activity
from peixun.people.models import KeptAnswer, Organisation, Role
from peixun.people.operations.organisations import found_organisations
from tests.api.conftest import issue
from tests.factories.world import NOW, SYSTEM, account, new_organisation

# The tables as the models have them: running every migration takes longer than the test.
settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
found_organisations([new_organisation("R", "", level="city")], by=SYSTEM, at=NOW)
token = issue(account("city", role=Role.OFFICE, organisation=Organisation.objects.get()))
headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
document = json.loads(os.environ["DOCUMENT"])
ROUNDS, AT_ONCE = 5, 6
answers = []

def ask(barrier, number):
    barrier.wait()
    body = {**document, "reference": f"a{number}"}
    response = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1").post(
        "/api/v1/activities", data=json.dumps(body), content_type="application/json",
        headers={**headers, "Idempotency-Key": f"k{number}"},
    )
    replayed = "Idempotency-Replayed" in response.headers
    answers.append((number, response.status_code, response.content.decode(), replayed))
    connections.close_all()

for number in range(ROUNDS):
    barrier = threading.Barrier(AT_ONCE)
    threads = [threading.Thread(target=ask, args=(barrier, number)) for _ in range(AT_ONCE)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print(json.dumps({
    "answers": answers, "activities": Activity.objects.count(), "kept": KeptAnswer.objects.count(),
}))
"""


def test_simultaneous_requests_are_done_once(own_database, tmp_path):
    (tmp_path / "static").mkdir()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "peixun.config.settings",
        "PEIXUN_DATA": str(tmp_path),
        "PEIXUN_DATABASE_URL": own_database,
        "DOCUMENT": json.dumps(LECTURE),
    }
    done = subprocess.run([sys.executable, "-c", ASKING], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["activities"], told["kept"]) == (5, 5), told
    for number in range(5):
        mine = [answer for answer in told["answers"] if answer[0] == number]
        assert [status for _, status, _, _ in mine] == [201] * 6
        assert len({content for _, _, content, _ in mine}) == 1
        assert sorted(replayed for *_, replayed in mine) == [False] + [True] * 5
