"""Posting: replay is harmless, a known key with other content is a conflict, a mistake is reversed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations import (
    ActivityConflict,
    CreditConflict,
    NewActivity,
    NotReversible,
    open_activities,
    post,
    reverse,
)
from peixun.people.models import AuditEntry
from tests.factories.world import NOW, SYSTEM, activity, credit
from tests.factories.world import post as post_one

DAY = date(2017, 5, 4)


@pytest.fixture
def credits(world):
    lecture = activity(world, on=DAY)
    return [credit(person, lecture, on=DAY, hours=4, ref=f"p{person}") for person in world.persons[:10]]


def test_post_writes_each_credit_once(credits):
    first = post(credits, by=SYSTEM, at=NOW)
    again = post(list(reversed(credits)), by=SYSTEM, at=NOW)
    assert (first.written, first.unchanged) == (10, 0)
    assert (again.written, again.unchanged) == (0, 10)
    assert CreditEntry.objects.count() == 10
    assert {e.hours for e in CreditEntry.objects.all()} == {Decimal("4.00")}


def test_post_passes_over_the_known_ones_among_new_ones(credits):
    post(credits[:4], by=SYSTEM, at=NOW)
    result = post(credits, by=SYSTEM, at=NOW)
    assert (result.written, result.unchanged) == (6, 4)
    assert result.person_ids == {c.person_id for c in credits[4:]}


def test_other_content_under_a_known_key_is_a_conflict_and_writes_nothing(credits):
    post(credits[:1], by=SYSTEM, at=NOW)
    changed = replace(credits[0], quarters=20)
    with pytest.raises(CreditConflict) as caught:
        post([*credits[1:], changed], by=SYSTEM, at=NOW)
    assert caught.value.keys == [changed.key]
    assert CreditEntry.objects.count() == 1


def test_two_contents_of_one_key_in_one_post_are_a_conflict(credits):
    with pytest.raises(CreditConflict):
        post([credits[0], replace(credits[0], quarters=20)], by=SYSTEM, at=NOW)
    assert not CreditEntry.objects.exists()


@pytest.mark.parametrize("quarters", [0, -4, 4001])
def test_hours_out_of_range_are_refused(credits, quarters):
    with pytest.raises(ValueError, match="out of range"):
        post([replace(credits[0], quarters=quarters)], by=SYSTEM, at=NOW)


def test_reversal_cancels_and_next_revision_replaces(world, credits):
    post(credits[:1], by=SYSTEM, at=NOW)
    entry = CreditEntry.objects.get()
    right = replace(credits[0], quarters=8, revision=2)
    reversal = reverse(entry, reason="学时录错", by=SYSTEM, at=NOW, replacement=right)
    assert reversal.hours == -entry.hours
    assert reversal.reverses_id == entry.pk
    assert [e.hours for e in CreditEntry.objects.effective()] == [Decimal("2.00")]
    assert AuditEntry.objects.filter(action="reverse", subject_id=str(entry.pk)).exists()


def test_one_reversal_at_most_and_none_of_a_reversal(world):
    entry = post_one(world, world.persons[0], on=DAY, hours=4)
    reversal = reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    with pytest.raises(NotReversible):
        reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    with pytest.raises(NotReversible):
        reverse(reversal, reason="重复", by=SYSTEM, at=NOW)


def test_a_reversal_needs_a_reason(world):
    entry = post_one(world, world.persons[0], on=DAY, hours=4)
    with pytest.raises(ValueError, match="reason"):
        reverse(entry, reason="  ", by=SYSTEM, at=NOW)


@pytest.mark.parametrize("table", ["ledger_creditentry", "ledger_activity"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET source = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_ledger(world, table, verb):
    post_one(world, world.persons[0], on=DAY, hours=4)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_database_refuses_to_truncate_the_ledger(world):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_creditentry CASCADE")


def test_activities_are_opened_once_and_never_changed(world):
    new = NewActivity(
        source_kind="test",
        source="R",
        reference="a1",
        kind="class",
        title="书记培训班",
        organiser_id=world.root.pk,
        tier="city_key",
        starts_on=DAY,
        ends_on=DAY,
        topics=("a", "b"),
    )
    [first] = open_activities([new]).values()
    [second] = open_activities([new]).values()
    assert first == second
    assert Activity.objects.get(pk=first).topics == ["a", "b"]
    with pytest.raises(ActivityConflict):
        open_activities([replace(new, title="另一个班")])
