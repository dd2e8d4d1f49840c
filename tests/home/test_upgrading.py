"""The way up from an earlier version: its database, filled, is brought to this one, and nothing is lost.

An installation of this version is filled through its operations; its rows then go, column by column, into a database
that was migrated only as far as the earlier version knew. That one is upgraded as an administrator does it.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.kernel.backups.installations import Installation, installation

# Where the apps stood when the main job was done; what isn't named didn't exist.
MAIN_JOB = {"people": "0002", "ledger": "0003", "catalog": "0001", "coverage": "0002", "exchange": "0001"}
# And a little later: with transfers, one person's changes and one-time codes.
FIRST_CHANGES = {**MAIN_JOB, "people": "0003", "changes": "0002"}

FIGURES = """
from peixun.coverage.operations import rebuild
rebuild(2017); rebuild(2018)
"""
# Run in the old installation: to the old tables, then every row of the new one's that they have a place for.
BACK_THEN = """
import json, os
import dj_database_url
from django.conf import settings
settings.DATABASES["donor"] = {**settings.DATABASES["default"], **dj_database_url.parse(os.environ["DONOR"])}
import django; django.setup()
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from peixun.kernel import guards

OURS = {"people", "ledger", "catalog", "coverage", "exchange", "changes", "reports", "notices", "rulebook", "claims"}
executor = MigrationExecutor(connection)
wanted = json.loads(os.environ["TARGETS"])
known = executor.loader.graph.nodes
targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in OURS]
targets += [node for node in known for app, number in wanted.items() if node[0] == app and node[1].startswith(number)]
executor.migrate(targets)
guards.install()

LEFT = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
sqlite = connection.vendor == "sqlite"
copied = {}
with transaction.atomic(), connection.cursor() as new, connections["donor"].cursor() as old:
    for table in sorted(set(connection.introspection.table_names(new)) - LEFT):
        names = [c.name for c in connection.introspection.get_table_description(new, table)]
        quoted = ", ".join(f'"{n}"' for n in names)
        read = quoted if sqlite else ", ".join(f'"{n}"::text' for n in names)
        if not table.startswith("ledger_"):  # what migrations put in comes along with the rest
            new.execute(f'DELETE FROM "{table}"')
        old.execute(f'SELECT {read} FROM "{table}" ORDER BY 1')
        rows = old.fetchall()
        marks = ", ".join(["%s"] * len(names))
        if rows:
            new.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', rows)
        if not sqlite:
            for sequence in connection.introspection.get_sequences(new, table):
                last = f'SELECT max("{sequence["column"]}") FROM "{table}"'
                new.execute(f"SELECT setval(%s, ({last}))", [sequence["name"]])
        copied[table] = len(rows)
print(json.dumps(copied))
"""
# What Django itself writes anew, and SQLite's counters, one a table.
NOT_OURS = {"django_migrations", "django_content_type", "auth_permission", "sqlite_sequence"}
KEPT = """
import django; django.setup()
from peixun.coverage.models import PersonYear, RollUp
from peixun.coverage.operations import rebuild
from peixun.kernel import guards
FIELDS = ("person_id", "year", "branch_id", "due", "covered", "fulfilled", "hours", "missing")
def figures():
    years = PersonYear.objects.order_by("person_id", "year").values_list(*FIELDS)
    ups = RollUp.objects.order_by("organisation_id", "year", "cut")
    return list(years), list(ups.values_list("organisation_id", "year", "cut", "months"))
kept = figures()
assert kept[0] and kept[1]
for year in (2017, 2018):
    rebuild(year)
assert figures() == kept
assert guards.missing() == []
"""


@pytest.fixture
def two(tmp_path) -> Iterator[tuple[Installation, Installation]]:
    """A donor of this version, and the old installation."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(installation(tmp_path / name)) for name in ("donor", "old"))


@pytest.mark.long
@pytest.mark.parametrize("targets", [MAIN_JOB, FIRST_CHANGES], ids=["main-job", "first-changes"])
def test_an_earlier_database_is_brought_up_and_nothing_is_lost(two, targets):
    donor, old = two
    donor.fill()
    donor.script("import django; django.setup()\n" + FIGURES)
    url = donor.url or f"sqlite:///{donor.folder / 'peixun.sqlite3'}"
    old.script(BACK_THEN, DONOR=url, TARGETS=json.dumps(targets))
    before = old.tables()
    assert "ledger_yearclosing" not in before
    assert len(before["ledger_creditentry"]) == 4
    assert ("changes_transfer" in before) is ("changes" in targets)

    status, said = old.run("doctor", "--format", "json")
    structure = next(f for f in json.loads(said)["findings"] if f["key"] == "structure")
    assert (status, structure["right"]) == (1, False)

    assert old.run("migrate", "--verbosity", "0") == (0, "")

    after = old.tables()
    moved = set(before) - NOT_OURS
    assert {name: len(after[name]) for name in moved} == {name: len(before[name]) for name in moved}
    for table in ("ledger_creditentry", "ledger_activity", "ledger_seal", "people_membership", "people_auditentry"):
        assert after[table] == before[table], table
    assert old.run("ledger", "verify")[0] == 0
    old.script(KEPT)
    status, said = old.run("doctor", "--format", "json")
    right = {f["key"]: f["right"] for f in json.loads(said)["findings"]}
    assert right["structure"]
    assert right["guards"]
    assert old.run("backup", str(old.folder.parent / "after.peixun"))[0] == 0
