"""Members from files."""

from datetime import date

import pytest

from peixun.people.models import Identity, Membership, Person, StatusPeriod
from peixun.people.operations.memberships import end_memberships
from peixun.people.queries.scope import Actor, GrantedRole
from peixun.people.sealed_box import lookup, open_box
from tests.factories.rosters import counts, number, plan, reasons, take, workbook
from tests.factories.world import NOW, SYSTEM

HEAD = [
    "姓名",
    "公民身份号码",
    "性别",
    "民族",
    "出生日期",
    "学历",
    "人员类别",
    "所在党支部",
    "加入党组织日期",
    "转为正式党员日期",
    "工作岗位",
    "手机号码",
    "固定电话",
    "家庭住址",
    "党籍状态",
    "是否为失联党员",
    "失去联系日期",
    "是否为流动党员",
    "外出流向",
]


def row(index=1, **cells):
    """A row of the national sheet; cells by heading override it."""
    values = {
        "姓名": f"王小{index}",
        "公民身份号码": number(index),
        "性别": "男",
        "民族": "汉族",
        "出生日期": "1980-05-01",
        "学历": "大学本科",
        "人员类别": "正式党员",
        "所在党支部": "T11a",
        "加入党组织日期": "2004-07-01",
        "转为正式党员日期": "2005-07-01",
        "工作岗位": "村民",
        "手机号码": "13900001234",
        "固定电话": "0943-8221234",
        "家庭住址": "某村某组",
        "党籍状态": "正常",
        "是否为失联党员": "否",
        "是否为流动党员": "否",
    } | cells
    return [values.get(heading, "") for heading in HEAD]


def roster(tmp_path, *rows):
    return workbook(tmp_path / "m.xlsx", HEAD, *rows)


def person(index=1):
    identity = Identity.objects.get(citizen_lookup=lookup("citizen", number(index)))
    return Person.objects.get(pk=identity.person_id)


def test_a_member_is_taken_onto_the_roll(world, tmp_path):
    made = take("members", roster(tmp_path, row(1)))
    assert counts(made) == (1, 0, 0, 0)
    new = person(1)
    assert (new.name, new.gender, new.birth_date, new.ethnicity) == ("王小1", "m", date(1980, 5, 1), "汉族")
    membership = new.memberships.get()
    assert (membership.organisation.code, membership.since, membership.status) == ("T11a", date(2004, 7, 1), "full")
    box = open_box(bytes(new.identity.salt), new.identity.key_number)
    assert box.open(bytes(new.identity.address)) == "某村某组"


def test_the_same_file_twice_changes_nothing(world, tmp_path):
    rows = [
        row(i, 是否为失联党员="是" if i == 3 else "否", 失去联系日期="2016-05-01" if i == 3 else "")
        for i in range(1, 6)
    ]
    rows += [row(6, 是否为流动党员="是", 外出流向="广东深圳"), row(7, 党籍状态="停止党籍")]
    path = roster(tmp_path, *rows)
    assert counts(take("members", path)) == (6, 0, 1, 0)
    before = (Person.objects.count(), Membership.objects.count(), StatusPeriod.objects.count())
    again = take("members", path)
    assert counts(again) == (0, 0, 7, 0)
    assert (Person.objects.count(), Membership.objects.count(), StatusPeriod.objects.count()) == before


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"公民身份号码": "62040219800501001X"}, "校验码"),
        ({"公民身份号码": "6204021980050100"}, "18 位"),
        ({"公民身份号码": ""}, "没有填写“公民身份号码”"),
        ({"公民身份号码": 620402198005010010.0}, "存成了数字"),
        ({"姓名": " "}, "没有填写“姓名”"),
        ({"性别": "女"}, "性别与公民身份号码不一致"),
        ({"出生日期": "1981-05-01"}, "出生日期与公民身份号码不一致"),
        ({"所在党支部": "没有的支部"}, "没有名为或代码为“没有的支部”"),
        ({"所在党支部": "11镇党委"}, "不是党支部"),
        ({"所在党支部": "同名村党支部"}, "有 2 个党支部叫这个名字"),
        ({"加入党组织日期": "2018-07-01", "转为正式党员日期": ""}, "将来"),
        ({"加入党组织日期": "1990-07-01"}, "不满 14 周岁"),
        ({"转为正式党员日期": "2003-07-01"}, "早于加入党组织日期"),
        ({"人员类别": "预备党员"}, "预备党员"),
        ({"人员类别": "群众"}, "不认识“群众”"),
        ({"手机号码": "12345"}, "不是有效的手机号码"),
        ({"党籍状态": "不详"}, "不认识“不详”"),
        ({"失去联系日期": "2017-01-01"}, "没有说明是失联党员"),
        ({"是否为失联党员": "是", "失去联系日期": "2019-01-01"}, "将来"),
        ({"是否为失联党员": "也许"}, "“是”或“否”"),
        ({"加入党组织日期": "2004"}, "只有年份"),
    ],
)
def test_what_cannot_be_taken_is_a_bad_row_with_its_reason(world, tmp_path, cells, words):
    pair = [["同名村党支部", "X1", "T11", "党支部"], ["同名村党支部", "X2", "T12", "党支部"]]
    head = ["党组织名称", "党组织代码", "上级党组织代码", "组织类别"]
    take("organisations", workbook(tmp_path / "o.xlsx", head, *pair))
    before = Person.objects.count()
    made = plan("members", roster(tmp_path, row(1, **cells), row(2)))
    assert counts(made) == (1, 0, 0, 1)
    assert words in reasons(made)[2]
    assert Person.objects.count() == before


def test_numbers_are_masked_in_what_is_shown_and_whole_in_the_workbook(world, tmp_path):
    made = plan("members", roster(tmp_path, row(1, 公民身份号码="620402198005010011", 手机号码="123456")))
    values = {problem.column: problem.value for problem in made.problems()}
    assert values == {"公民身份号码": "6204**********0011", "手机号码": "**3456"}
    assert "620402198005010011" in made.bad_rows[0].values


def test_one_person_in_two_branches_is_bad_in_both_rows(world, tmp_path):
    made = plan("members", roster(tmp_path, row(1), row(2), row(1, 所在党支部="T11b")))
    assert counts(made) == (1, 0, 0, 2)
    assert "不同的党支部（第 2、4 行）" in reasons(made)[2]
    assert "不同的党支部" in reasons(made)[4]


def test_a_row_that_repeats_another_is_unchanged_and_one_that_differs_is_bad(world, tmp_path):
    lower = number(1).lower()
    same = plan("members", roster(tmp_path, row(1), row(1, 公民身份号码=f" {lower} ", 所在党支部="１１a村党支部")))
    assert counts(same) == (1, 0, 1, 0)
    other = plan("members", roster(tmp_path, row(1), row(1, 学历="大专")))
    assert counts(other) == (0, 0, 0, 2)
    assert "内容不同" in reasons(other)[3]


def test_messy_cells_are_read(world, tmp_path):
    cells = {
        "姓名": "　王 小1 ",
        "公民身份号码": "620402800501003",
        "出生日期": 29342,
        "加入党组织日期": "２００４．７．１",
        "转为正式党员日期": "2005年7月1日",
        "手机号码": 13900001234,
        "人员类别": "正式",
        "民族": "汉",
    }
    made = take("members", roster(tmp_path, row(1, **cells)))
    assert counts(made) == (1, 0, 0, 0)
    assert person(1).name == "王小1"
    assert counts(take("members", roster(tmp_path, row(1)))) == (0, 0, 1, 0)


def test_changes_of_facts_and_numbers(world, tmp_path):
    take("members", roster(tmp_path, row(1)))
    made = take("members", roster(tmp_path, row(1, 姓名="王大一", 手机号码="13900005678", 家庭住址="某县某街")))
    assert counts(made) == (0, 1, 0, 0)
    told = {column for column, _before, _after in made.samples["changed"][0].differences}
    assert told == {"姓名", "手机号码", "家庭住址"}
    changed = person(1)
    assert (changed.name, changed.pinyin) == ("王大一", "wangdayi")
    assert bytes(changed.identity.phone_lookup) == lookup("phone", "13900005678")
    assert counts(take("members", roster(tmp_path, row(1, 姓名="王大一", 手机号码="13900005678")))) == (0, 1, 0, 0)


def test_an_empty_cell_leaves_what_is_known(world, tmp_path):
    take("members", roster(tmp_path, row(1, 是否为失联党员="是", 失去联系日期="2016-01-01")))
    bare = row(1, 民族="", 学历="", 手机号码="", 家庭住址="", 党籍状态="", 是否为失联党员="", 是否为流动党员="")
    assert counts(take("members", roster(tmp_path, bare))) == (0, 0, 1, 0)
    assert person(1).ethnicity == "汉族"
    assert StatusPeriod.objects.get().until is None


def test_another_branch_is_a_transfer_from_today_corrected_on_the_same_day(world, tmp_path):
    take("members", roster(tmp_path, row(1)))
    assert counts(take("members", roster(tmp_path, row(1, 所在党支部="T11b")))) == (0, 1, 0, 0)
    old, new = person(1).memberships.order_by("since")
    assert (old.until, old.ended_by, new.since) == (date(2018, 6, 30), "transferred", date(2018, 6, 30))
    assert counts(take("members", roster(tmp_path, row(1, 所在党支部="T12a")))) == (0, 1, 0, 0)
    codes = [m.organisation.code for m in person(1).memberships.order_by("since")]
    assert codes == ["T11a", "T12a"]


def test_a_probationary_member_becomes_a_full_one_on_the_day_that_is_told(world, tmp_path):
    first = row(1, 人员类别="预备党员", 加入党组织日期="2017-03-01", 转为正式党员日期="")
    take("members", roster(tmp_path, first))
    take("members", roster(tmp_path, row(1, 加入党组织日期="2017-03-01", 转为正式党员日期="2018-03-01")))
    rows = [(m.status, m.since, m.until) for m in person(1).memberships.order_by("since")]
    turned = date(2018, 3, 1)
    assert rows == [("probationary", date(2017, 3, 1), turned), ("full", turned, None)]


@pytest.mark.parametrize(("words", "why"), [("停止党籍", "suspended"), ("已出党", "expelled"), ("死亡", "died")])
def test_other_standings_end_the_membership(world, tmp_path, words, why):
    take("members", roster(tmp_path, row(1)))
    assert counts(take("members", roster(tmp_path, row(1, 党籍状态=words)))) == (0, 1, 0, 0)
    membership = person(1).memberships.get()
    assert (membership.until, membership.ended_by) == (date(2018, 6, 30), why)
    assert counts(take("members", roster(tmp_path, row(1, 党籍状态=words)))) == (0, 0, 1, 0)


def test_somebody_who_had_left_comes_back_today(world, tmp_path):
    take("members", roster(tmp_path, row(1)))
    end_memberships([(person(1).pk, date(2018, 1, 1), "left", None)], by=SYSTEM, at=NOW)
    assert counts(take("members", roster(tmp_path, row(1)))) == (0, 1, 0, 0)
    assert person(1).memberships.get(until__isnull=True).since == date(2018, 6, 30)


def test_statuses_begin_are_corrected_and_end(world, tmp_path):
    take("members", roster(tmp_path, row(1, 是否为失联党员="是", 失去联系日期="2016-05-01")))
    lost = StatusPeriod.objects.get()
    assert (lost.kind, lost.since) == ("lost", date(2016, 5, 1))
    take("members", roster(tmp_path, row(1, 是否为失联党员="是", 失去联系日期="2016-03-01")))
    assert StatusPeriod.objects.get().since == date(2016, 3, 1)
    made = take("members", roster(tmp_path, row(1, 是否为流动党员="是", 外出流向="广东")))
    assert counts(made) == (0, 1, 0, 0)
    assert StatusPeriod.objects.get(kind="lost").until == date(2018, 6, 30)
    assert StatusPeriod.objects.get(kind="floating").reason == "广东"
    bad = plan("members", roster(tmp_path, row(1, 是否为失联党员="是", 失去联系日期="2016-03-01")))
    assert "已经登记并且结束" in reasons(bad)[2]


def test_without_a_day_of_joining_membership_begins_at_18_and_never_before_the_branch(world, tmp_path):
    young = number(9, birth=date(1980, 5, 1))
    take("members", roster(tmp_path, row(9, 公民身份号码=young, 加入党组织日期="", 转为正式党员日期="")))
    old = number(8, birth=date(1930, 2, 28))
    take(
        "members",
        roster(tmp_path, row(8, 公民身份号码=old, 出生日期="", 加入党组织日期="1950-01-01", 转为正式党员日期="")),
    )
    assert Membership.objects.get(person__name="王小9").since == date(1998, 5, 1)
    assert Membership.objects.get(person__name="王小8").since == date(1990, 1, 1)


def test_who_is_on_the_roll_and_not_in_the_file_is_listed_and_stays(world, tmp_path):
    take("members", roster(tmp_path, row(1), row(2)))
    made = take("members", roster(tmp_path, row(1)))
    assert "王小2" in {missing.name for missing in made.missing}
    assert len(made.missing) == 6  # the world's five of that branch are not in the file either
    assert person(2).memberships.get().until is None


def test_a_row_that_cannot_be_read_is_no_missing_person(world, tmp_path):
    take("members", roster(tmp_path, row(1), row(2)))
    made = plan("members", roster(tmp_path, row(1), row(2, 公民身份号码="1")))
    assert "王小2" not in {missing.name for missing in made.missing}


def test_an_office_imports_only_into_its_branches_and_never_takes_from_others(world, tmp_path):
    take("members", roster(tmp_path, row(1, 所在党支部="T21a")))
    county = world.organisation("C1")
    actor = Actor(1, None, "", (GrantedRole("office", county.pk, county.path),))
    made = plan("members", roster(tmp_path, row(1), row(2, 所在党支部="T21a"), row(3)), actor=actor)
    assert counts(made) == (1, 0, 0, 2)
    assert all("不在您的管理范围内" in words for words in reasons(made).values())
    secretary = Actor(1, None, "", (GrantedRole("secretary", county.pk, county.path),))
    assert plan("members", roster(tmp_path, row(3)), actor=secretary).bad == 1


def test_a_csv_in_gb18030_with_quotes_around_numbers(world, tmp_path):
    path = tmp_path / "m.csv"
    lines = [",".join(HEAD), ",".join(row(1, 公民身份号码=f"'{number(1)}"))]
    path.write_bytes("\r\n".join(["党员名册" + "," * 18, *lines, "," * 18]).encode("gb18030"))
    assert counts(take("members", path)) == (1, 0, 0, 0)


def test_a_corrected_workbook_of_bad_rows_is_imported_again(world, tmp_path):
    made = take("members", roster(tmp_path, row(1), row(2, 性别="女"), row(3, 手机号码="1")))
    assert made.write_errors(tmp_path / "errors.xlsx") == 2
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(tmp_path / "errors.xlsx")
    sheet = book.active
    heading = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, heading["性别"]).value = "男"
    sheet.cell(3, heading["手机号码"]).value = "13900001234"
    book.save(tmp_path / "corrected.xlsx")
    assert counts(take("members", tmp_path / "corrected.xlsx")) == (2, 0, 0, 0)


@pytest.mark.parametrize("rows", [20, 60])
def test_the_number_of_queries_does_not_grow_with_the_rows(world, tmp_path, rows, django_assert_max_num_queries):
    path = roster(tmp_path, *(row(i) for i in range(1, rows)))
    with django_assert_max_num_queries(25):
        take("members", path)
    with django_assert_max_num_queries(20):
        take("members", path)
