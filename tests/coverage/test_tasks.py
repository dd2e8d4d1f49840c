"""Whose task the missing are: a small world with known answers, on screen, in lists and in exports."""

import csv
import io
from datetime import date

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from peixun.catalog.models import ResponsibilityPack
from peixun.catalog.operations import PackError, publish_responsibility_pack
from peixun.catalog.rules import NewResponsibility, NewResponsibilityPack
from peixun.coverage import operations
from peixun.coverage.models import StaleBranch
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.listing import Roster, Selection
from peixun.coverage.queries.position import position
from peixun.coverage.queries.tasks import Tasks
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.models import Organisation
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.memberships import transfer
from tests.factories.world import NOW, SYSTEM, account, post

DAY = date(2018, 6, 30)


def publish(organisation, *rows: NewResponsibility, since: int = 2014, until: int | None = None, key: str = "duties"):
    """A pack of an organisation, in force from a year on."""
    new = NewResponsibilityPack(
        key=key,
        name="分级责任",
        since=date(since, 1, 1),
        until=date(until, 1, 1) if until else None,
        source="市委组织部测试文件",
        responsibilities=rows,
    )
    return publish_responsibility_pack(new, owner=organisation, by=SYSTEM, at=NOW)


CITY = NewResponsibility("secretaries", "city", "five_years")
COUNTY = NewResponsibility("secretaries", "county", only_untrained_above=True)
TOWNSHIP = NewResponsibility("members", "township", only_untrained_above=True)


def tasks(city, code: str = "R", *, year: int = 2018, day: date = DAY) -> Tasks:
    """The tasks of a subtree, from what is kept."""
    return Tasks(Roster(Selection(city.organisation(code), year, day), current_books()))


def by_code(found: Tasks) -> dict[str, int]:
    """How many are whose task, by the organisation's code."""
    codes = dict(Organisation.objects.values_list("pk", "code"))
    return {codes[pk] if pk else "": people for pk, people in found.organisations.items()}


@pytest.fixture
def five_years_run(city):
    """Five-year duties of a pack that began in 2016 run until 2020; nobody of the 24 is trained in 2018."""
    publish(city.root, CITY, COUNTY, TOWNSHIP, since=2016)
    return city


@pytest.fixture
def last_year(city):
    """2018 is the last of the five years of a pack that began in 2014."""
    publish(city.root, CITY, COUNTY, TOWNSHIP, since=2014)
    return city


def test_each_of_the_missing_has_one_task(five_years_run):
    found = tasks(five_years_run)
    assert found.levels == {"county": 8, "township": 16}
    assert by_code(found) == {"C1": 4, "C2": 4, "T11": 4, "T12": 4, "T21": 4, "T22": 4}
    assert [(c.organisation.code, c.own, c.below) for c in found.children()] == [("C1", 4, 8), ("C2", 4, 8)]
    assert found.total == position(five_years_run.root, year=2018, as_of=DAY).total.missing == 24


def test_whoever_is_trained_this_year_is_nobodys_task(five_years_run):
    post(five_years_run, five_years_run.persons[0], on=date(2018, 3, 1), hours=1, tier="grassroots")
    operations.refresh()
    assert tasks(five_years_run).levels == {"county": 7, "township": 16}


def test_in_the_last_year_those_are_the_citys_whom_it_has_not_trained_in_five(last_year):
    """In 2017 the city trained every second one: of the secretaries, those at odd positions."""
    trained = {index for index in range(0, 24, 3) if index % 2 and index < 21}
    found = tasks(last_year)
    assert found.levels == {"city": 8 - len(trained), "county": len(trained), "township": 16}
    assert {last_year.persons.index(pk) for pk in found.persons(level="county")} == trained


def test_a_reversed_credit_trained_nobody(last_year):
    person = last_year.persons[3]
    assert person in tasks(last_year).persons(level="county")
    entry = person_entry(person)
    ledger.reverse(entry, reason="误登", by=SYSTEM, at=NOW)
    assert person in tasks(last_year).persons(level="city")


def person_entry(person_id: int):
    """The only credit of somebody."""
    return CreditEntry.objects.get(person_id=person_id)


def test_training_of_a_record_that_was_merged_counts_for_the_person(last_year):
    other, person = last_year.person(4), last_year.person(0)
    post(last_year, other.pk, on=date(2016, 5, 1), hours=4, tier="city_key")
    assert person.pk in tasks(last_year).persons(level="city")
    merge_persons(other, into=person, by=SYSTEM, at=NOW)
    operations.refresh()
    assert person.pk in tasks(last_year).persons(level="county")
    assert other.pk not in tasks(last_year).persons()


def test_the_nearest_pack_on_the_line_wins(five_years_run):
    publish(five_years_run.organisation("C1"), NewResponsibility("members", "county"), key="own")
    assert by_code(tasks(five_years_run)) == {"C1": 12, "C2": 4, "T21": 4, "T22": 4}


def test_without_rules_on_the_day_the_page_says_so(city, as_login):
    publish(city.root, TOWNSHIP, since=2010, until=2018)
    assert tasks(city).levels == {"none": 24}
    text = as_login("city").get("/coverage/R/tasks/").content.decode()
    assert "有 24 人说不出由谁补训" in text
    assert tasks(city, year=2017, day=date(2017, 12, 31)).levels == {"township": 3}


def test_publishing_stales_no_figure_and_is_seen_at_once(city):
    operations.refresh()
    assert tasks(city).levels == {"none": 24}
    publish(city.root, TOWNSHIP)
    assert not StaleBranch.objects.exists()
    assert tasks(city).levels == {"township": 24}


def test_a_past_day_is_worked_out(five_years_run):
    found = tasks(five_years_run, year=2017, day=date(2017, 1, 31))
    assert found.total == position(five_years_run.root, year=2017, as_of=date(2017, 1, 31)).total.missing
    assert sum(found.levels.values()) == found.total


def test_the_queries_do_not_grow_with_the_people(last_year, django_assert_max_num_queries):
    assert tasks(last_year).levels
    for code in ("T11", "R"):
        with django_assert_max_num_queries(14):
            assert tasks(last_year, code).children() is not None


# On screen.


def test_the_answer_page_says_by_level_whose_task_the_missing_are(five_years_run, as_login):
    answer = as_login("city").get("/coverage/R/?year=2018")
    assert [(row.name, row.people) for row in answer.context["tasks"]] == [("县级", 8), ("基层党委", 16)]
    listed = as_login("city").get(answer.context["tasks"][0].url)
    assert listed.context["total"] == 8
    assert {line.task for line in listed.context["lines"]} == {"第1县委", "第2县委"}


def test_leaders_see_counts_without_names(five_years_run, as_login):
    answer = as_login("leader").get("/coverage/R/?year=2018")
    assert [row.url for row in answer.context["tasks"]] == ["", ""]
    page = as_login("leader").get("/coverage/C1/tasks/?year=2018")
    assert (page.context["here"], page.context["own_url"], page.context["export_url"]) == (4, "", "")
    assert five_years_run.person(0).name not in page.content.decode()


def test_a_county_sees_its_own_task_and_those_below(five_years_run, as_login):
    page = as_login("county").get("/coverage/C1/tasks/?year=2018")
    context = page.context
    assert (context["total"], context["here"], context["below"], context["above"]) == (12, 4, 8, 0)
    assert [(s.group.duty.audience.key, len(s.people), s.more) for s in context["groups"]] == [("secretaries", 4, 0)]
    text = page.content.decode()
    assert "县级培训支部书记，每年一次，上级已培训的除外。依据：市委组织部测试文件" in " ".join(text.split())
    assert as_login("county").get(context["own_url"]).context["total"] == 4
    assert as_login("county").get("/coverage/C2/tasks/?year=2018").status_code == 404


def test_a_secretary_sees_who_above_must_train_their_people(five_years_run, as_login):
    page = as_login("secretary").get("/coverage/T11a/tasks/?year=2018")
    assert (page.context["total"], page.context["here"], page.context["above"]) == (3, 0, 3)
    assert [(row.name, row.people) for row in page.context["levels"]] == [("县级", 1), ("基层党委", 2)]


def test_the_list_filters_by_an_organisation_and_names_none_outside(five_years_run, as_login):
    url = "/coverage/C1/people/?year=2018&state=uncovered&task=org:"
    listed = as_login("county").get(url + "T11")
    assert listed.context["total"] == len(listed.context["lines"]) == 4
    assert "由11镇党委补训" in listed.content.decode()
    foreign = as_login("county").get(url + "T21")
    assert foreign.context["total"] == 0
    assert "21镇党委" not in foreign.content.decode()


def test_the_whole_list_of_a_group_holds_the_group_alone(five_years_run, as_login):
    """The township has a duty of its own and, for those whom no duty names, none: two groups, two lists."""
    publish(five_years_run.organisation("C1"), NewResponsibility("secretaries", "township"), since=2016, key="township")
    page = as_login("county").get("/coverage/T11/tasks/?year=2018")
    groups = {s.group.duty.audience.key if s.group.duty else "": s for s in page.context["groups"]}
    assert {key: len(s.group.person_ids) for key, s in groups.items()} == {"secretaries": 2, "": 4}
    for key, words in (("secretaries", "支部书记"), ("", "其他党员")):
        listed = as_login("county").get(groups[key].url)
        assert {line.row.person_id for line in listed.context["lines"]} == groups[key].group.person_ids
        assert f"由11镇党委（{words}）补训" in listed.content.decode()


@pytest.mark.parametrize("group", ["9999999", "x", "99999999999999999999", "-1"])
def test_a_group_that_is_not_known_holds_nobody(five_years_run, as_login, group):
    listed = as_login("county").get(f"/coverage/C1/people/?year=2018&state=uncovered&task=org:T11/{group}")
    assert (listed.status_code, listed.context["total"]) == (200, 0)


def test_whoever_moved_is_the_task_of_where_they_belong_on_the_day(five_years_run):
    """A member of 11镇 moves to the other county's township in March: before, the one answers, after, the other."""
    person = five_years_run.persons[1]
    moving = five_years_run.person(1)
    there = five_years_run.organisation("T21a")
    transfer(moving, to=there, on=date(2018, 3, 15), by=SYSTEM, at=NOW)
    operations.refresh()
    township = five_years_run.organisation("T21")
    assert person in tasks(five_years_run).persons(organisation=township.pk)
    assert by_code(tasks(five_years_run))["T21"] == 5
    before = tasks(five_years_run, day=date(2018, 2, 28))
    assert person in before.persons(organisation=five_years_run.organisation("T11").pk)


def test_a_merged_record_is_one_task(five_years_run):
    other, person = five_years_run.person(4), five_years_run.person(1)
    merge_persons(other, into=person, by=SYSTEM, at=NOW)
    operations.refresh()
    found = tasks(five_years_run)
    assert found.total == 23
    assert other.pk not in found.persons()
    assert person.pk in found.persons(level="township")


def test_counts_are_those_of_the_persons(last_year):
    found = tasks(last_year)
    assert found.levels == {level: len(found.persons(level=level)) for level in found.levels}
    assert found.organisations == {pk: len(found.persons(organisation=pk)) for pk in found.organisations}


def test_a_task_that_is_not_known_is_passed_over(five_years_run, as_login):
    assert as_login("county").get("/coverage/C1/people/?year=2018&task=nowhere").context["total"] == 12


def test_exports_name_whose_task_it_is_in_their_last_column(five_years_run, as_login, tmp_path):
    answer = as_login("county").get("/coverage/C1/people/export/?year=2018&state=uncovered&task=county")
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert rows[1][-1] == "补训责任单位"
    assert [row[-1] for row in rows[2:]] == ["第1县委"] * 4
    target = tmp_path / "gaps.csv"
    call_command("gaps", "--org", "R", "--year", "2017", "--out", str(target), stdout=io.StringIO())
    gaps = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert [row[-1] for row in gaps[1:] if row[5] == "否"] == ["第2县委", "22镇党委", "22镇党委"]
    assert {row[-1] for row in gaps[1:] if row[5] == "是"} == {""}


def test_the_record_says_who_trains_and_what_runs_on(five_years_run, as_login):
    client = as_login("county")
    text = " ".join(client.get(f"/coverage/person/{five_years_run.persons[0]}/?year=2018").content.decode().split())
    assert "2018年未参训，由第1县委负责补训。" in text
    assert "市级 2020年底前还要培训一次（支部书记，五年一次）。" in text
    assert "负责补训" not in client.get(f"/coverage/person/{five_years_run.persons[0]}/?year=2017").content.decode()


def test_a_level_above_all_organisations_here_is_named_as_such(city, as_login, tmp_path):
    publish(city.root, NewResponsibility("secretaries", "province"), TOWNSHIP)
    account("township", role="office", organisation=city.organisation("T11"))
    page = as_login("township").get("/coverage/T11/tasks/?year=2018")
    assert (page.context["here"], page.context["above"]) == (4, 2)
    record = as_login("county").get(f"/coverage/person/{city.persons[0]}/?year=2018").content.decode()
    assert "2018年未参训，由省级负责补训。" in record


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([NewResponsibility("nobody", "county")], "没有这些培训对象：nobody"),
        ([NewResponsibility("members", "grassroots")], "责任层级只能是"),
        ([TOWNSHIP, TOWNSHIP], "写了两次"),
    ],
)
def test_a_pack_that_cannot_be_is_refused_in_words(city, rows, words):
    with pytest.raises(PackError, match=words):
        publish(city.root, *rows)
    assert not ResponsibilityPack.objects.exists()


def test_packs_of_one_owner_never_overlap_and_an_open_one_ends(city):
    first = publish(city.root, TOWNSHIP, since=2014)
    publish(city.root, TOWNSHIP, since=2017, key="next")
    first.refresh_from_db()
    assert first.until == date(2017, 1, 1)
    with pytest.raises(PackError, match="重叠"):
        publish(city.root, TOWNSHIP, since=2016, until=2018, key="third")
    assert ResponsibilityPack.objects.count() == 2
