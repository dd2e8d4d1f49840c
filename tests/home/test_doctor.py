"""`peixun doctor`: what it finds wrong, in words and as JSON."""

import base64
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection

from peixun.home.queries.doctor import examine, machine
from peixun.kernel import guards, periodic
from peixun.ledger.operations import seal
from peixun.people.commands import Refused
from peixun.people.models import AuditEntry
from peixun.people.operations import audit
from tests.factories.world import NOW, SYSTEM, post

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()


@pytest.fixture
def well(settings, tmp_path, monkeypatch):
    """Settings as a careful administrator makes them."""
    settings.DATA = tmp_path
    tmp_path.chmod(0o750)
    settings.DEMO = settings.KEYS_ARE_DEFAULT = settings.BACKUP_KEY_IS_DEFAULT = False
    settings.SECRET_KEY = settings.LOOKUP_KEY = "k" * 44
    settings.DATA_KEYS, settings.BACKUP_KEY = [KEY], KEY
    settings.HTTPS = settings.SECOND_FACTOR_REQUIRED = True
    settings.TODAY = ""
    monkeypatch.setattr(machine.finders, "find", lambda name: name)
    periodic.beat()
    return settings


def _wrong(at=NOW):
    return {finding.key for finding in examine(at=at) if not finding.right}


def _doctor(*words):
    out = StringIO()
    status = 0
    try:
        call_command("doctor", *words, stdout=out)
    except SystemExit as left:
        status = left.code
    return status, out.getvalue()


def test_a_careful_installation_is_well(db, well):
    assert _wrong() == set()
    status, said = _doctor("--format", "json")
    document = json.loads(said)
    assert (status, document["right"]) == (0, True)
    assert {"key", "name", "right", "value", "advice"} == set(document["findings"][0])


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("KEYS_ARE_DEFAULT", True, "keys"),
        ("SECRET_KEY", "short", "keys"),
        ("LOOKUP_KEY", "short", "keys"),
        ("DATA_KEYS", [], "keys"),
        ("DATA_KEYS", [KEY, "c2hvcnQ="], "keys"),
        ("DATA_KEYS", ["密"], "keys"),
        ("BACKUP_KEY", "c2hvcnQ=", "backup_key"),
        ("BACKUP_KEY_IS_DEFAULT", True, "backup_key"),
        ("HTTPS", False, "https"),
        ("SECOND_FACTOR_REQUIRED", False, "second_factor"),
        ("TODAY", "2018-06-30", "business_date"),
    ],
)
def test_each_careless_setting_is_found(db, well, name, value, key):
    setattr(well, name, value)
    assert _wrong() == {key}


def test_a_silent_worker_a_full_disk_and_an_open_folder_are_found(db, well, monkeypatch):
    periodic.heartbeat_file().unlink()
    monkeypatch.setattr(machine, "LOW_DISK", 2**60)
    well.DATA.chmod(0o755)
    assert _wrong() == {"worker", "disk", "data_folder"}


def test_unsealed_rows_are_found_when_they_are_old(world, well):
    audit.record(by=SYSTEM, at=NOW, action="backup", subject="installation")
    post(world, world.persons[0], on=date(2018, 3, 1), hours=2)
    assert _wrong(NOW + timedelta(minutes=9)) == set()
    assert _wrong(NOW + timedelta(minutes=11)) == {"seal"}
    seal(at=NOW)
    assert _wrong(NOW + timedelta(minutes=11)) == set()


def test_a_backup_is_wanted_every_other_day_once_there_is_something_to_lose(world, well):
    assert _wrong() == {"backup"}
    audit.record(by=SYSTEM, at=NOW, action="backup", subject="installation")
    assert _wrong(NOW + timedelta(hours=47)) == set()
    assert _wrong(NOW + timedelta(hours=49)) == {"backup"}


def test_a_clock_that_was_put_back_is_found(db, well):
    audit.record(by=SYSTEM, at=NOW, action="backup", subject="installation")
    assert _wrong(NOW - timedelta(hours=1)) == {"clock"}


def test_sessions_that_nobody_clears_are_found(db, well):
    Session.objects.create(session_key="a", session_data="", expire_date=NOW - timedelta(days=3))
    assert _wrong() == {"sessions"}


def test_a_missing_guard_is_named(db, well, monkeypatch):
    monkeypatch.setattr(guards, "missing", lambda: ["guard_x_update"])
    assert "guard_x_update" in next(f.value for f in examine(at=NOW) if f.key == "guards")
    assert _wrong() == {"guards"}


def test_without_a_database_the_rest_is_still_looked_at(db, well, monkeypatch):
    def gone(*_args):
        raise DatabaseError("gone\naway")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        broken.setattr(connection, "get_database_version", gone)
        found = list(examine(at=NOW))
    assert [(f.key, f.value) for f in found if not f.right] == [("database", "gone away")]
    assert "rows" not in {f.key for f in found}


def test_looking_changes_nothing(world, well):
    before = AuditEntry.objects.count(), AccessAttempt.objects.count()
    _doctor()
    assert (AuditEntry.objects.count(), AccessAttempt.objects.count()) == before


def test_words_for_people_name_what_to_do_and_the_status_is_one(db, well):
    well.HTTPS = False
    status, said = _doctor()
    assert status == 1
    assert "✗ HTTPS：未开启  → 在 HTTPS 之后运行，并设置 PEIXUN_HTTPS=1" in said


def test_it_acts_for_nobody(db):
    with pytest.raises(Refused, match="--as"):
        _doctor("--as", "wang")


def test_english_is_for_the_asking(db, well):
    status, said = _doctor("--language", "en", "--format", "json")
    assert status == 0
    assert [f["key"] for f in json.loads(said)["findings"]] == [f.key for f in examine(at=datetime.now(UTC))]
