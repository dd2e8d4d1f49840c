"""The words in which offices write kinds of activities, tiers and dimensions, and what they stand for."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from peixun.catalog.models import ActivityKind, Delivery, Example, ProgrammeKind, Setting, Strand, Tier
from peixun.kernel.cells import Cell, CellError, clean_text, match_key

_KINDS: Mapping[str, str] = {
    "培训班": ActivityKind.CLASS,
    "脱产培训": ActivityKind.CLASS,
    "脱产班": ActivityKind.CLASS,
    "集中培训": ActivityKind.CLASS,
    "集中轮训": ActivityKind.CLASS,
    "讲座": ActivityKind.LECTURE,
    "专题辅导": ActivityKind.LECTURE,
    "报告会": ActivityKind.LECTURE,
    "专题党课": ActivityKind.LECTURE,
    "党课": ActivityKind.LECTURE,
    "支部学习": ActivityKind.BRANCH_STUDY,
    "集中学习": ActivityKind.BRANCH_STUDY,
    "党支部集中学习": ActivityKind.BRANCH_STUDY,
    "支部学习会": ActivityKind.BRANCH_STUDY,
    "远程教育": ActivityKind.GROUP_VIEWING,
    "远程教育收看": ActivityKind.GROUP_VIEWING,
    "远教收看": ActivityKind.GROUP_VIEWING,
    "集中观看": ActivityKind.GROUP_VIEWING,
    "党日活动": ActivityKind.THEME_DAY,
    "主题党日活动": ActivityKind.THEME_DAY,
    "固定党日": ActivityKind.THEME_DAY,
    "现场活动": ActivityKind.FIELD,
    "实地教学": ActivityKind.FIELD,
    "现场观摩": ActivityKind.FIELD,
    "红色教育": ActivityKind.FIELD,
    "网络学习": ActivityKind.ONLINE_LESSON,
    "在线学习": ActivityKind.ONLINE_LESSON,
    "线上学习": ActivityKind.ONLINE_LESSON,
    "网络自学": ActivityKind.ONLINE_LESSON,
    "线上课程": ActivityKind.ONLINE_LESSON,
    "网课": ActivityKind.ONLINE_LESSON,
    "微课": ActivityKind.ONLINE_LESSON,
    "考试": ActivityKind.TEST,
    "测验": ActivityKind.TEST,
    "知识测试": ActivityKind.TEST,
    "讲课": ActivityKind.TEACHING,
    "内训": ActivityKind.IN_HOUSE,
    "内部培训": ActivityKind.IN_HOUSE,
    "其它": ActivityKind.OTHER,
}
_TIERS: Mapping[str, str] = {
    "省级": Tier.PROVINCIAL,
    "省": Tier.PROVINCIAL,
    "省级示范培训": Tier.PROVINCIAL,
    "市级": Tier.CITY_KEY,
    "市": Tier.CITY_KEY,
    "市级重点培训": Tier.CITY_KEY,
    "县级": Tier.COUNTY,
    "区级": Tier.COUNTY,
    "县": Tier.COUNTY,
    "县区级": Tier.COUNTY,
    "县(区)级": Tier.COUNTY,
    "县级普遍培训": Tier.COUNTY,
    "基层": Tier.GRASSROOTS,
    "基层党委": Tier.GRASSROOTS,
    "基层覆盖": Tier.GRASSROOTS,
    "基层兜底": Tier.GRASSROOTS,
    "基层党委兜底培训": Tier.GRASSROOTS,
    "乡镇": Tier.GRASSROOTS,
    "乡镇级": Tier.GRASSROOTS,
    "支部": Tier.GRASSROOTS,
}
_PROGRAMME_KINDS: Mapping[str, str] = {
    "重点班": ProgrammeKind.KEY,
    "重点培训": ProgrammeKind.KEY,
    "专题班": ProgrammeKind.SPECIAL,
    "专题培训": ProgrammeKind.SPECIAL,
    "轮训班": ProgrammeKind.ROTATION,
    "其它": ProgrammeKind.OTHER,
}
_DELIVERIES: Mapping[str, str] = {
    "上": Delivery.ONLINE,
    "网上": Delivery.ONLINE,
    "在线": Delivery.ONLINE,
    "网络": Delivery.ONLINE,
    "下": Delivery.OFFLINE,
    "网下": Delivery.OFFLINE,
    "面授": Delivery.OFFLINE,
    "集中": Delivery.OFFLINE,
}
_SETTINGS: Mapping[str, str] = {
    "内": Setting.CLASSROOM,
    "课堂": Setting.CLASSROOM,
    "课内": Setting.CLASSROOM,
    "室内": Setting.CLASSROOM,
    "外": Setting.FIELD,
    "课外": Setting.FIELD,
    "现场": Setting.FIELD,
    "室外": Setting.FIELD,
}
_STRANDS: Mapping[str, str] = {
    "实": Strand.PRACTICE,
    "务实": Strand.PRACTICE,
    "实践": Strand.PRACTICE,
    "虚": Strand.THEORY,
    "务虚": Strand.THEORY,
}
_EXAMPLES: Mapping[str, str] = {
    "正": Example.POSITIVE,
    "正面": Example.POSITIVE,
    "典型": Example.POSITIVE,
    "反": Example.WARNING,
    "反面": Example.WARNING,
    "警示": Example.WARNING,
    "反面典型": Example.WARNING,
}
_NOTHING = frozenset({"无", "-", "—", "/"})


def _chooser(choices: type[TextChoices], others: Mapping[str, str]) -> Callable[[Cell], str]:
    """A parser that takes the label, the key, or another spelling. Raises CellError with what may be filled in."""

    def parse(cell: Cell) -> str:
        text = match_key(cell)
        for choice in choices:
            if text in {choice.value, match_key(str(choice.label))}:
                return str(choice.value)
        for name, value in others.items():
            if match_key(name) == text:
                return str(value)
        labels = "、".join(str(choice.label) for choice in choices)
        raise CellError(_("不认识“%(text)s”，可以填：%(choices)s") % {"text": clean_text(cell)[:40], "choices": labels})

    return parse


def _optional(parse: Callable[[Cell], str]) -> Callable[[Cell], str | None]:
    def parse_or_none(cell: Cell) -> str | None:
        return None if match_key(cell) in _NOTHING else parse(cell)

    return parse_or_none


parse_kind = _chooser(ActivityKind, _KINDS)
parse_tier = _chooser(Tier, _TIERS)
parse_programme_kind = _optional(_chooser(ProgrammeKind, _PROGRAMME_KINDS))
parse_delivery = _optional(_chooser(Delivery, _DELIVERIES))
parse_setting = _optional(_chooser(Setting, _SETTINGS))
parse_strand = _optional(_chooser(Strand, _STRANDS))
parse_example = _optional(_chooser(Example, _EXAMPLES))

_SEPARATORS = re.compile(r"[、,，;；|]+")


class TopicParser:
    """主题 by name or key, several apart by 、 or a comma.

    An installation that has set up no topics has nothing to check them against, and keeps what is written.
    """

    def __init__(self, topics: Mapping[str, str]) -> None:
        self._topics = {match_key(name): key for name, key in topics.items()}

    def __call__(self, cell: Cell) -> tuple[str, ...]:
        """Keys of the topics, sorted. Raises CellError for one that nobody has set up."""
        text = clean_text(cell)
        whole = self._topics.get(match_key(text))
        if whole is not None:
            return (whole,)
        parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
        if not self._topics:
            return tuple(sorted(set(parts)))
        unknown = [part for part in parts if match_key(part) not in self._topics]
        if unknown:
            raise CellError(_("没有这个主题：%(topics)s") % {"topics": "、".join(unknown)[:60]})
        return tuple(sorted({self._topics[match_key(part)] for part in parts}))


def derived_dimensions(facts: Mapping[str, Any]) -> dict[str, str]:
    """Dimensions that the kind of an activity tells, for a file that doesn't: online lessons are online."""
    online = facts["kind"] == ActivityKind.ONLINE_LESSON
    in_the_field = facts["kind"] == ActivityKind.FIELD
    return {
        "delivery": Delivery.ONLINE if online else Delivery.OFFLINE,
        "setting": Setting.FIELD if in_the_field else Setting.CLASSROOM,
    }
