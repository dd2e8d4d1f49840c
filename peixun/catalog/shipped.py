"""What an installation starts with: audiences and packs, each with its dates and its source. Data, no logic.

Packs of one owner never overlap and leave no day out from 2009 on. Since an organisation has one requirement pack
in force at a time, what several documents ask of their audiences in the same years stands together in one pack.
"""

from datetime import date
from typing import TypeAlias

from peixun.catalog.rules import (
    NewCreditCap,
    NewCreditPack,
    NewCreditRule,
    NewRequirement,
    NewRequirementPack,
    NewResponsibility,
    NewResponsibilityPack,
)
from peixun.people.operations.audiences import NewAudience

GRASSROOTS = ("township", "grassroots")
COMMITTEE = ("secretary", "deputy", "committee_member")
RURAL = ("village", "community")
UNITS = ("organ", "institution", "school", "state_enterprise", "non_public", "social")

AUDIENCES = (
    NewAudience("members", "全体党员"),
    NewAudience("grassroots_secretaries", "基层党组织书记", {"posts": ["secretary"], "levels": GRASSROOTS}),
    NewAudience("committee_members", "基层党组织班子成员", {"posts": COMMITTEE, "levels": GRASSROOTS}),
    NewAudience(
        "township_secretaries",
        "乡镇党委书记",
        {"posts": ["secretary"], "levels": ["township"], "sectors": ["village"]},
    ),
    NewAudience(
        "community_secretaries",
        "街道社区党组织书记",
        {"posts": ["secretary"], "levels": GRASSROOTS, "sectors": ["community"]},
    ),
    NewAudience("city_organ_secretaries", "市直机关党组织书记", {"posts": ["secretary"], "tags": ["市直机关"]}),
    NewAudience(
        "school_secretaries",
        "学校党组织书记",
        {"posts": ["secretary"], "levels": GRASSROOTS, "sectors": ["school"]},
    ),
    NewAudience(
        "non_public_secretaries",
        "非公企业党组织书记",
        {"posts": ["secretary"], "levels": GRASSROOTS, "sectors": ["non_public"]},
    ),
    NewAudience(
        "social_secretaries",
        "社会组织党组织书记",
        {"posts": ["secretary"], "levels": GRASSROOTS, "sectors": ["social"]},
    ),
    NewAudience(
        "village_secretaries",
        "村党组织书记",
        {"posts": ["secretary"], "levels": ["grassroots"], "sectors": ["village"]},
    ),
    NewAudience(
        "first_secretaries", "建档立卡贫困村第一书记", {"posts": ["first_secretary"], "tags": ["建档立卡贫困村"]}
    ),
    NewAudience(
        "office_heads",
        "乡镇党建办主任",
        {"posts": ["office_head"], "levels": ["township"], "sectors": ["village"]},
    ),
    NewAudience("probationary", "预备党员", {"statuses": ["probationary"]}),
    NewAudience(
        "county_cadres",
        "县处级以上干部",
        {"ranks": ["厅局级正职", "厅局级副职", "县处级正职", "县处级副职"]},
    ),
    NewAudience("township_cadres", "乡科级以下干部", {"ranks": ["乡科级正职", "乡科级副职", "科员", "办事员"]}),
    NewAudience("rural_members", "农村社区党员", {"sectors": RURAL}),
    NewAudience("unit_members", "机关企事业单位党员", {"sectors": UNITS}),
    NewAudience(
        "rural_committee_members",
        "农村社区班子成员",
        {"posts": COMMITTEE, "levels": GRASSROOTS, "sectors": RURAL},
    ),
    NewAudience(
        "unit_committee_members",
        "机关企事业单位班子成员",
        {"posts": COMMITTEE, "levels": GRASSROOTS, "sectors": UNITS},
    ),
    NewAudience(
        "neighbourhood_secretaries",
        "社区党组织书记",
        {"posts": ["secretary"], "levels": ["grassroots"], "sectors": ["community"]},
    ),
    NewAudience(
        "village_committee_members",
        "村党组织班子成员",
        {"posts": COMMITTEE, "levels": ["grassroots"], "sectors": ["village"]},
    ),
)

MEMBERS_32 = NewRequirement("members", "党员集中学习培训", "32")
COMMITTEE_56 = NewRequirement("committee_members", "书记和班子成员集中学习培训", "56", min_concentrated=1)
CADRES = (
    NewRequirement("county_cadres", "县处级以上干部五年培训", "550", period="five_years"),
    NewRequirement("township_cadres", "乡科级以下干部年度培训", "90", min_days=12),
)

REQUIREMENT_PACKS = (
    NewRequirementPack(
        key="plan-2009-2013",
        name="2009—2013 年党员教育培训学时要求",
        since=date(2009, 1, 1),
        until=date(2014, 1, 1),
        source="《2009—2013年全国党员教育培训工作规划》",
        requirements=(
            NewRequirement("rural_members", "农村社区党员集中学习培训", "16"),
            NewRequirement("unit_members", "机关企事业单位党员集中学习培训", "24"),
            NewRequirement("rural_committee_members", "农村社区班子成员集中学习培训", "24"),
            NewRequirement("unit_committee_members", "机关企事业单位班子成员集中学习培训", "40"),
        ),
    ),
    NewRequirementPack(
        key="city-2014-2018",
        name="2014—2018 年党员教育培训学时要求",
        since=date(2014, 1, 1),
        until=date(2019, 1, 1),
        source="演示城市自定：市委组织部 2014—2018 年党员教育培训安排",
        requirements=(MEMBERS_32, COMMITTEE_56),
        note="这套要求由演示城市自定，不是全国规定。其他地方使用前请按当地文件修改。",
    ),
    NewRequirementPack(
        key="plan-2019-2023",
        name="2019—2023 年党员干部教育培训学时要求",
        since=date(2019, 1, 1),
        until=date(2024, 1, 1),
        source=(
            "《2019—2023年全国党员教育培训工作规划》；《中国共产党党员教育管理工作条例》（2019年）；"
            "《干部教育培训工作条例》（2015年，2023年修订，第十四条）"
        ),
        requirements=(MEMBERS_32, COMMITTEE_56, *CADRES),
        note="新任书记任职半年内接受培训；书记每年由县级以上党委轮训一次。",
    ),
    NewRequirementPack(
        key="plan-2024-2028",
        name="2024—2028 年党员干部教育培训学时要求",
        since=date(2024, 1, 1),
        until=None,
        source=(
            "《中国共产党党员教育管理工作条例》（2019年）；《干部教育培训工作条例》（2023年修订，第十四条）；"
            "《全国干部教育培训规划（2023—2027年）》"
        ),
        requirements=(
            MEMBERS_32,
            COMMITTEE_56,
            *CADRES,
            NewRequirement("county_cadres", "县处级以上干部网络自学", "0", within=(("delivery", "online", "50"),)),
            NewRequirement("township_cadres", "乡科级以下干部网络自学", "0", within=(("delivery", "online", "50"),)),
        ),
        note="网络自学 50 学时出自 2023—2027 年干部规划，随五年周期自 2024 年起考核。",
    ),
)

ONLINE = (
    NewCreditRule("online_lesson", "lesson_30", "1"),
    NewCreditRule("online_lesson", "lesson_15", "0.5"),
    NewCreditRule("online_lesson", "micro_lesson", "0.25"),
)

CREDIT_PACK_A = NewCreditPack(
    key="credits-a",
    name="学时折算办法（通用）",
    since=date(2009, 1, 1),
    until=None,
    source="各地党员教育培训学时管理的通行做法",
    rules=(
        NewCreditRule("class", "day", "8"),
        NewCreditRule("lecture", "half_day", "4"),
        NewCreditRule("branch_study", "hour", "1"),
        NewCreditRule("group_viewing", "hour", "1"),
        NewCreditRule("theme_day", "half_day", "4"),
        NewCreditRule("theme_day", "hour", "1"),
        NewCreditRule("field", "half_day", "4"),
        NewCreditRule("field", "hour", "1"),
        *ONLINE,
        NewCreditRule("test", "session", "0.5"),
    ),
    caps=(
        NewCreditCap("支部学习、集中收看每天最多 8 学时（半天 4 学时）", ("branch_study", "group_viewing"), "day", "8"),
    ),
    note="跨年的培训按天数分到各年，学时不结转。",
)

CREDIT_PACK_B = NewCreditPack(
    key="credits-b",
    name="学时折算办法（省会城市示例）",
    since=date(2009, 1, 1),
    until=None,
    source="某省会城市党员教育培训学时管理办法",
    rules=(
        NewCreditRule("class", "day", "6"),
        NewCreditRule("lecture", "half_day", "3"),
        NewCreditRule("branch_study", "session", "3"),
        NewCreditRule("group_viewing", "session", "3"),
        NewCreditRule("theme_day", "half_day", "3"),
        NewCreditRule("field", "half_day", "3"),
        *ONLINE,
        NewCreditRule("teaching", "hour_taught", "5"),
        NewCreditRule("in_house", "hour", "1"),
    ),
    caps=(
        NewCreditCap(
            "脱产培训以外的集中培训每年最多 48 学时",
            ("lecture", "branch_study", "group_viewing", "theme_day", "field"),
            "year",
            "48",
        ),
        NewCreditCap("单位内训每班最多 18 学时", ("in_house",), "activity", "18"),
    ),
    carry_over="electives",
    note="超出部分结转为下一年选修学时。随系统提供，默认不生效。",
)
"""In force nowhere unless an installation passes it to `install_rules` or publishes it."""

LAST_TO_TRAIN = NewResponsibility("members", "township", only_untrained_above=True)

RESPONSIBILITY_PACKS = (
    NewResponsibilityPack(
        key="duties-city-2009-2023",
        name="2009—2023 年党员教育培训分级责任",
        since=date(2009, 1, 1),
        until=date(2024, 1, 1),
        source="演示城市自定：市委组织部党员教育培训分级负责安排",
        responsibilities=(
            NewResponsibility("village_committee_members", "city", "five_years"),
            NewResponsibility("grassroots_secretaries", "county", only_untrained_above=True),
            LAST_TO_TRAIN,
        ),
        note=(
            "这套责任由演示城市自定，不是全国规定。其他地方使用前请按当地文件修改。"
            "五年为 2009—2013 年、2014—2018 年、2019—2023 年。"
        ),
    ),
    NewResponsibilityPack(
        key="duties-2024-2028",
        name="2024—2028 年党员教育培训分级责任",
        since=date(2024, 1, 1),
        until=None,
        source="某省贯彻《2024—2028年全国党员教育培训工作规划》的实施办法",
        responsibilities=(
            NewResponsibility("village_secretaries", "province", "five_years"),
            NewResponsibility("neighbourhood_secretaries", "province", "five_years"),
            NewResponsibility("village_committee_members", "city", "five_years"),
            NewResponsibility("village_secretaries", "county", only_untrained_above=True),
            NewResponsibility("neighbourhood_secretaries", "county", only_untrained_above=True),
            LAST_TO_TRAIN,
        ),
        note="各省的分级责任不尽相同，使用前请按本省文件核对。",
    ),
)
"""Who trains whom; the level below answers for those whom the levels above have not trained."""

NewPack: TypeAlias = NewRequirementPack | NewCreditPack | NewResponsibilityPack
PACKS: tuple[NewPack, ...] = (*REQUIREMENT_PACKS, CREDIT_PACK_A, *RESPONSIBILITY_PACKS)
"""What `install_rules` puts in force unless told otherwise."""
