"""Closing a year: what is posted afterwards needs a reason and is noted; everything else stays as it was."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from peixun.ledger.models import CreditEntry, LateEntry, Seal, YearClosing
from peixun.ledger.operations import ClosingRefused, YearClosed, close_year, post, reopen_year, reverse, verify
from peixun.ledger.queries.closings import closing_of, late_count
from peixun.people.models import AuditEntry
from peixun.people.operations.memberships import end_memberships
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, SYSTEM, account, activity, credit
from tests.factories.world import post as post_one

TODAY = date(2018, 1, 20)
CLOSED_AT = datetime(2018, 1, 20, 2, 0, tzinfo=UTC)
FIGURES = {"due": 40, "covered": 1, "fulfilled": 0, "person_times": 1, "quarters": 8}
DAY = date(2017, 5, 4)


def close(organisation, year=2017, *, by=SYSTEM, today=TODAY):
    return close_year(organisation, year, figures=FIGURES, by=by, at=CLOSED_AT, today=today)


def office(world, code):
    made = account(f"office-{code}", role="office", organisation=world.organisation(code))
    return actor_of(made, day=TODAY)


def test_closing_seals_first_and_keeps_the_position(world):
    entry = post_one(world, world.persons[0], on=DAY, hours=2)
    closing = close(world.root)
    seal = Seal.objects.get()
    assert (closing.seal_number, bytes(closing.head), closing.last_entry) == (1, bytes(seal.digest), entry.pk)
    assert closing.figures == FIGURES
    assert verify().unsealed == 0


def test_closing_leaves_its_trace_where_auditors_of_the_subtree_look(world):
    county = world.organisation("C1")
    close(county)
    trace = AuditEntry.objects.get(action="close_year")
    assert (trace.organisation_id, trace.detail["year"]) == (county.pk, 2017)


def test_a_year_that_runs_is_not_closed(world):
    with pytest.raises(ClosingRefused, match="2018 年还没有结束"):
        close(world.root, 2018)
    with pytest.raises(ClosingRefused, match="还没有结束"):
        close(world.root, 2017, today=date(2017, 12, 31))
    assert not YearClosing.objects.exists()


def test_a_year_is_closed_once_whoever_comes_second(world):
    close(world.root)
    with pytest.raises(ClosingRefused, match="已经关账"):
        close(world.root)
    assert YearClosing.objects.count() == 1
    assert AuditEntry.objects.filter(action="close_year").count() == 1


@pytest.mark.parametrize(("code", "target"), [("C1", "C2"), ("C1", "R"), ("T11", "T11"), ("T11", "C1")])
def test_only_offices_of_counties_and_above_close_their_own(world, code, target):
    with pytest.raises(OutOfScope):
        close(world.organisation(target), by=office(world, code))
    assert not YearClosing.objects.exists()


@pytest.mark.parametrize("code", ["C2", "T11"])
def test_only_who_may_close_may_reopen(world, code):
    closing = close(world.organisation("C1"))
    with pytest.raises(OutOfScope):
        reopen_year(closing, reason="试一试", by=office(world, code), at=NOW)
    closing.refresh_from_db()
    assert closing.reopened_at is None


def test_a_county_closes_its_own_year(world):
    by = office(world, "C1")
    assert close(world.organisation("C1"), by=by).closed_by_id == by.account_id


def test_without_a_reason_nothing_is_posted_and_the_words_say_what_to_do(world):
    close(world.organisation("C1"))
    lecture = activity(world, on=DAY)
    both = [credit(p, lecture, on=DAY, hours=2) for p in (world.persons[-1], world.persons[0])]
    with pytest.raises(YearClosed, match="第1县委 2017 年度已于 2018-01-20 关账，补记请写明原因"):
        post(both, by=SYSTEM, at=NOW)
    assert not CreditEntry.objects.exists()
    assert post(both[:1], by=SYSTEM, at=NOW).written == 1


def test_with_a_reason_it_is_posted_and_noted(world):
    closing = close(world.organisation("C1"))
    lecture = activity(world, on=DAY)
    both = [credit(p, lecture, on=DAY, hours=2) for p in (world.persons[-1], world.persons[0])]
    assert post(both, by=SYSTEM, at=NOW, late_reason=" 签到表补交 ").written == 2
    late = LateEntry.objects.get()
    assert (late.entry.person_id, late.closing, late.reason) == (world.persons[0], closing, "签到表补交")
    trace = AuditEntry.objects.get(action="post_late")
    assert (trace.organisation_id, trace.detail["written"]) == (closing.organisation_id, 1)


def test_a_replay_of_what_was_known_before_needs_no_reason(world):
    lecture = activity(world, on=DAY)
    known = credit(world.persons[0], lecture, on=DAY, hours=2)
    post([known], by=SYSTEM, at=NOW)
    close(world.root)
    assert post([known], by=SYSTEM, at=NOW).unchanged == 1
    assert not LateEntry.objects.exists()


def test_other_years_are_posted_as_ever(world):
    close(world.root)
    post_one(world, world.persons[0], on=date(2018, 1, 5), hours=2)
    assert not LateEntry.objects.exists()


def test_the_nearest_closing_up_the_line_counts(world):
    city, county = close(world.root), close(world.organisation("C1"))
    lecture = activity(world, on=DAY)
    credits = [credit(p, lecture, on=DAY, hours=2) for p in (world.persons[0], world.persons[-1])]
    post(credits, by=SYSTEM, at=NOW, late_reason="漏报")
    found = dict(LateEntry.objects.values_list("entry__person_id", "closing_id"))
    assert found == {world.persons[0]: county.pk, world.persons[-1]: city.pk}
    assert closing_of(world.organisation("T11a"), 2017) == county
    assert closing_of(world.organisation("C2"), 2017) == city
    assert closing_of(world.organisation("C2"), 2016) is None


def test_a_day_without_membership_is_in_nobodys_year(world):
    end_memberships([(world.persons[0], date(2017, 3, 1), "left", None)], by=SYSTEM, at=NOW)
    close(world.root)
    post_one(world, world.persons[0], on=DAY, hours=2)
    assert not LateEntry.objects.exists()


def test_a_reversal_gives_its_own_reason(world):
    entry = post_one(world, world.persons[0], on=DAY, hours=2)
    closing = close(world.root)
    right = credit(world.persons[0], entry.activity_id, on=DAY, hours=3, revision=2)
    reverse(entry, reason="学时记错", by=SYSTEM, at=NOW, replacement=right)
    assert set(LateEntry.objects.values_list("reason", flat=True)) == {"学时记错"}
    count = late_count(closing)
    assert (count.credits, count.reversals) == (1, 1)


def test_reopening_keeps_the_closing_and_lets_everybody_post_again(world):
    closing = close(world.root)
    with pytest.raises(ClosingRefused, match="原因"):
        reopen_year(closing, reason="  ", by=SYSTEM, at=NOW)
    reopen_year(closing, reason="成批漏报", by=SYSTEM, at=NOW)
    post_one(world, world.persons[0], on=DAY, hours=2)
    assert not LateEntry.objects.exists()
    with pytest.raises(ClosingRefused, match="已经重新开账"):
        reopen_year(closing, reason="再来一次", by=SYSTEM, at=NOW)
    again = close(world.root)
    assert YearClosing.objects.count() == 2
    assert again.pk != closing.pk


def test_notes_about_late_entries_are_append_only(world):
    close(world.root)
    post([credit(world.persons[0], activity(world, on=DAY), on=DAY, hours=2)], by=SYSTEM, at=NOW, late_reason="漏报")
    with pytest.raises(DatabaseError), transaction.atomic():
        LateEntry.objects.update(reason="别的原因")
    with pytest.raises(DatabaseError), transaction.atomic():
        LateEntry.objects.all().delete()
    assert LateEntry.objects.get().reason == "漏报"


@pytest.mark.parametrize("number", [1, 19])
def test_without_a_closing_posting_asks_one_question_more(world, number):
    lecture = activity(world, on=DAY)
    with CaptureQueriesContext(connection) as asked:
        post([credit(p, lecture, on=DAY, hours=2) for p in world.persons[:number]], by=SYSTEM, at=NOW)
    about_closings = [q["sql"] for q in asked if "closing" in q["sql"] or "lateentry" in q["sql"]]
    assert len(about_closings) == 1
