"""`peixun backup` and `peixun restore`: everything comes back, and what can't come back whole doesn't come at all."""

import base64
import json
import os
import signal

import psycopg
import pytest

from peixun.kernel.backups.archive import ArchiveWriter, Head
from peixun.kernel.backups.keys import backup_key
from peixun.kernel.backups.sealed import SealedWriter
from tests.kernel.backups.installations import SERVER, installation

OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()
POSTGRESQL = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")

WRITE_MEANWHILE = """
import django; django.setup()
from django.db import connection
from peixun.kernel.backups.stores import store
from peixun.people.models import Person

def persons(snapshot):
    table = next(t for t in snapshot.tables() if t.name == "people_person")
    return b"".join(snapshot.lines(table)).decode()

with store().snapshot() as snapshot:
    before = persons(snapshot)
    connection.ensure_connection()
    Person.objects.filter(pk=Person.objects.earliest("pk").pk).update(occupation="meanwhile")
    assert Person.objects.filter(occupation="meanwhile").exists()
    assert persons(snapshot) == before and "meanwhile" not in before
with store().snapshot() as snapshot:
    assert "meanwhile" in persons(snapshot)
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The small city, its ledger sealed, some files uploaded."""
    with installation(tmp_path_factory.mktemp("full") / "data") as made:
        made.fill()
        yield made


@pytest.fixture(scope="module")
def backup(full, tmp_path_factory):
    """A backup of it, and the tables as they were then."""
    file = tmp_path_factory.mktemp("backup") / "一.peixun"
    before = full.tables()
    status, words = full.run("backup", str(file))
    assert status == 0, words
    assert "已读回核对" in words
    return file, before


@pytest.fixture
def empty(tmp_path):
    """An installation with nothing in it."""
    with installation(tmp_path / "empty") as made:
        yield made


def without_trace(tables, action):
    """Tables without the one audit row of a backup or restore, and without counters that it moved on."""
    rows = [row for row in tables["people_auditentry"] if action not in repr(row)]
    return {**{name: kept for name, kept in tables.items() if name != "sqlite_sequence"}, "people_auditentry": rows}


def untouched(made):
    """Whether nothing was left by a restore that failed."""
    left = [path.name for path in made.folder.iterdir() if path.name not in {"static", "worker.alive"}]
    return made.tables() == {} and left == []


def test_every_table_and_every_file_comes_back(full, backup, empty):
    file, before = backup
    status, words = empty.run("restore", str(file), "--format", "json")
    assert status == 0, words
    document = json.loads(words)
    after = empty.tables()
    assert without_trace(after, "restore") == without_trace(before, "restore")
    assert len(after["people_auditentry"]) == len(before["people_auditentry"]) + 1
    assert document["files"] == 2
    assert document["rows"] == sum(len(rows) for name, rows in before.items() if name != "sqlite_sequence")
    names = {path.relative_to(full.files) for path in full.files.rglob("*") if path.is_file()}
    assert {path.relative_to(empty.files) for path in empty.files.rglob("*") if path.is_file()} == names
    assert all((full.files / name).read_bytes() == (empty.files / name).read_bytes() for name in names)
    assert empty.run("ledger", "verify")[0] == 0


def test_indexes_keys_guards_and_counters_stand_as_before(full, backup, empty):
    assert empty.run("restore", str(backup[0]))[0] == 0
    # Both have written one audit row since: the backup's there, the restore's here.
    assert empty.shape() == full.shape()


def test_writers_go_on_during_a_backup_and_it_sees_none_of_what_they_write(backup, empty):
    assert empty.run("restore", str(backup[0]))[0] == 0
    empty.script(WRITE_MEANWHILE)


def test_a_ledger_that_was_damaged_is_restored_only_on_purpose(backup, empty, tmp_path):
    assert empty.run("restore", str(backup[0]))[0] == 0
    empty.behind_the_back("ledger_creditentry", "UPDATE ledger_creditentry SET hours = 99 WHERE id = 1")
    file = tmp_path / "damaged.peixun"
    assert empty.run("backup", str(file))[0] == 0
    with installation(tmp_path / "second") as second:
        status, words = second.run("restore", str(file))
        assert (status, "1 处问题" in words) == (2, True)
        assert untouched(second)
        assert second.run("restore", str(file), "--accept-ledger-faults")[0] == 0
        assert second.run("ledger", "verify")[0] == 1


def test_a_restored_system_can_be_backed_up_and_is_not_empty_any_more(backup, empty, tmp_path):
    file = backup[0]
    assert empty.run("restore", str(file))[0] == 0
    before = empty.tables()
    status, words = empty.run("restore", str(file))
    assert (status, "已有" in words) == (2, True)
    assert empty.tables() == before
    assert empty.run("backup", str(tmp_path / "二.peixun"))[0] == 0


def test_a_database_that_was_only_migrated_counts_as_empty(backup, empty):
    assert empty.run("migrate", "--verbosity", "0")[0] == 0
    assert empty.run("restore", str(backup[0]))[0] == 0
    assert without_trace(empty.tables(), "restore") == without_trace(backup[1], "restore")


def test_files_that_are_there_already_are_kept(backup, empty):
    empty.files.mkdir()
    (empty.files / "mine.txt").write_text("mine")
    status, words = empty.run("restore", str(backup[0]))
    assert (status, "里已有文件" in words) == (2, True)
    assert (empty.files / "mine.txt").read_text() == "mine"
    assert empty.tables() == {}


def test_an_existing_file_is_never_written_over(full, backup):
    before = backup[0].read_bytes()
    status, words = full.run("backup", str(backup[0]))
    assert (status, "已存在" in words) == (2, True)
    assert backup[0].read_bytes() == before


def _flipped(data):
    changed = bytearray(data)
    changed[len(changed) // 2] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_flipped, "已损坏"),
        (lambda data: data[:-1], "已损坏"),
        (lambda data: data[: len(data) // 2], "已损坏"),
        (lambda data: data + b"\0", "已损坏"),
        (lambda _: b"", "不是本系统的备份文件"),
        (lambda _: b"PK\3\4" + bytes(5000), "不是本系统的备份文件"),
    ],
    ids=["flipped", "one byte short", "half", "longer", "empty", "foreign"],
)
def test_a_damaged_or_foreign_file_is_refused_in_plain_words(backup, empty, tmp_path, spoil, words):
    file = tmp_path / "spoilt"
    file.write_bytes(spoil(backup[0].read_bytes()))
    status, said = empty.run("restore", str(file))
    assert (status, words in said, said.count("\n")) == (2, True, 1)
    assert untouched(empty)


def test_a_wrong_key_a_missing_key_and_a_missing_file_are_refused(backup, empty, tmp_path):
    for file, settings, words in (
        (backup[0], {"PEIXUN_BACKUP_KEY": OTHER_KEY}, "密钥不对"),
        (backup[0], {"PEIXUN_BACKUP_KEY": "short"}, "PEIXUN_BACKUP_KEY"),
        (backup[0], {"PEIXUN_DEMO": "0"}, "没有设置备份密钥"),
        (tmp_path / "nowhere", {}, "nowhere"),
    ):
        status, said = empty.run("restore", str(file), **settings)
        assert (status, words in said, said.count("\n")) == (2, True, 1)
    assert untouched(empty)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ({"version": "99.0"}, "请先升级"),
        ({"migrations": [("people", "9999_of_tomorrow")]}, "请先升级"),
        ({"product": "another"}, "不是本系统的备份文件"),
        ({"migrations": []}, "不一致"),
    ],
)
def test_backups_of_newer_versions_and_other_products_are_refused(empty, tmp_path, head, words):
    file = tmp_path / "crafted"
    usual = {"version": "0.1.0", "engine": "sqlite", "made_at": "", "migrations": [], "tables": [], "counters": {}}
    with file.open("wb") as target:
        ArchiveWriter(SealedWriter(target, backup_key()), Head(**{**usual, **head})).close()
    status, said = empty.run("restore", str(file))
    assert (status, words in said) == (2, True), said
    assert untouched(empty)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_a_restore_that_is_killed_leaves_nothing_and_can_be_done_again(backup, empty, how):
    process = empty.start("restore", str(backup[0]))
    while not (empty.folder / "files.restoring").exists():
        assert process.poll() is None
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert empty.tables() == {}
    assert not empty.files.exists()
    assert how is signal.SIGKILL or untouched(empty)
    assert empty.run("restore", str(backup[0]))[0] == 0
    assert without_trace(empty.tables(), "restore") == without_trace(backup[1], "restore")
    assert not [path for path in empty.folder.iterdir() if "restoring" in path.name]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_a_backup_that_is_killed_leaves_no_file_that_looks_whole(backup, empty, tmp_path, how):
    assert empty.run("restore", str(backup[0]))[0] == 0
    large = empty.files / "large"
    with large.open("wb") as file:
        file.truncate(2 * 1024**3)  # takes no room on the disk, and long enough to read
    target = tmp_path / "killed.peixun"
    part = tmp_path / "killed.peixun.part"
    process = empty.start("backup", str(target))
    while not part.exists():
        assert process.poll() is None
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not target.exists()
    assert part.exists() is (how is signal.SIGKILL)
    large.unlink()
    assert empty.run("backup", str(target))[0] == 0
    assert not part.exists()


def test_a_backup_of_one_database_is_restored_into_the_other(backup, tmp_path):
    other = "" if SERVER else POSTGRESQL
    if other:
        try:
            psycopg.connect(other, connect_timeout=3).close()
        except psycopg.OperationalError:
            pytest.skip("no PostgreSQL answers")
    with installation(tmp_path / "other", server=other) as made:
        status, words = made.run("restore", str(backup[0]))
        assert status == 0, words
        after = made.tables()
        counts = {name: len(rows) for name, rows in backup[1].items() if name != "sqlite_sequence"}
        counts["people_auditentry"] += 1
        assert {name: len(rows) for name, rows in after.items() if name != "sqlite_sequence"} == counts
        assert made.run("ledger", "verify")[0] == 0
