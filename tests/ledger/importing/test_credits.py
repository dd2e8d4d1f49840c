"""Credit records from files."""

from datetime import date
from decimal import Decimal

import pytest

from peixun.catalog.models import Topic
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations import reverse, verify
from peixun.people.models import Person
from peixun.people.operations.duplicates import merge_persons
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import Actor, GrantedRole
from tests.factories.rosters import counts, number, plan, reasons, take, workbook
from tests.factories.world import NOW, SYSTEM

HEAD = ["公民身份号码", "姓名", "活动名称", "日期", "学时", "活动类型", "主题", "层级", "组织单位代码", "凭证号"]
OPTIONAL = ["活动编号", "项目", "项目类别", "培训对象", "地点", "授课形式", "上下", "内外", "实虚", "正反"]


def row(index=1, **cells):
    """A row; cells by heading override it."""
    values = {
        "公民身份号码": number(index),
        "姓名": f"李小{index}",
        "活动名称": "十九大精神轮训班",
        "日期": "2017-11-20",
        "学时": 8,
        "活动类型": "脱产培训班",
        "主题": "",
        "层级": "县级普遍",
        "组织单位代码": "C1",
        "凭证号": f"A-{index}",
    } | cells
    return [values.get(heading, "") for heading in [*HEAD, *OPTIONAL]]


def records(tmp_path, *rows, head=(*HEAD, *OPTIONAL)):
    return workbook(tmp_path / "c.xlsx", list(head), *(row[: len(head)] for row in rows))


@pytest.fixture
def people(world):
    """Three members of T11a and one of T21a, with numbers; their ids."""
    persons = [
        NewPerson(
            name=f"李小{i}",
            citizen_number=number(i),
            organisation_id=world.organisations["T21a" if i == 4 else "T11a"],
            member_since=date(2010, 1, 1),
        )
        for i in range(1, 5)
    ]
    return enrol(persons, by=SYSTEM, at=NOW)


def test_credits_are_posted_once_however_often_the_file_comes(people, tmp_path):
    path = records(tmp_path, row(1), row(2, 日期="2017年11月21日"), row(3, 学时="8学时"))
    assert counts(take("credits", path)) == (3, 0, 0, 0)
    activity = Activity.objects.get()
    assert (activity.starts_on, activity.ends_on) == (date(2017, 11, 20), date(2017, 11, 21))
    assert (activity.source_kind, activity.source, activity.delivery) == ("import", "C1", "offline")
    entry = CreditEntry.objects.get(person=people[0])
    assert (entry.source_ref, entry.source, entry.hours) == ("A-1", "C1", Decimal("8.00"))
    assert counts(take("credits", path)) == (0, 0, 3, 0)
    assert (CreditEntry.objects.count(), Activity.objects.count()) == (3, 1)
    assert verify().intact


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"公民身份号码": number(9)}, "没有登记过这个公民身份号码"),
        ({"公民身份号码": "1"}, "18 位"),
        ({"姓名": "王某"}, "姓名与公民身份号码登记的不一致"),
        ({"学时": -1}, "必须大于 0"),
        ({"学时": 0}, "必须大于 0"),
        ({"学时": 99999}, "超过 1000"),
        ({"学时": 1.1}, "0.25 的整数倍"),
        ({"学时": "八"}, "不是数字"),
        ({"学时": 30, "活动类型": "专题讲座"}, "1 天里记不了 30"),
        ({"日期": "2018-07-01"}, "将来"),
        ({"日期": "2009-12-31"}, "没有组织关系"),
        ({"日期": "去年"}, "看不懂日期"),
        ({"活动类型": "喝茶"}, "不认识“喝茶”"),
        ({"层级": "国家级"}, "不认识“国家级”"),
        ({"主题": "没有的主题"}, "没有这个主题"),
        ({"组织单位代码": "X"}, "没有代码为“X”的党组织"),
        ({"凭证号": ""}, "没有填写“凭证号”"),
        ({"活动名称": ""}, "没有填写“活动名称”"),
        ({"公民身份号码": "", "姓名": "无此人"}, "没有叫这个名字的党员"),
        ({"项目类别": "特别"}, "不认识“特别”"),
    ],
)
def test_what_cannot_be_taken_is_a_bad_row_with_its_reason(people, tmp_path, cells, words):
    Topic.objects.create(key="history", name="党史", group="history", strand="theory")
    made = plan("credits", records(tmp_path, row(1, **cells), row(2)))
    assert counts(made) == (1, 0, 0, 1)
    assert words in reasons(made)[2]


def test_a_known_key_with_other_content_is_a_bad_row(people, tmp_path):
    take("credits", records(tmp_path, row(1)))
    for cells in ({"学时": 4}, {"日期": "2017-11-21"}, {"活动名称": "别的班"}, {"活动类型": "专题讲座"}):
        made = plan("credits", records(tmp_path, row(1, **cells)))
        assert counts(made) == (0, 0, 0, 1), cells
        assert "已经登记" in reasons(made)[2]
    assert counts(plan("credits", records(tmp_path, row(1, 凭证号="A-9")))) == (1, 0, 0, 0)
    assert counts(plan("credits", records(tmp_path, row(1, 组织单位代码="C2")))) == (1, 0, 0, 0)


def test_a_reversed_credit_that_comes_again_stays_reversed(people, tmp_path):
    path = records(tmp_path, row(1))
    take("credits", path)
    reverse(CreditEntry.objects.get(), reason="记错了", by=SYSTEM, at=NOW)
    assert counts(take("credits", path)) == (0, 0, 1, 0)
    assert CreditEntry.objects.count() == 2


def test_the_same_key_twice_in_a_file(people, tmp_path):
    assert counts(plan("credits", records(tmp_path, row(1), row(1, 学时="8.00")))) == (1, 0, 1, 0)
    made = plan("credits", records(tmp_path, row(1), row(1, 学时=4)))
    assert counts(made) == (0, 0, 0, 2)
    assert "内容不同（第 2、3 行）" in reasons(made)[3]


def test_without_a_number_the_name_must_be_one_below_the_organiser(people, world, tmp_path):
    nameless = row(1, 公民身份号码="")
    assert take("credits", records(tmp_path, nameless)).work.credits[0][0].person_id == people[0]
    outside = plan("credits", records(tmp_path, row(1, 公民身份号码="", 组织单位代码="C2")))
    assert "没有叫这个名字的党员" in reasons(outside)[2]
    twin = NewPerson(name="李小1", organisation_id=world.organisations["T12a"], member_since=date(2010, 1, 1))
    enrol([twin], by=SYSTEM, at=NOW)
    assert "有 2 个人叫这个名字" in reasons(plan("credits", records(tmp_path, nameless)))[2]
    below = row(1, 公民身份号码="", 组织单位代码="T11", 凭证号="B-1")
    assert counts(plan("credits", records(tmp_path, below))) == (1, 0, 0, 0)


def test_a_span_over_a_years_end_is_split(people, tmp_path):
    path = records(tmp_path, row(1, 日期="2017-12-28至2018-01-02", 学时=12))
    assert counts(take("credits", path)) == (1, 0, 0, 0)
    parts = list(CreditEntry.objects.order_by("happened_on").values_list("part", "happened_on", "hours"))
    assert parts == [
        ("2017", date(2017, 12, 31), Decimal("8.00")),
        ("2018", date(2018, 1, 2), Decimal("4.00")),
    ]
    assert counts(take("credits", path)) == (0, 0, 1, 0)


def test_rows_of_one_number_are_one_activity(people, tmp_path):
    rows = [row(1, 活动编号="HD-1", 地点="党校"), row(2, 活动编号="hd-1 "), row(3, 活动编号="HD-2")]
    take("credits", records(tmp_path, *rows))
    assert Activity.objects.count() == 2
    first = Activity.objects.get(reference="HD-1")
    assert (first.place, first.title) == ("党校", "十九大精神轮训班")


def test_without_a_number_a_name_in_a_year_is_one_activity(people, tmp_path):
    rows = [row(1), row(2, 日期="2017-03-01"), row(3, 日期="2018-03-01"), row(1, 活动名称="另一班", 凭证号="A-9")]
    take("credits", records(tmp_path, *rows))
    days = set(Activity.objects.values_list("title", "starts_on", "ends_on"))
    assert days == {
        ("十九大精神轮训班", date(2017, 3, 1), date(2017, 11, 20)),
        ("十九大精神轮训班", date(2018, 3, 1), date(2018, 3, 1)),
        ("另一班", date(2017, 11, 20), date(2017, 11, 20)),
    }


def test_rows_of_one_activity_must_agree(people, tmp_path):
    rows = [row(i, 活动编号="HD-1", 层级="市级重点" if i == 2 else "县级普遍") for i in (1, 2, 3)]
    made = plan("credits", records(tmp_path, *rows))
    assert set(reasons(made)) == {3}
    assert "“层级”不一致" in reasons(made)[3]
    both = plan("credits", records(tmp_path, *rows[:2]))
    assert set(reasons(both)) == {2, 3}


def test_a_later_file_adds_to_an_activity_and_a_replay_finds_it(people, tmp_path):
    first = records(tmp_path, row(1, 活动编号="HD-1"), row(2, 活动编号="HD-1", 日期="2017-11-22"))
    take("credits", first)
    later = workbook(
        tmp_path / "later.xlsx",
        [*HEAD, *OPTIONAL],
        row(3, 活动编号="HD-1", 日期="2017-11-21"),
        row(1, 活动编号="HD-1", 日期="2017-12-01", 凭证号="B-1"),
        row(2, 活动编号="HD-1", 日期="2017-12-03", 凭证号="B-2"),
    )
    assert counts(take("credits", later)) == (3, 0, 0, 0)
    found = list(Activity.objects.order_by("id").values_list("reference", "starts_on", "ends_on"))
    assert found == [
        ("HD-1", date(2017, 11, 20), date(2017, 11, 22)),
        ("HD-1@2", date(2017, 12, 1), date(2017, 12, 3)),
    ]
    assert counts(take("credits", later)) == (0, 0, 3, 0)
    assert counts(take("credits", first)) == (0, 0, 2, 0)
    assert Activity.objects.count() == 2


def test_optional_columns_and_topics(people, tmp_path):
    Topic.objects.create(key="history", name="党史", group="history", strand="theory")
    Topic.objects.create(key="rules", name="党规", group="history", strand="theory")
    cells = {
        "主题": "党史、党规",
        "活动编号": "HD-1",
        "项目": "轮训计划",
        "项目类别": "轮训",
        "培训对象": "支部书记",
        "地点": "县委党校",
        "授课形式": "专题讲授",
        "上下": "线上",
        "内外": "课堂外",
        "实虚": "虚",
        "正反": "警示教育",
    }
    take("credits", records(tmp_path, row(1, **cells)))
    activity = Activity.objects.get()
    assert activity.topics == ["history", "rules"]
    assert (activity.programme_kind, activity.audience) == ("rotation", "secretaries")
    dimensions = (activity.delivery, activity.setting, activity.strand, activity.example)
    assert dimensions == ("online", "field", "theory", "warning")
    assert counts(take("credits", records(tmp_path, row(1, **cells)))) == (0, 0, 1, 0)


def test_required_columns_alone_are_enough(people, tmp_path):
    assert counts(take("credits", records(tmp_path, row(1), head=HEAD))) == (1, 0, 0, 0)


def test_an_office_imports_only_its_own_activities_for_its_own_people(people, world, tmp_path):
    county = world.organisation("C1")
    actor = Actor(1, None, "", (GrantedRole("office", county.pk, county.path),))
    made = plan("credits", records(tmp_path, row(1), row(2, 组织单位代码="R"), row(4)), actor=actor)
    assert counts(made) == (1, 0, 0, 2)
    assert all("不在您的管理范围内" in words for words in reasons(made).values())


def test_a_merged_record_finds_what_was_posted_before(people, tmp_path):
    path = records(tmp_path, row(1))
    take("credits", path)
    merge_persons(Person.objects.get(pk=people[0]), into=Person.objects.get(pk=people[1]), by=SYSTEM, at=NOW)
    made = plan("credits", records(tmp_path, row(1, 姓名="李小2")))
    assert counts(made) == (0, 0, 1, 0)


@pytest.mark.parametrize("rows", [3, 30])
def test_the_number_of_queries_does_not_grow_with_the_rows(people, tmp_path, rows, django_assert_max_num_queries):
    path = records(tmp_path, *(row(1 + i % 3, 凭证号=f"N-{i}") for i in range(rows)))
    with django_assert_max_num_queries(40):
        take("credits", path)
    with django_assert_max_num_queries(20):
        take("credits", path)
