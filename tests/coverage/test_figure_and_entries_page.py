"""The persons and the entries behind a figure are exactly those that it counts, whatever happened before."""

from datetime import date
from itertools import islice

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.coverage import operations
from peixun.coverage.queries.books import Books
from peixun.coverage.queries.entries import Entries
from peixun.coverage.queries.listing import STATES, Roster, Selection
from peixun.coverage.queries.position import Count, position
from peixun.people.models import Audience
from tests.coverage.test_kept_equals_rebuilt import STEPS, Walk
from tests.factories.world import build_world, post

DAYS = st.sampled_from([date(2017, 12, 31), date(2017, 5, 31), date(2017, 8, 13), date(2018, 6, 30)])


def of_state(count: Count, state: str) -> int:
    """How many persons a count has in a state."""
    return {
        "due": count.due,
        "covered": count.covered,
        "uncovered": count.due - count.covered,
        "fulfilled": count.fulfilled,
        "unfulfilled": count.due - count.fulfilled,
    }[state]


def shown(count: Count) -> tuple[int, int, int]:
    """People, person-times and quarters."""
    return (count.covered, count.person_times, count.quarters)


def check(code: str, day: date, audience: Audience | None, world) -> None:
    """Lists and entries of one organisation at one date against its position."""
    organisation, books, key = world.organisation(code), Books(), audience.key if audience else ""
    at = position(organisation, year=day.year, as_of=day, audience=key, books=books)
    for state in STATES:
        roster = Roster(Selection(organisation, day.year, day, state, audience), books)
        rows = list(roster.walk())
        assert len(rows) == len({r.person_id for r in rows}) == roster.total == of_state(at.total, state)
        assert list(roster.walk(reverse=True)) == rows[::-1]
    roster = Roster(Selection(organisation, day.year, day, "due", audience), books)
    recount = Entries(roster).recount()
    assert (recount.people, recount.person_times, recount.quarters) == shown(at.total)
    if audience is not None:
        return
    for name, values in at.dimensions.items():
        for value, count in values.items():
            recount = Entries(roster, f"{name}:{value}").recount()
            assert (recount.people, recount.person_times, recount.quarters) == shown(count)
    lines = list(Entries(roster).walk())
    assert len(lines) == Entries(roster).recount().entries


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(steps=STEPS, code=st.sampled_from(["R", "C1", "T11", "T12a"]), day=DAYS, number=st.integers(-1, 1))
def test_lists_and_entries_agree_with_the_figure(steps, code, day, number):
    savepoint = transaction.savepoint()
    try:
        world = build_world(members=2)
        for year in (2017, 2018):
            operations.rebuild(year)
        walk = Walk(world)
        for step in steps:
            walk.do(step)
        operations.refresh()
        audience = Audience.objects.get(bit=number) if number >= 0 else None
        check(code, day, audience, world)
    finally:
        transaction.savepoint_rollback(savepoint)


@pytest.mark.django_db
def test_pages_of_entries_meet_without_gap_or_overlap(world):
    from_outside = build_credits(world)
    books, day = Books(), date(2017, 12, 31)
    behind = Entries(Roster(Selection(world.root, 2017, day), books))
    whole = [line.weighed.item.entry_id for line in behind.walk()]
    assert sorted(whole) == sorted(from_outside)
    paged, after = [], None
    while page := list(islice(behind.walk(after=after), 7)):
        paged += [line.weighed.item.entry_id for line in page]
        last = page[-1]
        after = (last.person.branch_id, last.person.person_id, last.weighed.item.entry_id)
    assert paged == whole
    back = [line.weighed.item.entry_id for line in behind.walk(after=after, reverse=True)]
    assert back == whole[-2::-1]


def build_credits(world) -> list[int]:
    """Two or three credits of 2017 for each person; their entries."""
    made = []
    for index, person in enumerate(world.persons):
        months = range(1, 3 + index % 2)
        made.extend(post(world, person, on=date(2017, month, 5), hours=2).pk for month in months)
    operations.rebuild(2017)
    return made
