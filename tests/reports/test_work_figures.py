"""Every figure of the work report, counted again by hand in a small city."""

from datetime import date

import pytest

from peixun.coverage.operations import refresh
from peixun.coverage.queries.position import position
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.memberships import NewStatus, set_statuses, transfer
from peixun.reports.queries.figures import WORK_KEYS, Figures, work_figures
from peixun.reports.queries.records import YearRecords
from tests.factories.world import NOW, SYSTEM, World
from tests.reports.conftest import hold

YEAR_END = date(2017, 12, 31)


def values(world: World, code: str = "R", as_of: date = YEAR_END) -> dict[str, object]:
    """Figures' values by key."""
    return {f.key: f.value for f in work_figures(world.organisation(code), year=as_of.year, as_of=as_of)}


def test_the_city(city):
    assert values(city) == {
        "trained_total": 16,
        "members_total": 40,
        "coverage_rate": 40,
        "city_key_people": 5,
        "city_key_audiences_full": 1,
        "offsite_classes": 1,
        "offsite_people": 3,
        "secretary_classes": 3,
        "secretary_people": 8,
        "practice_systems": 2,
        "leading_actions": 1,
    }


def test_a_county_a_township_and_a_branch_count_their_own(city):
    assert values(city, "C2") == {
        "trained_total": 4,
        "members_total": 20,
        "coverage_rate": 20,
        "city_key_people": 0,
        "city_key_audiences_full": 0,
        "offsite_classes": 0,
        "offsite_people": 0,
        "secretary_classes": 2,
        "secretary_people": 4,
        "practice_systems": 0,
        "leading_actions": 0,
    }
    branch = values(city, "T11a")
    assert branch["trained_total"] == branch["members_total"] == 5
    assert branch["coverage_rate"] == 100
    # Its secretary went to the key class, and both first secretaries: two audiences of whom nobody is missing.
    assert branch["city_key_audiences_full"] == 2
    assert (branch["secretary_classes"], branch["secretary_people"]) == (1, 1)


def test_a_date_within_the_year_leaves_out_what_came_later(city):
    in_june = values(city, as_of=date(2017, 6, 30))
    assert in_june["city_key_people"] == 5
    assert in_june["secretary_people"] == 3
    assert in_june["offsite_classes"] == 0
    assert in_june["trained_total"] == 7


def test_an_empty_year(world):
    assert set(values(world, as_of=date(2016, 5, 1)).values()) == {0, 40}


def test_the_date_lies_in_the_year(world):
    with pytest.raises(ValueError, match="outside"):
        work_figures(world.root, year=2017, as_of=date(2018, 1, 1))


def test_the_shape_of_the_contract(city):
    [figure] = [f.as_json() for f in work_figures(city.root, year=2017, as_of=YEAR_END) if f.key == "coverage_rate"]
    assert figure["value"] == 40.0
    assert figure["unit"] == "%"
    assert figure["numerator"]["value"] == 16
    assert figure["denominator"]["value"] == 40
    assert figure["as_of"] == "2017-12-31"
    assert figure["entries"] == 2 * 15 + 2
    assert figure["entries_url"] == "/reports/R/2017/figure/coverage_rate/?as_of=2017-12-31"
    assert set(figure) == {
        "key", "label", "value", "unit", "rule", "numerator", "denominator", "as_of", "entries_url", "entries"
    }  # fmt: skip


def test_a_reversal_changes_exactly_one_person(city):
    before = values(city)
    [entry] = CreditEntry.objects.filter(person=city.persons[8], happened_on__year=2017)
    ledger.reverse(entry, reason="录错", by=SYSTEM, at=NOW)
    after = values(city)
    assert after == before | {"trained_total": 15, "coverage_rate": 37.5, "practice_systems": 0}


def test_a_class_counts_while_any_of_its_days_stands(city):
    entries = list(CreditEntry.objects.filter(person=city.persons[35], happened_on__year=2017))
    ledger.reverse(entries[0], reason="缺勤", by=SYSTEM, at=NOW)
    assert values(city)["secretary_people"] == 8
    ledger.reverse(entries[1], reason="缺勤", by=SYSTEM, at=NOW)
    assert values(city)["secretary_people"] == 7
    assert values(city)["secretary_classes"] == 2


def test_who_left_still_took_part(city):
    transfer(city.person(4), to=city.organisation("T22b"), on=date(2017, 12, 1), by=SYSTEM, at=NOW)
    assert values(city, "C1")["offsite_people"] == 3
    assert values(city, "C2")["offsite_people"] == 0
    assert values(city, "C2")["trained_total"] == 5


def test_two_records_of_one_person_count_once(city):
    merge_persons(city.person(8), into=city.person(9), by=SYSTEM, at=NOW)
    figures = values(city)
    assert (figures["trained_total"], figures["members_total"]) == (15, 39)


def test_repeated_and_many_headed_training(city):
    county = city.organisations["C1"]
    hold(city, [0, 3], date(2017, 5, 9), topics=("lead-1",), organiser_id=county)
    hold(city, [3], date(2017, 5, 10), topics=("lead-1",))
    figures = Figures(YearRecords(city.root, 2017, YEAR_END))
    # 0: the key class and the county's, on one day and about one thing; 3: the county's and the city's after it.
    assert figures["repeated_people"].figure.value == 2
    assert figures["overlapped_people"].figure.value == 2
    assert figures["overlapped_people"].recounted() == 2
    assert figures["repeated_people"].figure.entries == 8


MAIN = [*WORK_KEYS, "uncovered_total", "fulfilled_total", "unfulfilled_total", "city_key_classes", "last_quarter_share"]
DERIVED = [
    "all_activities", "all_people", "all_person_times", "practice_activities", "class_people", "class_person_times",
    "coverage_in:C1", "uncovered_in:T11", "unfulfilled_in:C1", "uncovered_of:secretaries", "unfulfilled_of:members",
    "unreached_of:secretaries", "quiet_months", "top_mode_share", "field_share", "repeated_people", "overlapped_people",
    "city_key_audiences",
]  # fmt: skip


@pytest.mark.parametrize("key", [*MAIN, *DERIVED])
@pytest.mark.parametrize("as_of", [YEAR_END, date(2017, 11, 15)])
def test_entries_recompute_their_figure(city, key, as_of):
    people = [city.persons[i] for i in (13, 14)]
    set_statuses(
        [NewStatus(people[0], "lost", date(2017, 2, 1)), NewStatus(people[1], "floating", date(2017, 2, 1))],
        by=SYSTEM,
        at=NOW,
    )
    merge_persons(city.person(8), into=city.person(9), by=SYSTEM, at=NOW)
    transfer(city.person(4), to=city.organisation("T22b"), on=date(2017, 11, 8), by=SYSTEM, at=NOW)
    refresh()
    found = Figures(YearRecords(city.root, 2017, as_of))[key]
    rows = list(found.source.rows())
    assert len(rows) == found.figure.entries
    assert found.recounted() == found.figure.numerator.value
    for place in (0, len(rows) // 2):
        if rows:
            assert list(found.source.rows(rows[place].token)) == rows[place + 1 :]
    assert {row.entry for row in rows if row.entry} <= set(CreditEntry.objects.effective().values_list("pk", flat=True))


@pytest.mark.parametrize("code", ["R", "C1", "T12", "T11a"])
@pytest.mark.parametrize("as_of", [YEAR_END, date(2017, 11, 15)])
def test_figures_agree_with_coverage(city, code, as_of):
    set_statuses([NewStatus(city.persons[1], "lost", date(2017, 11, 10))], by=SYSTEM, at=NOW)
    merge_persons(city.person(8), into=city.person(9), by=SYSTEM, at=NOW)
    refresh()
    organisation = city.organisation(code)
    covered = position(organisation, year=2017, as_of=as_of)
    figures = Figures(YearRecords(organisation, 2017, as_of))
    assert figures["trained_total"].figure.value == covered.total.covered
    assert figures["members_total"].figure.value == covered.total.due
    assert figures["all_person_times"].figure.value == covered.total.person_times
    for row in covered.audiences:
        assert figures[f"uncovered_of:{row.key}"].figure.value == row.count.missing
    for child in covered.children:
        assert figures[f"uncovered_in:{child.organisation.code}"].figure.value == child.count.missing
    for name, dimension, value in [("offline", "delivery", "offline"), ("field", "setting", "field")]:
        count = covered.dimensions[dimension].get(value)
        assert figures[f"{name}_people"].figure.value == (count.covered if count else 0)
        assert figures[f"{name}_person_times"].figure.value == (count.person_times if count else 0)


@pytest.mark.parametrize(
    "key", ["", "nonsense", "uncovered_in:", "uncovered_in:R", "uncovered_of:x", "unreached_of:members", "x_people"]
)
def test_unknown_keys_are_nothing(city, key):
    assert Figures(YearRecords(city.organisation("C1"), 2017, YEAR_END)).find(key) is None
