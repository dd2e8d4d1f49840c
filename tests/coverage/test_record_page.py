"""The learning record: whose it is, what it says of each credit."""

from datetime import date

import pytest

from peixun.coverage import operations
from peixun.ledger import operations as ledger
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.memberships import transfer
from tests.factories.world import NOW, SYSTEM, activity, credit, post


def record(client, person_id: int, year: int = 2017):
    """The page."""
    return client.get(f"/coverage/person/{person_id}/?year={year}")


@pytest.mark.parametrize(
    ("login", "index", "status"),
    [
        ("member", 1, 200),
        ("member", 2, 404),
        ("secretary", 2, 200),
        ("secretary", 3, 404),
        ("county", 3, 200),
        ("county", 23, 404),
        ("auditor", 23, 200),
        ("leader", 3, 404),
    ],
)
def test_ones_own_record_and_those_in_scope(as_login, city, login, index, status):
    assert record(as_login(login), city.persons[index]).status_code == status


def test_who_was_once_in_the_branch_stays_visible(as_login, city):
    transfer(city.person(1), to=city.organisation("T22a"), on=date(2018, 3, 1), by=SYSTEM, at=NOW)
    assert record(as_login("secretary"), city.persons[1]).status_code == 200


def test_a_merged_record_leads_to_the_person(as_login, city):
    merge_persons(city.person(23), into=city.person(22), by=SYSTEM, at=NOW)
    answer = record(as_login("city"), city.persons[23])
    assert answer["Location"] == f"/coverage/person/{city.persons[22]}/"


def test_each_credit_says_what_of_it_counts_and_why_not(as_login, city):
    person = city.persons[5]
    day = date(2017, 9, 1)
    study = activity(city, on=day, kind="branch_study", title="支部学习")
    for hours in (6, 5):
        ledger.post([credit(person, study, on=day, hours=hours)], by=SYSTEM, at=NOW)
    post(city, person, on=day, hours=4, kind="group_viewing", title="集中收看")
    wrong = post(city, person, on=date(2017, 9, 2), hours=3, title="录错的")
    ledger.reverse(wrong, reason="本人未参加", by=SYSTEM, at=NOW)
    year = {y.year: lines for y, lines in record(as_login("city"), person).context["credit_years"]}[2017]
    found = {(line["entry"].activity.title, int(line["entry"].hours)): (line["counted"], line["why"]) for line in year}
    assert found["支部学习", 5] == (0, "同一活动当天已计")
    assert found["录错的", 3] == (0, "已冲销：本人未参加")
    # Both kinds share a cap of 8 hours a day; which of them it cuts follows from the order of their digests.
    assert found["支部学习", 6][0] + found["集中收看", 4][0] == 32
    assert "超过折算上限" in {found["支部学习", 6][1], found["集中收看", 4][1]}


def test_requirements_show_progress(as_login, city):
    answer = record(as_login("secretary"), city.persons[0])
    asked = {item["row"].name: item for item in answer.context["asked"]}
    assert asked["书记56学时"]["asked"].met
    assert asked["书记56学时"]["asked"].concentrated == 1
    assert answer.context["state"]["state"] == "done"
    this_year = record(as_login("secretary"), city.persons[0], 2018)
    assert [item["lacking"] for item in this_year.context["asked"]] == [128, 224]
    assert this_year.context["state"]["state"] == "missing"


def test_numbers_are_masked_and_opened_only_by_who_may(as_login, city):
    assert as_login("secretary").get(f"/coverage/person/{city.persons[1]}/").context["may_open"]
    assert not as_login("member").get(f"/coverage/person/{city.persons[1]}/").context["may_open"]


def test_a_member_gets_the_phone_page(as_login, city):
    answer = record(as_login("member"), city.persons[1])
    assert "peixun/phone.html" in [t.name for t in answer.templates]


def test_after_reversing_the_only_credit_the_record_says_not_covered(as_login, city):
    entry = next(line["entry"] for line in record(as_login("city"), city.persons[8]).context["credit_years"][1][1])
    ledger.reverse(entry, reason="录错", by=SYSTEM, at=NOW)
    operations.refresh()
    answer = record(as_login("city"), city.persons[8])
    assert answer.context["state"]["state"] == "missing"
    assert as_login("city").get("/coverage/R/?year=2017").context["at"].total.covered == 20
