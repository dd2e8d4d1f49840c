"""Alive, and ready."""

import os

import pytest
from django.db import DatabaseError, connection

from peixun.home.queries import health
from peixun.kernel import periodic


@pytest.fixture
def worker_seen(settings, tmp_path):
    settings.DATA = tmp_path
    periodic.beat()
    return periodic.heartbeat_file()


def test_the_web_process_says_that_it_is_alive(client):
    assert client.get("/healthz").json() == {"status": "alive"}


def test_ready_when_database_worker_and_disk_are_well(client, db, worker_seen):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert {name: check["ok"] for name, check in response.json()["checks"].items()} == {
        "database": True,
        "worker": True,
        "disk": True,
    }


def test_not_ready_when_the_worker_has_fallen_silent(client, db, worker_seen):
    long_ago = worker_seen.stat().st_mtime - 3600
    os.utime(worker_seen, (long_ago, long_ago))
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["worker"]["ok"]) == (503, False)
    worker_seen.unlink()
    assert client.get("/readyz").json()["checks"]["worker"]["detail"] == "never seen"


def test_not_ready_without_a_database(client, db, worker_seen, monkeypatch):
    def gone():
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        response = client.get("/readyz")
    assert response.json()["checks"]["database"] == {"ok": False, "detail": "no answer"}


def test_not_ready_on_a_full_disk(worker_seen, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**60)
    assert health.disk().ok is False
