"""Organisations from files."""

from datetime import date

import pytest

from peixun.people.models import Organisation, OrganisationVersion
from peixun.people.queries.scope import Actor, GrantedRole
from tests.factories.rosters import counts, plan, reasons, take, workbook

HEAD = ["党组织名称", "党组织代码", "上级党组织代码", "组织类别"]
CITY = ["中共测试市委员会", "6204", "", "党委"]
TOWN = ["中共某镇委员会", "620401", "6204", "基层党委"]
VILLAGE = ["中共某村支部委员会", "620401001", "620401", "党支部"]


def roster(tmp_path, *rows, head=HEAD, name="o.xlsx"):
    return workbook(tmp_path / name, head, *rows)


@pytest.mark.django_db
def test_a_tree_is_founded_whatever_the_order_of_its_rows(tmp_path):
    made = take("organisations", roster(tmp_path, VILLAGE, TOWN, CITY))
    assert counts(made) == (3, 0, 0, 0)
    village = Organisation.objects.get(code="620401001")
    assert village.path.startswith(Organisation.objects.get(code="6204").path)
    assert (village.kind, village.level) == ("branch", "grassroots")
    assert Organisation.objects.get(code="620401").level == "township"
    assert Organisation.objects.get(code="6204").level == "city"


@pytest.mark.django_db
def test_the_same_file_twice_changes_nothing(tmp_path):
    head = [*HEAD, "党组织书记", "联系电话", "单位性质类别", "标签", "成立日期", "统一社会信用代码"]
    rows = [[*CITY, "张三", "0943-8221234", "机关", "甲、乙", "1985年7月1日", "11620400013900000X"]]
    rows += [[*TOWN, "", "", "乡镇", "", "", ""], [*VILLAGE, "", 8221234, "村委会", "建档立卡贫困村", 36526, ""]]
    path = roster(tmp_path, *rows, head=head)
    assert counts(take("organisations", path)) == (3, 0, 0, 0)
    before = OrganisationVersion.objects.count()
    assert counts(take("organisations", path)) == (0, 0, 3, 0)
    assert OrganisationVersion.objects.count() == before
    village = Organisation.objects.get(code="620401001")
    assert (village.sector, village.tags, village.founded_on) == ("village", ["建档立卡贫困村"], date(2000, 1, 1))
    assert village.contact == {"phone": "8221234"}


@pytest.mark.django_db
def test_changes_make_dated_versions(tmp_path):
    take("organisations", roster(tmp_path, CITY, TOWN, VILLAGE))
    other = ["中共另一镇委员会", "620402", "6204", "党委"]
    moved = ["中共某村党总支部委员会", "620401001", "620402", "党总支"]
    made = take("organisations", roster(tmp_path, other, moved))
    assert counts(made) == (1, 1, 0, 0)
    village = Organisation.objects.get(code="620401001")
    assert (village.parent.code, village.kind) == ("620402", "general_branch")
    old, new = OrganisationVersion.objects.filter(organisation=village).order_by("since")
    assert (old.until, old.kind, old.parent.code) == (date(2018, 6, 30), "branch", "620401")
    assert (new.since, new.name) == (date(2018, 6, 30), "中共某村党总支部委员会")


@pytest.mark.django_db
def test_a_parent_may_go_below_its_child(tmp_path):
    take("organisations", roster(tmp_path, CITY, TOWN, ["中共某区委员会", "620409", "620401", "党委"]))
    turned = [["中共某区委员会", "620409", "6204", "党委"], ["中共某镇委员会", "620401", "620409", "党委"]]
    assert counts(take("organisations", roster(tmp_path, *turned))) == (0, 2, 0, 0)
    assert Organisation.objects.get(code="620401").parent.code == "620409"


@pytest.mark.django_db
def test_codes_that_differ_in_case_width_and_spaces_are_one(tmp_path):
    rows = [CITY, ["中共某镇委员会", "a01", "６２０４", "党委"], ["中共某镇委员会", " Ａ０1 ", 6204, "党委"]]
    made = take("organisations", roster(tmp_path, *rows))
    assert counts(made) == (2, 0, 1, 0)
    assert Organisation.objects.filter(code="a01").exists()


@pytest.mark.django_db
def test_headings_on_the_third_line_under_a_merged_title(tmp_path):
    path = workbook(tmp_path / "o.xlsx", ["党组织信息采集表"], [None], ["序号", *HEAD], ["1", *CITY], [], [])
    assert counts(plan("organisations", path)) == (1, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([CITY, ["中共另一市委员会", "6205", "", "党委"]], {2: "只能有一个", 3: "只能有一个"}),
        ([CITY, ["甲", "A", "B", "党委"], ["乙", "B", "A", "党委"]], {3: "成环", 4: "成环"}),
        ([CITY, ["甲", "A", "A", "党委"]], {3: "不能是它自己"}),
        ([CITY, ["甲", "A", "9999", "党委"]], {3: "9999 不存在"}),
        ([CITY, TOWN, VILLAGE, ["甲", "A", "620401001", "党支部"]], {5: "上级是党支部"}),
        ([CITY, ["甲", "A", "6204", "俱乐部"]], {3: "不认识“俱乐部”"}),
        ([CITY, ["甲", "A", "6204", "俱乐部"], ["乙", "B", "A", "党支部"]], {3: "不认识", 4: "上级党组织所在的那一行"}),
        ([CITY, TOWN, ["中共别名委员会", "620401", "6204", "党委"]], {3: "重复而内容不同", 4: "重复而内容不同"}),
        ([CITY, ["", "A", "6204", "党委"]], {3: "没有填写“党组织名称”"}),
    ],
)
def test_what_makes_no_tree_is_a_bad_row(tmp_path, rows, expected):
    made = plan("organisations", roster(tmp_path, *rows))
    found = reasons(made)
    assert found.keys() == expected.keys()
    for row, words in expected.items():
        assert words in found[row]
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_the_root_that_stands_stays_the_only_one(world, tmp_path):
    made = plan("organisations", roster(tmp_path, CITY))
    assert "最高党组织已经有了" in reasons(made)[2]
    made = plan("organisations", roster(tmp_path, ["第1县委", "C1", "", "党委"]))
    assert "它现在有上级" in reasons(made)[2]


@pytest.mark.django_db
def test_a_cycle_through_what_stands_is_found(world, tmp_path):
    made = plan("organisations", roster(tmp_path, ["第1县委", "C1", "T11", "党委"]))
    assert "成环" in reasons(made)[2]


@pytest.mark.django_db
def test_kinds_that_members_or_children_forbid(world, tmp_path):
    grown = plan("organisations", roster(tmp_path, ["11a村党支部", "T11a", "T11", "党委"]))
    assert "还有党员" in reasons(grown)[2]
    shrunk = plan("organisations", roster(tmp_path, ["11镇党委", "T11", "C1", "党支部"]))
    assert "下面还有党组织" in reasons(shrunk)[2]


def office_of(world, code):
    organisation = world.organisation(code)
    return Actor(1, None, "", (GrantedRole("office", organisation.pk, organisation.path),))


@pytest.mark.django_db
def test_an_office_imports_only_below_itself(world, tmp_path):
    rows = [
        ["新村党支部", "N1", "T11", "党支部"],
        ["新村党支部", "N2", "T21", "党支部"],
        ["12镇委", "T12", "C1", "党委"],
        ["第二县委", "C2", "R", "党委"],
        ["11镇党委", "T11", "C2", "党委"],
        ["第一县委", "C1", "R", "党委"],
        ["新组党支部", "N3", "N4", "党支部"],
        ["新片党委", "N4", "T12", "党委"],
    ]
    made = plan("organisations", roster(tmp_path, *rows), actor=office_of(world, "C1"))
    assert {row: "管理范围" in words for row, words in reasons(made).items()} == {3: True, 5: True, 6: True}
    assert (made.new, made.changed) == (3, 2)


@pytest.mark.django_db
def test_an_empty_cell_leaves_what_is_known(tmp_path):
    head = [*HEAD, "标签", "层级", "单位名称"]
    take("organisations", roster(tmp_path, [*CITY, "甲", "市级", "某单位"], head=head))
    made = take("organisations", roster(tmp_path, [*CITY, "", "", None], head=head))
    assert counts(made) == (0, 0, 1, 0)
    assert Organisation.objects.get().tags == ["甲"]


@pytest.mark.django_db
def test_a_founding_day_is_corrected(tmp_path):
    take("organisations", roster(tmp_path, CITY))
    made = take("organisations", roster(tmp_path, [*CITY, "1985-07-01"], head=[*HEAD, "成立日期"]))
    assert counts(made) == (0, 1, 0, 0)
    assert Organisation.objects.get().founded_on == date(1985, 7, 1)
    assert OrganisationVersion.objects.get().since == date(1985, 7, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("党委", "committee"),
        ("基层党委", "committee"),
        ("党的基层委员会", "committee"),
        ("611", "committee"),
        ("党工委", "work_committee"),
        ("街道工作委员会", "work_committee"),
        ("党总支部", "general_branch"),
        ("621 党总支", "general_branch"),
        ("党支部", "branch"),
        ("党支部（631）", "branch"),
        ("临时党支部", "branch"),
        ("联合党支部", "joint_branch"),
        (" 联 合 党 支 部 ", "joint_branch"),
    ],
)
def test_kinds_as_offices_write_them(tmp_path, words, kind):
    made = plan("organisations", roster(tmp_path, CITY, ["甲", "A", "6204", words]))
    assert made.work.found[1].kind == kind


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sector"),
    [
        ("机关", "organ"),
        ("党政机关", "organ"),
        ("事业单位", "institution"),
        ("国有企业", "state_enterprise"),
        ("公有制企业", "state_enterprise"),
        ("非公有制企业", "non_public"),
        ("私营企业", "non_public"),
        ("民办非企业单位", "social"),
        ("社会团体", "social"),
        ("村民委员会", "village"),
        ("建制村", "village"),
        ("居民委员会", "community"),
        ("城市社区", "community"),
        ("普通中学", "school"),
        ("其他", ""),
    ],
)
def test_natures_of_units_tell_the_sector(tmp_path, words, sector):
    path = roster(tmp_path, [*CITY, words], head=[*HEAD, "单位性质类别"])
    assert plan("organisations", path).work.found[0].sector == sector


@pytest.mark.django_db
def test_a_nature_nobody_knows_is_a_bad_row_unless_the_sector_is_told(tmp_path):
    head = [*HEAD, "单位性质类别", "领域"]
    assert "不认识" in reasons(plan("organisations", roster(tmp_path, [*CITY, "马戏团", ""], head=head)))[2]
    assert counts(plan("organisations", roster(tmp_path, [*CITY, "马戏团", "社会组织"], head=head))) == (1, 0, 0, 0)
