"""The person-year function by example and by property: plain Python, no database."""

from datetime import date, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from peixun.coverage.rules import (
    ActivityFacts,
    Cap,
    CreditRules,
    Earlier,
    Item,
    RequirementRule,
    Stand,
    Sums,
    count,
    person_year,
    weigh,
)

YEAR_END = date(2017, 12, 31)
MONTH_ENDS = [date(2017, m + 1, 1) - timedelta(1) for m in range(1, 12)] + [YEAR_END]
MEMBER = RequirementRule(1, 0, False, 2014, 32 * 4, None, 0, ())
SECRETARY = RequirementRule(2, 1, False, 2014, 56 * 4, None, 1, ())


def facts(number: int, kind: str = "lecture", *cuts: str) -> ActivityFacts:
    return ActivityFacts(number.to_bytes(4, "big"), number, kind, cuts or ("tier:county", "delivery:offline"))


def stand(*rules: RequirementRule, due: bool = True) -> Stand:
    return Stand(branch=7, due=due, mask=1, requirements=rules)


def caps(*rows: Cap, carries_over: bool = False):
    kinds = frozenset(kind for cap in rows for kind in cap.kinds)
    return lambda _: CreditRules(rows, carries_over, kinds)


NO_CAPS = caps()


def at_year_end(items, *rules, rules_on=NO_CAPS, year=2017, **fields):
    return person_year(
        year=year,
        dates=[date(year, 12, 31)],
        counted=count(items, rules_on),
        stands=[stand(*rules)],
        **fields,
    )


def test_the_same_activity_on_the_same_day_counts_once_with_the_larger_entry():
    day = date(2017, 3, 1)
    counted = count([Item(day, facts(1), 8), Item(day, facts(1), 16), Item(day, facts(2), 4)], NO_CAPS)
    assert [(i.facts.id, i.quarters) for i in counted] == [(1, 16), (2, 4)]


def test_a_class_counts_on_each_of_its_days():
    days = [date(2017, 3, d) for d in (1, 2, 3)]
    assert sum(i.quarters for i in count([Item(d, facts(1, "class"), 32) for d in days], NO_CAPS)) == 96


def test_an_online_lesson_counts_once_a_year():
    lesson = facts(1, "online_lesson")
    counted = count([Item(date(2017, m, 1), lesson, 4) for m in (5, 2, 9)], NO_CAPS)
    assert [i.day for i in counted] == [date(2017, 2, 1)]


def test_caps_cut_by_day_by_activity_and_by_year():
    day = Cap("day", frozenset({"branch_study"}), "day", 32)
    year = Cap("year", frozenset({"branch_study"}), "year", 60)
    activity = Cap("activity", frozenset({"in_house"}), "activity", 72)
    rules = caps(day, year, activity)
    first, second = date(2017, 1, 5), date(2017, 1, 6)
    items = [
        Item(first, facts(1, "branch_study"), 24),
        Item(first, facts(2, "branch_study"), 24),
        Item(second, facts(3, "branch_study"), 40),
        Item(first, facts(4, "in_house"), 60),
        Item(second, facts(4, "in_house"), 60),
    ]
    weighed = {(w.item.day, w.item.facts.id): (w.quarters, w.why) for w in weigh(items, rules)}
    assert weighed == {
        (first, 1): (24, ""),
        (first, 2): (8, "cap"),
        (second, 3): (28, "cap"),
        (first, 4): (60, ""),
        (second, 4): (12, "cap"),
    }


def test_fulfilled_needs_every_requirement():
    items = [Item(date(2017, m, 1), facts(m), 40) for m in range(1, 8)]
    assert at_year_end(items, MEMBER).slots[0].fulfilled
    result = at_year_end(items, MEMBER, SECRETARY)
    assert not result.slots[0].fulfilled
    assert [(m.requirement_id, m.quarters, m.concentrated) for m in result.missing] == [(2, 0, 1)]
    trained = [*items, Item(date(2017, 9, 1), facts(9, "class"), 32)]
    assert at_year_end(trained, MEMBER, SECRETARY).slots[0].fulfilled


def test_without_a_requirement_nobody_is_fulfilled():
    slot = at_year_end([Item(date(2017, 1, 1), facts(1), 400)]).slots[0]
    assert (slot.covered, slot.fulfilled) == (True, False)


def test_who_is_not_due_is_not_covered():
    result = person_year(
        year=2017,
        dates=[YEAR_END],
        counted=[Item(date(2017, 1, 1), facts(1), 400)],
        stands=[stand(MEMBER, due=False)],
    )
    assert (result.slots[0].covered, result.slots[0].fulfilled, result.missing) == (False, False, [])


def test_days_may_stand_for_hours():
    rule = RequirementRule(3, 0, False, 2015, 90 * 4, 12, 0, ())
    days = [Item(date(2017, 5, d), facts(1, "class"), 24) for d in range(1, 13)]
    assert at_year_end(days, rule).slots[0].fulfilled
    assert not at_year_end(days[:11], rule).slots[0].fulfilled


def test_a_minimum_within_a_dimension():
    rule = RequirementRule(4, 0, False, 2023, 32 * 4, None, 0, (("delivery:online", 50 * 4),))
    online = facts(1, "lecture", "delivery:online")
    result = at_year_end([Item(date(2017, 5, 1), online, 160)], rule)
    assert [m.quarters for m in result.missing] == [40]


def test_five_year_requirements_count_in_their_last_year_only():
    rule = RequirementRule(5, 0, True, 2013, 550 * 4, None, 0, ())
    items = [Item(date(2017, 5, 1), facts(1, "class"), 200)]
    assert not at_year_end(items, rule).slots[0].fulfilled
    assert at_year_end(items, rule, earlier=Earlier(0, 2000)).slots[0].fulfilled
    middle = [Item(date(2016, 5, 1), facts(1, "class"), 200)]
    assert at_year_end(middle, rule, year=2016).missing == []


def test_surplus_is_carried_over_where_the_pack_says_so():
    result = at_year_end([Item(date(2017, 5, 1), facts(1), 150)], MEMBER)
    assert result.surplus == 22
    short = [Item(date(2017, 5, 1), facts(1), 110)]
    assert not at_year_end(short, MEMBER).slots[0].fulfilled
    assert at_year_end(short, MEMBER, earlier=Earlier(22, 0)).slots[0].fulfilled


ITEMS = st.lists(
    st.builds(
        Item,
        st.dates(date(2017, 1, 1), YEAR_END),
        st.builds(
            facts,
            st.integers(1, 6),
            st.just("lecture"),
        ),
        st.integers(1, 40),
    ),
    max_size=12,
)
CAPS = caps(Cap("year", frozenset({"lecture"}), "year", 100), Cap("day", frozenset({"lecture"}), "day", 20))


@given(items=ITEMS, seed=st.randoms())
def test_arrival_order_never_matters(items, seed):
    shuffled = list(items)
    seed.shuffle(shuffled)
    totals = lambda rows: [(i.day, i.facts.id, i.quarters) for i in count(rows, CAPS)]  # noqa: E731
    assert totals(items) == totals(shuffled)


@given(items=ITEMS, day=st.dates(date(2017, 1, 1), YEAR_END))
def test_a_position_depends_only_on_what_happened_before_it(items, day):
    earlier = [i for i in items if i.day <= day]
    whole = person_year(year=2017, dates=[day], counted=count(items, CAPS), stands=[stand(MEMBER)])
    part = person_year(year=2017, dates=[day], counted=count(earlier, CAPS), stands=[stand(MEMBER)])
    assert whole.slots == part.slots


@given(items=ITEMS, moves=st.integers(0, 11))
def test_sums_agree_with_the_slots(items, moves):
    here, there = stand(MEMBER), Stand(8, True, 3, (MEMBER,))
    stands = [here] * moves + [there] * (12 - moves)
    result = person_year(year=2017, dates=MONTH_ENDS, counted=count(items, CAPS), stands=stands)
    sums = Sums(12, {0: "members", 1: "secretaries"})
    sums.add(result)
    totals = sums.totals()
    for index, slot in enumerate(result.slots):
        expected = [1, int(slot.covered), int(slot.fulfilled), slot.person_times, slot.quarters]
        branch = slot.stand.branch
        assert totals[branch, "all"][index * 5 : index * 5 + 5] == expected
        assert totals[branch, "audience:members"][index * 5 : index * 5 + 5] == expected
        other = totals.get((15 - branch, "all"), [0] * 60)
        assert other[index * 5 : index * 5 + 5] == [0] * 5


def test_every_order_of_three_entries_gives_the_same_caps():
    items = [Item(date(2017, 1, d), facts(d), 60) for d in (1, 2, 3)]
    results = {tuple(i.quarters for i in count(order, CAPS)) for order in permutations(items)}
    assert results == {(20, 20, 20)}
