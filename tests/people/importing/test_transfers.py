"""Transfers from files."""

from datetime import date

import pytest

from peixun.people.models import AuditEntry, Membership, Post
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.posts import NewPost, appoint
from peixun.people.queries.scope import Actor, GrantedRole
from tests.factories.rosters import counts, number, plan, reasons, take, workbook
from tests.factories.world import NOW, SYSTEM

HEAD = ["公民身份号码", "姓名", "转入党组织代码", "转接日期", "原因"]


def roster(tmp_path, *rows):
    return workbook(tmp_path / "t.xlsx", HEAD, *([*row, *[""] * (len(HEAD) - len(row))] for row in rows))


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


def branch_of(person_id):
    return Membership.objects.get(person=person_id, until=None).organisation.code


def test_members_go_where_the_file_says_and_the_same_file_changes_nothing(people, world, tmp_path):
    appoint([NewPost(people[0], world.organisations["T11a"], "deputy", date(2015, 1, 1))], by=SYSTEM, at=NOW)
    file = roster(
        tmp_path,
        [number(1), "李小1", "T12a", "2018-03-01", "工作调动"],
        [number(2), "李小2", "t12b", "2018.3.2"],
        [number(2), "李小2", "T12b", "2018-03-02"],
    )
    assert counts(take("transfers", file)) == (0, 2, 1, 0)
    assert [branch_of(pk) for pk in people] == ["T12a", "T12b", "T21a"]
    assert Post.objects.get(person=people[0]).until == date(2018, 3, 1)
    told = AuditEntry.objects.get(action="transfer", subject_id=str(people[0]))
    assert (told.organisation_id, told.detail["reason"]) == (world.organisations["T11a"], "工作调动")
    assert counts(take("transfers", file)) == (0, 0, 3, 0)
    assert Membership.objects.filter(person__in=people).count() == 5


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([number(1), "李小1", "T12a", "2018-07-01"], "不能晚于今天"),
        ([number(1), "李小1", "T12a", "2005-01-01"], "不晚于转入现支部的日期"),
        ([number(1), "李小2", "T12a", "2018-03-01"], "不一致"),
        ([number(1), "李小1", "T12", "2018-03-01"], "只能转入党支部"),
        ([number(1), "李小1", "T11a", "2018-03-01"], "已在这个支部"),
        ([number(1), "李小1", "X", "2018-03-01"], "没有代码为“X”的党组织"),
        ([number(9), "李小9", "T12a", "2018-03-01"], "没有登记过这个公民身份号码"),
        (["123", "李小1", "T12a", "2018-03-01"], "18 位"),
        ([number(1), "李小1", "T12a", "三月"], ""),
        ([number(1), "李小1", "T12a", "2018-03-01", "长" * 101], "最多 100 个字"),
    ],
)
def test_bad_rows_say_why(people, tmp_path, row, words):
    made = plan("transfers", roster(tmp_path, row))
    assert made.bad == 1
    assert words in str(reasons(made))


def test_rows_of_one_person_that_contradict_one_another_are_refused(people, tmp_path):
    made = plan(
        "transfers",
        roster(
            tmp_path,
            [number(1), "李小1", "T12a", "2018-03-01"],
            [number(1), "李小1", "T12b", "2018-03-01"],
        ),
    )
    assert (made.bad, made.changed) == (2, 0)


def actor(world, role, code):
    place = world.organisation(code)
    return Actor(None, None, "x", (GrantedRole(role, place.pk, place.path),))


@pytest.mark.parametrize(
    ("role", "code", "row", "words"),
    [
        ("office", "C1", [number(1), "李小1", "T21a", "2018-03-01"], "在“转接”页面发起"),
        ("office", "C1", [number(3), "李小3", "T11a", "2018-03-01"], "不在您的管理范围内"),
        ("administrator", "R", [number(1), "李小1", "T12a", "2018-03-01"], "不在您的管理范围内"),
    ],
)
def test_both_branches_have_to_be_the_importers(people, world, tmp_path, role, code, row, words):
    made = plan("transfers", roster(tmp_path, row), actor=actor(world, role, code))
    assert made.bad == 1
    assert words in str(reasons(made))
