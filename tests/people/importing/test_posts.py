"""Posts from files."""

from datetime import date

import pytest

from peixun.people.models import Person, Post
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import Actor, GrantedRole
from tests.factories.rosters import counts, number, plan, reasons, take, workbook
from tests.factories.world import NOW, SYSTEM

HEAD = ["公民身份号码", "党组织代码", "职务", "任职日期", "免职日期", "职级", "姓名"]


def roster(tmp_path, *rows):
    return workbook(tmp_path / "p.xlsx", HEAD, *([*row, *[""] * (len(HEAD) - len(row))] for row in rows))


@pytest.fixture
def people(world):
    """Two members of T11a and one of T21a, with numbers; their ids."""
    persons = [
        NewPerson(
            name=f"李小{i}",
            citizen_number=number(i),
            birth_date=date(1980, 5, 1),
            organisation_id=world.organisations[branch],
            member_since=date(2005, 1, 1),
        )
        for i, branch in ((1, "T11a"), (2, "T11a"), (3, "T21a"))
    ]
    return enrol(persons, by=SYSTEM, at=NOW)


def test_posts_are_taken_up_and_ended_by_a_later_file(people, tmp_path):
    first = roster(tmp_path, [number(1), "T11", "党委书记", "2016-01-01", "", "乡科级正职"])
    assert counts(take("posts", first)) == (1, 0, 0, 0)
    assert counts(take("posts", first)) == (0, 0, 1, 0)
    assert Person.objects.get(pk=people[0]).rank == "乡科级正职"
    ended = roster(
        tmp_path,
        [number(2), "t11", "书记", "2018-02-01", ""],
        [number(1), "T11", "书记", "2016.1.1", "2018.2.1"],
    )
    assert counts(take("posts", ended)) == (1, 1, 0, 0)
    held = Post.objects.get(person=people[0])
    assert (held.title, held.until, held.rank) == ("secretary", date(2018, 2, 1), "乡科级正职")
    assert counts(take("posts", ended)) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([number(1), "T11", "书记", "1979-01-01", ""], "早于出生日期"),
        ([number(1), "T11", "书记", "2017-01-01", "2016-01-01"], "不晚于任职日期"),
        ([number(1), "T11", "书记", "2019-01-01", ""], "任职日期在将来"),
        ([number(9), "T11", "书记", "2017-01-01", ""], "没有登记过这个公民身份号码"),
        ([number(1), "X", "书记", "2017-01-01", ""], "没有代码为“X”的党组织"),
        ([number(1), "T11", "村主任", "2017-01-01", ""], "不认识“村主任”"),
        ([number(1), "T11a", "书记", "2017-01-01", ""], "已有书记"),
        ([number(1), "T11", "书记", "", ""], "没有填写“任职日期”"),
        ([number(1), "T11", "书记", "2017-01-01", "", "", "王某"], "姓名与公民身份号码登记的不一致"),
    ],
)
def test_what_cannot_be_taken_is_a_bad_row_with_its_reason(people, tmp_path, row, words):
    made = plan("posts", roster(tmp_path, row))
    assert counts(made) == (0, 0, 0, 1)
    assert words in reasons(made)[2]


def test_two_secretaries_at_once_in_a_file_are_both_bad(people, tmp_path):
    rows = [number(1), "T11", "书记", "2016-01-01", "2018-01-01"], [number(2), "T11", "书记", "2017-12-31", ""]
    made = plan("posts", roster(tmp_path, *rows))
    assert counts(made) == (0, 0, 0, 2)
    assert "同时有两名书记（第 2、3 行）" in reasons(made)[2]


def test_a_known_post_with_another_end_is_bad(people, tmp_path):
    take("posts", roster(tmp_path, [number(1), "T11", "委员", "2016-01-01", "2017-01-01"]))
    other = plan("posts", roster(tmp_path, [number(1), "T11", "组织委员", "2016-01-01", "2017-06-01"]))
    assert "已登记的免职日期是 2017-01-01" in reasons(other)[2]
    overlapping = plan("posts", roster(tmp_path, [number(1), "T11", "委员", "2016-06-01", ""]))
    assert "已登记任同一职务" in reasons(overlapping)[2]


def test_an_office_appoints_only_within_its_subtree(people, world, tmp_path):
    county = world.organisation("C1")
    actor = Actor(1, None, "", (GrantedRole("office", county.pk, county.path),))
    rows = [
        [number(1), "T11", "委员", "2016-01-01", ""],
        [number(1), "T21", "委员", "2016-01-01", ""],
        [number(3), "T11", "委员", "2016-01-01", ""],
    ]
    made = plan("posts", roster(tmp_path, *rows), actor=actor)
    assert counts(made) == (1, 0, 0, 2)
    assert set(reasons(made)) == {3, 4}


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("党支部书记", "secretary"),
        ("副书记", "deputy"),
        ("党委副书记、组织委员", "deputy"),
        ("宣传委员", "committee_member"),
        ("驻村第一书记", "first_secretary"),
        ("党建办主任", "office_head"),
        ("党务专干", "party_worker"),
        ("纪委书记", "committee_member"),
    ],
)
def test_titles_as_offices_write_them(people, tmp_path, words, title):
    made = plan("posts", roster(tmp_path, [number(1), "T11", words, "2016-01-01", ""]))
    assert made.work.new[0].title == title
