"""The training classes of the demo city: its fixed sets of 2017, and those under way in 2018. Data, no logic."""

from datetime import date
from typing import NamedTuple


class KeySet(NamedTuple):
    """Key classes for one audience: the people come from `group` (see `demo.people`), `first_days` one a class."""

    key: str
    audience: str
    title: str
    topics: tuple[str, ...]
    first_days: tuple[date, ...]
    days: int = 5


KEY_SETS = (
    KeySet(
        "township_secretaries",
        "township_secretaries",
        "乡镇党委书记培训班",
        ("action-industry", "action-collective", "plenum-6", "system-democratic-life"),
        (date(2017, 3, 20),),
    ),
    KeySet(
        "community_secretaries",
        "community_secretaries",
        "街道社区党组织书记培训班",
        ("action-governance", "action-service", "skill-city", "system-meetings", "system-fixed-day"),
        (date(2017, 4, 10), date(2017, 4, 24)),
    ),
    KeySet(
        "city_organ_secretaries",
        "city_organ_secretaries",
        "市直机关党组织书记培训班",
        ("system-heart-to-heart", "system-spirit-analysis", "two-studies", "warning-discipline"),
        (date(2017, 5, 15),),
    ),
    KeySet(
        "school_secretaries",
        "school_secretaries",
        "中小学校党组织书记培训班",
        ("system-organisation-life", "system-appraisal", "core-values", "party-rules"),
        (date(2017, 7, 17),),
    ),
    KeySet(
        "non_public_secretaries",
        "non_public_secretaries",
        "非公企业党组织书记培训班",
        ("system-dues", "system-admission", "two-studies", "action-talent"),
        (date(2017, 6, 5),),
    ),
    KeySet(
        "social_secretaries",
        "social_secretaries",
        "社会组织党组织书记培训班",
        ("system-transfer", "system-open-affairs", "two-studies", "action-service"),
        (date(2017, 6, 19),),
    ),
    KeySet(
        "first_secretaries",
        "first_secretaries",
        "建档立卡贫困村第一书记培训班",
        ("skill-poverty", "action-industry", "action-collective", "action-customs"),
        (date(2017, 3, 6), date(2017, 5, 8), date(2017, 8, 14)),
    ),
    KeySet(
        "office_heads",
        "office_heads",
        "乡镇党建办主任培训班",
        ("system-meetings", "system-fixed-day", "system-admission", "system-open-affairs"),
        (date(2017, 8, 28),),
    ),
)
SECRETARY_KEY_SETS = KEY_SETS[:6]

SPECIAL_TITLE = "学习党的十九大精神和《习近平的七年知青岁月》专题培训班"
SPECIAL_PLACE = "延安南泥湾干部培训学院"
SPECIAL_SITES = "延安革命纪念馆、枣园革命旧址、宝塔山、南泥湾、西北局纪念馆、杨家岭革命旧址"
SPECIAL_TOPICS = ("congress-19", "seven-years", "party-history", "originals")
SPECIAL_AUDIENCE = "party_backbone"
SPECIAL_FIRST_DAYS = (
    date(2017, 10, 30),
    date(2017, 11, 6),
    date(2017, 11, 13),
    date(2017, 11, 20),
    date(2017, 11, 27),
    date(2017, 12, 4),
    date(2017, 12, 11),
)
SPECIAL_DAYS = 6

ROTATION_CLASSES = 27
ROTATION_TITLE = "基层党组织书记轮训班"
ROTATION_TOPICS = (
    ("system-meetings", "system-democratic-life", "plenum-6"),
    ("system-organisation-life", "system-heart-to-heart", "action-industry"),
    ("system-spirit-analysis", "system-appraisal", "two-studies"),
    ("system-fixed-day", "system-dues", "action-governance"),
    ("system-admission", "system-transfer", "originals"),
    ("system-open-affairs", "action-service", "plenum-5"),
)
AUTUMN_TOPICS = ("congress-19", "system-meetings", "originals")

COMMITTEE_TITLE = "基层党组织班子成员培训班"
COMMITTEE_TOPICS = ("system-organisation-life", "system-appraisal", "party-rules")
PROBATION_TITLE = "预备党员培训班"
PROVINCIAL_TITLE = "全省党员教育工作骨干示范培训班"

CLASSES_2018 = (
    KeySet(
        "township_secretaries",
        "township_secretaries",
        "乡镇党委书记学习贯彻党的十九大精神培训班",
        ("congress-19", "skill-revival"),
        (date(2018, 3, 26),),
        4,
    ),
    KeySet(
        "first_secretaries",
        "first_secretaries",
        "建档立卡贫困村第一书记培训班",
        ("skill-poverty", "skill-revival"),
        (date(2018, 5, 7),),
    ),
    KeySet(
        "community_secretaries",
        "community_secretaries",
        "街道社区党组织书记培训班",
        ("congress-19", "action-governance"),
        (date(2018, 4, 16),),
        4,
    ),
    KeySet(
        "city_organ_secretaries",
        "city_organ_secretaries",
        "市直机关党组织书记培训班",
        ("congress-19", "warning-discipline"),
        (date(2018, 6, 4),),
        4,
    ),
)
"""Half of the year's key classes: the rest is still to come, so that some audiences stand at nothing."""
