"""What branches study in a year: one line a kind of session, films of the account among them; no logic."""

from typing import NamedTuple


class Lesson(NamedTuple):
    """A session that a branch may hold. `hours` are the lengths it comes in; empty dimensions are left open."""

    kind: str
    title: str
    topic: str
    hours: tuple[int, ...]
    strand: str
    example: str = ""
    setting: str = "classroom"
    delivery: str = "offline"
    place: str = ""
    mode: str = "集中学习"


def _viewing(title: str, topic: str, example: str, strand: str = "theory") -> Lesson:
    return Lesson("group_viewing", title, topic, (3, 4, 4), strand, example, delivery="online", mode="集中收看")


def _study(title: str, topic: str, strand: str = "theory", mode: str = "集中学习") -> Lesson:
    return Lesson("branch_study", title, topic, (4, 4, 8, 8), strand, mode=mode)


def _day(title: str, topic: str, strand: str = "theory", example: str = "") -> Lesson:
    return Lesson("theme_day", title, topic, (4, 4, 6), strand, example, mode="交流讨论")


def _field(title: str, topic: str, place: str, example: str = "positive") -> Lesson:
    return Lesson("field", title, topic, (8,), "theory", example, "field", place=place, mode="现场教学")


VIEWINGS = (
    _viewing("集中收看《焦裕禄》", "models", "positive"),
    _viewing("集中收看《柴生芳》", "models", "positive"),
    _viewing("集中收看《建党伟业》", "party-history", "positive"),
    _viewing("集中收看《建国大业》", "party-history", "positive"),
    _viewing("集中收看《大会师》", "long-march", "positive"),
    _viewing("集中收看《将改革进行到底》", "originals", "positive"),
    _viewing("集中收看《巡视利剑》", "warning-inspection", "warning"),
    _viewing("集中收看《打铁还需自身硬》", "warning-inspection", "warning"),
    _viewing("集中收看《永远在路上》", "warning-discipline", "warning"),
    _viewing("集中收看《镜鉴》", "warning-cases", "warning"),
    _viewing("集中收看《苏联亡党亡国20周年祭》", "warning-inspection", "warning"),
    _viewing("远程教育：设施蔬菜栽培技术", "skill-farming", "", "practice"),
    _viewing("远程教育：肉羊养殖技术", "skill-farming", "", "practice"),
    _viewing("远程教育：精准扶贫政策解读", "skill-poverty", "", "practice"),
)
STUDIES = (
    _study("党的十八届六中全会精神专题学习", "plenum-6"),
    _study("党的十八届五中全会精神专题学习", "plenum-5"),
    _study("“两学一做”学习教育专题学习", "two-studies"),
    _study("《党章》通读", "party-rules"),
    _study("《准则》和《条例》学习", "warning-discipline"),
    _study("读原著学原文悟原理", "originals", mode="自学交流"),
    _study("《习近平的七年知青岁月》研读", "seven-years", mode="自学交流"),
    _study("“三会一课”制度辅导", "system-meetings", "practice"),
    _study("组织生活会准备", "system-organisation-life", "practice"),
    _study("民主评议党员", "system-appraisal", "practice", "交流讨论"),
    _study("党性定期分析", "system-spirit-analysis", "practice", "交流讨论"),
    _study("谈心谈话活动", "system-heart-to-heart", "practice", "交流讨论"),
    _study("党费收缴管理学习", "system-dues", "practice"),
    _study("脱贫攻坚政策学习", "skill-poverty", "practice"),
    _study("村级事务管理学习", "skill-village", "practice", "现场模拟"),
    _study("矛盾纠纷调解学习", "skill-mediation", "practice", "现场模拟"),
    _study("社会主义核心价值观学习", "core-values"),
)
THEME_DAYS = (
    _day("固定党日：重温入党誓词", "oath"),
    _day("固定党日：义务劳动和环境整治", "system-fixed-day", "practice"),
    _day("固定党日：结对帮扶走访", "action-service", "practice"),
    _day("固定党日：产业富民观摩", "action-industry", "practice", "positive"),
    _day("固定党日：移风易俗倡议", "action-customs", "practice"),
    _day("固定党日：创建文明城市志愿服务", "skill-city", "practice"),
    _day("主题党日：党员过政治生日", "system-organisation-life", "practice"),
    _day("主题党日：优秀共产党员事迹报告", "models", "theory", "positive"),
    _day("主题党日：身边案例警示", "warning-cases", "theory", "warning"),
    _day("主题党日：法治宣传", "skill-law", "practice"),
)
FIELDS = (
    _field("会宁会师旧址现场教学", "long-march", "红军会宁会师旧址"),
    _field("国家矿山公园现场教学", "models", "白银国家矿山公园纪念馆"),
    _field("渡河战役纪念馆现场教学", "party-history", "靖远县红军渡河战役纪念馆"),
    _field("红军长征胜利廉政教育展览馆警示教育", "warning-cases", "会宁红军长征胜利廉政教育展览馆", "warning"),
    _field("景泰县警示教育基地警示教育", "warning-cases", "景泰县警示教育基地", "warning"),
    _field("旁听庭审警示教育", "warning-cases", "县人民法院", "warning"),
)
CONGRESS = (
    _study("党的十九大精神专题学习", "congress-19"),
    _study("党的十九大报告原文学习", "congress-19", mode="自学交流"),
    Lesson("lecture", "党的十九大精神宣讲", "congress-19", (4,), "theory", mode="专题讲授"),
)
NEW_IN_2018 = (
    _study("习近平新时代中国特色社会主义思想学习", "originals"),
    _study("党的十九大精神深入学习", "congress-19"),
    _study("新修订《党章》学习", "party-rules"),
    _study("宪法修正案学习", "constitution-2018"),
    _study("乡村振兴战略学习", "skill-revival", "practice"),
    _study("《中国共产党支部工作条例》意见讨论", "system-meetings", "practice", "交流讨论"),
)

MIXES = {
    "village": ((VIEWINGS, 34), (STUDIES, 30), (THEME_DAYS, 30), (FIELDS, 6)),
    "community": ((VIEWINGS, 24), (STUDIES, 34), (THEME_DAYS, 34), (FIELDS, 8)),
    "unit": ((VIEWINGS, 12), (STUDIES, 48), (THEME_DAYS, 30), (FIELDS, 10)),
}
"""How often a branch holds which kind of session."""

LECTURES = (
    ("党员冬春轮训：党内组织生活制度", "system-meetings", "practice"),
    ("党员轮训：党章党规", "party-rules", "theory"),
    ("党员轮训：产业富民引领行动解读", "action-industry", "practice"),
    ("党员轮训：集体经济引领行动解读", "action-collective", "practice"),
    ("党员轮训：能人带动引领行动解读", "action-talent", "practice"),
    ("党员轮训：基层治理引领行动解读", "action-governance", "practice"),
    ("党员轮训：乡风文明引领行动解读", "action-customs", "practice"),
    ("党员轮训：脱贫攻坚与实用技术", "skill-poverty", "practice"),
    ("党员轮训：民主生活会与组织生活会", "system-democratic-life", "practice"),
    ("党员轮训：发展党员工作实务", "system-admission", "practice"),
    ("党员轮训：党务公开实务", "system-open-affairs", "practice"),
    ("党员轮训：党员组织关系转接实务", "system-transfer", "practice"),
    ("党员轮训：党史专题", "party-history", "theory"),
)
ONLINE = (
    ("微课：三会一课怎么开", "system-meetings", "practice", 1),
    ("微课：党费怎么交", "system-dues", "practice", 1),
    ("微课：组织关系怎么转", "system-transfer", "practice", 1),
    ("微课：入党誓词的故事", "oath", "theory", 1),
    ("微课：十九大报告要点", "congress-19", "theory", 1),
    ("网络课：民主评议党员实务", "system-appraisal", "practice", 2),
    ("网络课：枸杞病虫害防治", "skill-farming", "practice", 2),
    ("网络课：枣园里的灯光", "party-history", "theory", 2),
    ("网络课：长征与会宁会师", "long-march", "theory", 4),
    ("网络课：党的十九大精神导读", "congress-19", "theory", 4),
    ("网络课：从严治党永远在路上", "warning-inspection", "theory", 4),
    ("网络课：安全生产常识", "skill-safety", "practice", 4),
    ("网络课：精准扶贫政策问答", "skill-poverty", "practice", 4),
    ("网络课：社区治理案例", "action-governance", "practice", 4),
)
"""Title, topic, strand, quarters of an hour."""
