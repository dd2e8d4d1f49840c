"""Sealing and verifying: whatever is changed, removed or slipped in behind the application's back is named."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel import guards
from peixun.ledger import rules
from peixun.ledger.models import CreditEntry, Seal
from peixun.ledger.operations import post, reverse, seal, verify
from peixun.ledger.operations.posting import COLUMNS, entry_digest
from tests.factories.world import NOW, SYSTEM, activity, credit
from tests.factories.world import post as post_one

DAY = date(2017, 5, 4)


@pytest.fixture
def entries(world):
    lecture = activity(world, on=DAY)
    post([credit(p, lecture, on=DAY, hours=4) for p in world.persons[:20]], by=SYSTEM, at=NOW)
    return list(CreditEntry.objects.order_by("pk"))


def behind_the_back(sql: str, *parameters: object) -> None:
    """Change the database as somebody would who owns it: without the guards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_creditentry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE ledger_activity DISABLE TRIGGER USER")
        else:
            for verb in ("update", "delete"):
                for table in ("ledger_creditentry", "ledger_activity"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{verb}")
        cursor.execute(sql, parameters)


def faults() -> set[tuple[object, object]]:
    return {(f["fault"], f["entry"]) for f in verify().faults}


def test_a_sealed_ledger_verifies(entries):
    assert verify().unsealed == 20
    assert seal(at=NOW) == 20
    assert seal(at=NOW) == 0
    result = verify()
    assert result.intact
    assert (result.sealed, result.unsealed) == (20, 0)
    assert result.head == bytes(Seal.objects.get().digest).hex()


def test_later_rows_are_chained_to_the_seal_before(world, entries):
    seal(at=NOW)
    post_one(world, world.persons[0], on=DAY, hours=2)
    reverse(entries[0], reason="重复", by=SYSTEM, at=NOW)
    assert verify().unsealed == 2
    assert seal(at=NOW) == 2
    assert verify().intact
    assert Seal.objects.count() == 2


def test_a_changed_row_is_named(entries):
    seal(at=NOW)
    behind_the_back("UPDATE ledger_creditentry SET hours = 400 WHERE id = %s", entries[7].pk)
    assert ("changed", entries[7].pk) in faults()
    assert len(faults()) == 1


def test_a_changed_row_is_named_even_when_its_digest_was_forged_too(entries):
    seal(at=NOW)
    victim = entries[7]
    names = [f"{n}_id" if n in {"activity", "person", "reverses"} else n for n in COLUMNS[:-1]]
    values = [getattr(victim, name) for name in names]
    values[3], values[11] = 400, rules.instant_text(victim.posted_at)
    digest = entry_digest(values, bytes(victim.activity.digest))
    behind_the_back("UPDATE ledger_creditentry SET hours = 400, digest = %s WHERE id = %s", digest, victim.pk)
    assert faults() == {("changed", victim.pk)}


def test_a_change_is_named_before_it_is_sealed_too(entries):
    behind_the_back("UPDATE ledger_creditentry SET hours = 400 WHERE id = %s", entries[3].pk)
    assert faults() == {("changed", entries[3].pk)}


def test_a_removed_row_is_named(entries):
    seal(at=NOW)
    behind_the_back("DELETE FROM ledger_creditentry WHERE id = %s", entries[4].pk)
    assert faults() == {("removed", entries[4].pk)}


def test_a_row_that_was_slipped_in_is_named(entries):
    victim = entries[4]
    behind_the_back("DELETE FROM ledger_creditentry WHERE id = %s", victim.pk)
    seal(at=NOW)
    victim.source_ref = "slipped"
    CreditEntry.objects.bulk_create([victim])
    # On PostgreSQL the id may still be open to a late commit; its digest is wrong all the same.
    expected = {("changed", victim.pk)}
    if connection.vendor == "sqlite":
        expected.add(("slipped_in", victim.pk))
    assert faults() == expected


def test_a_changed_activity_is_named(entries):
    behind_the_back("UPDATE ledger_activity SET title = 'x' WHERE id = %s", entries[0].activity_id)
    [fault] = [f for f in verify().faults if f["fault"] == "activity_changed"]
    assert fault["activity"] == entries[0].activity_id


def test_a_broken_chain_is_named(entries):
    seal(at=NOW)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER guard_ledger_seal_update")
        cursor.execute("UPDATE ledger_seal SET digest = %s", [bytes(32)])
    assert [f["fault"] for f in verify().faults] == ["seal_broken"]


def test_every_guard_stands(db):
    assert guards.missing() == []


@given(st.sets(st.integers(1, 200)))
def test_runs_and_gaps_together_are_everything(ids):
    runs = rules.to_runs(sorted(ids))
    expanded = [i for first, last in runs for i in range(first, last + 1)]
    assert expanded == sorted(ids)
    missing = {i for first, last in rules.gaps(runs, 0) for i in range(first, last + 1)}
    assert missing | ids == set(range(1, max(ids, default=0) + 1))
    assert not missing & ids


@given(
    quarters=st.integers(1, 2000),
    first=st.dates(date(2015, 1, 1), date(2019, 12, 31)),
    days=st.integers(0, 900),
)
def test_what_spans_years_is_split_without_loss(quarters, first, days):
    last = date.fromordinal(first.toordinal() + days)
    parts = rules.split_over_years(quarters=quarters, first=first, last=last)
    assert sum(part[2] for part in parts) == quarters
    assert all(part[2] > 0 and first <= part[0] <= last for part in parts)
    assert len({part[0].year for part in parts}) == len(parts)
    if first.year == last.year:
        assert parts == [(last, "", quarters)]
