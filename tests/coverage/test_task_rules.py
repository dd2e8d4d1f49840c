"""Whose task somebody is: the rule itself, for any pack, any line and any training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.coverage.rules import NO_RULES, RANK, Duty, Step, responsible, task_of

LEVELS = ("province", "city", "county", "township")
COUNTRYSIDE = (
    Step(1, "city", "committee"),
    Step(2, "county", "committee"),
    Step(3, "township", "committee"),
    Step(4, "grassroots", "branch"),
)
MEMBERS, SECRETARIES = 1, 2
PROVINCE = Duty(1, 1, "province", five_years=True, only_untrained_above=False, first_year=2024)
COUNTY = Duty(2, 1, "county", five_years=False, only_untrained_above=True, first_year=2024)
TOWNSHIP = Duty(3, 0, "township", five_years=False, only_untrained_above=True, first_year=2024)
PACK = (PROVINCE, COUNTY, TOWNSHIP)

duties = st.lists(
    st.builds(
        Duty,
        st.integers(1, 99),
        st.integers(0, 3),
        st.sampled_from(LEVELS),
        st.booleans(),
        st.booleans(),
        st.integers(2014, 2026),
    ),
    max_size=6,
)
lines = st.lists(
    st.builds(
        Step,
        st.integers(1, 999),
        st.sampled_from(sorted(RANK)),
        st.sampled_from(["committee", "work_committee", "general_branch"]),
    ),
    max_size=4,
).map(lambda steps: (*steps, Step(1000, "grassroots", "branch")))
trainings = st.frozensets(st.tuples(st.sampled_from(LEVELS), st.integers(2012, 2028)), max_size=5)


def of(mask: int, year: int, *trained: tuple[str, int]):
    """The task of somebody in the countryside."""
    return task_of(mask=mask, line=COUNTRYSIDE, duties=PACK, year=year, trained=trained)


def test_a_secretary_is_the_countys_task_while_the_provinces_five_years_run():
    task = of(MEMBERS | SECRETARIES, 2026)
    assert (task.level, task.organisation, task.duty) == ("county", 2, COUNTY)
    assert [(r.duty, r.until) for r in task.running] == [(PROVINCE, 2028)]


def test_in_the_last_year_it_is_the_provinces_which_stands_above_all_organisations_here():
    task = of(MEMBERS | SECRETARIES, 2028)
    assert (task.level, task.organisation, task.duty, task.running) == ("province", None, PROVINCE, ())


def test_once_the_province_has_trained_nothing_runs_until_the_next_five_years():
    assert of(MEMBERS | SECRETARIES, 2028, ("province", 2025)).level == "county"
    assert of(MEMBERS | SECRETARIES, 2026, ("province", 2025)).running == ()
    assert of(MEMBERS | SECRETARIES, 2029, ("province", 2025)).running[0].until == 2033


def test_other_members_are_the_townships():
    assert of(MEMBERS, 2028)[:3] == ("township", 3, TOWNSHIP)


def test_who_is_trained_above_this_year_is_no_longer_the_countys():
    assert of(MEMBERS | SECRETARIES, 2026, ("city", 2026)).level == "township"


def test_without_a_row_the_nearest_committee_answers_and_without_a_pack_nobody():
    assert task_of(mask=8, line=COUNTRYSIDE, duties=PACK, year=2026)[:3] == ("township", 3, None)
    assert task_of(mask=1, line=COUNTRYSIDE, duties=None, year=2026) == NO_RULES


@pytest.mark.parametrize(
    ("line", "level", "organisation"),
    [
        # A city organ has no township: the organ's own party committee, or else the working committee above it.
        ([(1, "city", "committee"), (2, "city", "work_committee"), (3, "grassroots", "committee")], "township", 3),
        ([(1, "city", "committee"), (2, "city", "work_committee")], "township", 2),
        ([(1, "city", "committee"), (2, "city", "work_committee")], "county", 2),
        ([(1, "city", "committee"), (2, "county", "committee"), (3, "county", "work_committee")], "county", 3),
        ([(1, "city", "committee"), (3, "township", "general_branch")], "township", 1),
        ([(1, "county", "committee")], "city", None),
        ([], "township", 9),
    ],
)
def test_which_committee_of_the_line_answers(line, level, organisation):
    steps = [*(Step(*step) for step in line), Step(9, "grassroots", "branch")]
    assert responsible(steps, level) == organisation


@given(duties, lines, st.integers(0, 15), st.integers(2014, 2028), trainings)
def test_there_is_always_an_answer_and_never_below_the_level_obliged(pack, line, mask, year, trained):
    task = task_of(mask=mask, line=line, duties=pack, year=year, trained=trained)
    assert task.level in LEVELS
    levels = {step.id: step.level for step in line}
    if task.duty is not None:
        assert task.level == task.duty.level
        assert mask >> task.duty.bit & 1
        assert task.duty.binds(year)
    if task.level == "township":
        assert task.organisation is not None
    elif task.organisation is not None and any(s.kind in {"committee", "work_committee"} for s in line[:-1]):
        assert max(RANK[s.level] for s in line if s.id == task.organisation) >= RANK[task.level]
    assert task.organisation is None or task.organisation in levels
    assert all(running.until > year for running in task.running)


@given(duties, lines, st.integers(0, 15), st.integers(2014, 2028), trainings, trainings)
def test_more_training_never_moves_a_task_upward_nor_opens_a_duty(pack, line, mask, year, trained, more):
    before = task_of(mask=mask, line=line, duties=pack, year=year, trained=trained)
    after = task_of(mask=mask, line=line, duties=pack, year=year, trained=trained | more)
    assert RANK[after.level] <= RANK[before.level]
    assert set(after.running) <= set(before.running)


@given(duties, lines, st.integers(0, 15), st.integers(2014, 2028), trainings)
def test_the_order_of_rows_of_different_levels_does_not_matter(pack, line, mask, year, trained):
    one_each = list({duty.level: duty for duty in pack}.values())
    there = task_of(mask=mask, line=line, duties=one_each, year=year, trained=trained)
    assert there == task_of(mask=mask, line=line, duties=one_each[::-1], year=year, trained=trained)
