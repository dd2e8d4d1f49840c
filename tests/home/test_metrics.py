"""Numbers for Prometheus: what they say, and to whom."""

import os
import subprocess
import sys
from datetime import date

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from prometheus_client.parser import text_string_to_metric_families

from peixun.coverage.models import StaleBranch
from peixun.home.queries import gauges
from peixun.kernel import metrics, periodic
from peixun.ledger.operations import seal
from tests.factories.world import NOW, post


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path
    cache.clear()


def _samples(response):
    families = text_string_to_metric_families(response.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_requests_are_counted_by_route_and_status(client, db):
    key = ("peixun_requests_total", (("method", "GET"), ("route", "home:sign-in"), ("status", "200")))
    before = _samples(client.get("/metrics")).get(key, 0)
    client.get("/sign-in/?next=/people/7/")
    after = _samples(client.get("/metrics"))
    assert after[key] == before + 1
    assert ("peixun_request_duration_seconds_count", (("route", "home:sign-in"),)) in after
    assert not [name for name, labels in after if "/" in str(labels)]


def test_strangers_cannot_make_series(client, db):
    client.generic("BREW", "/one/two/")
    client.generic("STEEP", "/three/")
    labels = {
        dict(labels)["route"]: dict(labels)["method"]
        for name, labels in _samples(client.get("/metrics"))
        if name == "peixun_requests_total" and dict(labels)["method"] == "OTHER"
    }
    assert labels == {"-": "OTHER"}


def test_ledger_queue_and_figures_in_numbers(client, world):
    periodic.beat()
    post(world, world.persons[0], on=date(2018, 3, 1), hours=2)
    seal(at=NOW)
    post(world, world.persons[1], on=date(2018, 3, 1), hours=2)
    StaleBranch.objects.all().delete()
    StaleBranch.objects.create(branch=world.organisation("T11a"), year=2018)
    found = {name: value for (name, labels), value in _samples(client.get("/metrics")).items() if not labels}
    assert found["peixun_ledger_rows_unsealed"] == 1
    assert found["peixun_ledger_last_seal_age_seconds"] > 0
    assert found["peixun_coverage_stale_branches"] == 1
    assert found["peixun_queue_waiting"] == found["peixun_queue_oldest_waiting_seconds"] == 0
    assert 0 <= found["peixun_worker_heartbeat_age_seconds"] < 60
    assert found["peixun_database_up"] == 1
    assert found["peixun_database_bytes"] > 100_000
    assert set(gauges.HELP) == set(found) & set(gauges.HELP)


def test_figures_are_kept_for_a_few_seconds(client, db, django_assert_num_queries):
    client.get("/metrics")
    with django_assert_num_queries(0):
        client.get("/metrics")


def test_a_silent_database_is_a_number_too(client, db, monkeypatch):
    def gone():
        raise DatabaseError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        response = client.get("/metrics")
    found = _samples(response)
    assert (response.status_code, found["peixun_database_up", ()]) == (200, 0)
    assert ("peixun_queue_waiting", ()) not in found
    assert ("peixun_disk_free_bytes", ()) in found


def test_only_this_machine_reads_them(client, db):
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.8").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404


def test_nobody_reads_them_through_a_proxy(client, db, settings):
    settings.BEHIND_PROXY = True
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 404


def test_whoever_shows_the_token_reads_them(client, db, settings):
    settings.METRICS_TOKEN = "a-long-token"
    shown = {"authorization": "Bearer a-long-token"}
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.8", headers=shown).status_code == 200
    for wrong in ("Bearer a-long-toke", "Bearer 令牌", "Bearer ", ""):
        assert client.get("/metrics", headers={"authorization": wrong}).status_code == 404


COUNT = """
import sys
from datetime import date
from peixun.kernel import metrics
for _ in range(int(sys.argv[1])):
    metrics.count_request("GET", "home:start", 200, 0.01)
"""


def test_several_web_processes_are_added_up(tmp_path, monkeypatch):
    (tmp_path / "counter_1.db").write_bytes(b"left over")
    metrics.fresh_folder(tmp_path)
    environment = {**os.environ, metrics.FOLDER: str(tmp_path), "DJANGO_SETTINGS_MODULE": "peixun.config.settings"}
    for times in ("2", "3"):
        subprocess.run([sys.executable, "-c", COUNT, times], env=environment, check=True)
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    assert b'peixun_requests_total{method="GET",route="home:start",status="200"} 5.0' in metrics.exposition()
