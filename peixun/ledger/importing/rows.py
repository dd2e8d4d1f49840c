"""Rows of credits: columns, cells to values, and what one row alone must get right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from peixun.catalog.models import ActivityKind
from peixun.kernel import citizen_number
from peixun.kernel.cells import (
    Cell,
    CellError,
    clean_code,
    clean_name,
    clean_text,
    match_key,
    parse_date_range,
    parse_hours,
)
from peixun.kernel.hours import to_quarters
from peixun.kernel.imports import Draft, Field, Intake
from peixun.kernel.tables.reader import HeadingSet
from peixun.ledger import rules
from peixun.ledger.importing import words

NUMBER, NAME, TITLE, DATE, HOURS = "公民身份号码", "姓名", "活动名称", "日期", "学时"
KIND, TOPICS, TIER, ORGANISER, REFERENCE = "活动类型", "主题", "层级", "组织单位代码", "凭证号"
ACTIVITY, PROGRAMME, PROGRAMME_KIND, AUDIENCE = "活动编号", "项目", "项目类别", "培训对象"
PLACE, MODE, DELIVERY, SETTING, STRAND, EXAMPLE = "地点", "授课形式", "上下", "内外", "实虚", "正反"

HEADINGS = HeadingSet(
    required=(NUMBER, NAME, TITLE, DATE, HOURS, KIND, TOPICS, TIER, ORGANISER, REFERENCE),
    optional=(
        ACTIVITY,
        PROGRAMME,
        PROGRAMME_KIND,
        AUDIENCE,
        PLACE,
        MODE,
        DELIVERY,
        SETTING,
        STRAND,
        EXAMPLE,
    ),
    aliases={
        "身份证号": NUMBER,
        "身份证号码": NUMBER,
        "培训名称": TITLE,
        "活动日期": DATE,
        "培训日期": DATE,
        "起止日期": DATE,
        "学时数": HOURS,
        "培训类型": KIND,
        "类型": KIND,
        "培训主题": TOPICS,
        "主办单位代码": ORGANISER,
        "组织单位编码": ORGANISER,
        "凭证编号": REFERENCE,
        "活动编码": ACTIVITY,
        "培训项目": PROGRAMME,
        "项目类型": PROGRAMME_KIND,
        "培训地点": PLACE,
        "教学形式": MODE,
        "上下结合": DELIVERY,
        "内外结合": SETTING,
        "实虚结合": STRAND,
        "正反结合": EXAMPLE,
    },
)

SOURCE_KIND = "import"
QUARTERS_A_DAY = 24 * 4
# Kinds whose record may stand on one day for many: a class on its last day, an online year on 31 December.
_SUMS = frozenset(
    {
        ActivityKind.CLASS,
        ActivityKind.IN_HOUSE,
        ActivityKind.TEACHING,
        ActivityKind.ONLINE_LESSON,
        ActivityKind.OTHER,
    }
)

FACTS: dict[str, str] = {
    "kind": KIND,
    "title": TITLE,
    "tier": TIER,
    "topics": TOPICS,
    "programme": PROGRAMME,
    "programme_kind": PROGRAMME_KIND,
    "audience": AUDIENCE,
    "place": PLACE,
    "mode": MODE,
    "delivery": DELIVERY,
    "setting": SETTING,
    "strand": STRAND,
    "example": EXAMPLE,
}
"""What rows tell about their activity, with the heading of each."""


def _limited(most: int, clean: Callable[[Cell], str] = clean_text) -> Callable[[Cell], str]:
    def parse(cell: Cell) -> str:
        text = clean(cell)
        if len(text) > most:
            raise CellError(_("最多 %(most)s 个字，这里有 %(length)s 个") % {"most": most, "length": len(text)})
        return text

    return parse


def fields(topics: words.TopicParser, audience: Callable[[Cell], str]) -> Sequence[Field]:
    """The columns that are read."""
    return (
        Field("number", NUMBER, citizen_number.parse),
        Field("name", NAME, clean_name, required=True),
        Field("title", TITLE, _limited(120), required=True),
        Field("dates", DATE, parse_date_range, required=True),
        Field("hours", HOURS, parse_hours, required=True),
        Field("kind", KIND, words.parse_kind, required=True),
        Field("topics", TOPICS, topics),
        Field("tier", TIER, words.parse_tier, required=True),
        Field("organiser", ORGANISER, clean_code, required=True),
        Field("reference", REFERENCE, _limited(80, clean_code), required=True, repeats=False),
        Field("activity", ACTIVITY, _limited(60, clean_code)),
        Field("programme", PROGRAMME, _limited(120)),
        Field("programme_kind", PROGRAMME_KIND, words.parse_programme_kind),
        Field("audience", AUDIENCE, audience),
        Field("place", PLACE, _limited(120)),
        Field("mode", MODE, _limited(40)),
        Field("delivery", DELIVERY, words.parse_delivery),
        Field("setting", SETTING, words.parse_setting),
        Field("strand", STRAND, words.parse_strand),
        Field("example", EXAMPLE, words.parse_example),
    )


Part = tuple[date, str, int]
"""The day, the name of the part and its quarters of an hour, as `rules.split_over_years` gives them."""


@dataclass(slots=True)
class CreditRow:
    """One row with the organisation and, once found, the person that it means."""

    draft: Draft
    organiser_id: int
    source: str
    base: str
    first: date
    last: date
    parts: list[Part]
    person_id: int = 0

    @property
    def reference(self) -> str:
        """凭证号."""
        return str(self.draft.data["reference"])

    @property
    def content(self) -> tuple[Any, ...]:
        """What must be the same in a second row of the same credit."""
        return (self.base, self.first, self.last, tuple(self.parts))


def check_days(intake: Intake, today: date) -> None:
    """Refuse rows with days in the future, and hours that no day has."""
    for draft in intake.drafts:
        first, last = draft["dates"]
        if last > today:
            intake.refuse(draft, DATE, _("日期在将来"))
        days = (last - first).days + 1
        summed_up = days == 1 and draft["kind"] in _SUMS
        if not summed_up and to_quarters(draft["hours"]) > days * QUARTERS_A_DAY:
            reason = _("%(days)s 天里记不了 %(hours)s 学时，请核对") % {"days": days, "hours": draft["hours"]}
            intake.refuse(draft, HOURS, reason)


def base_reference(draft: Draft) -> str:
    """What makes rows of one organiser one activity: 活动编号, else the name within a year; case doesn't matter."""
    if draft["activity"]:
        return str(draft["activity"]).upper()
    title, year = match_key(draft["title"]), draft["dates"][0].year
    named = f"{year}:{title}"
    return named if len(named) <= 70 else f"{year}:{title[:40]}:{rules.digest([title]).hex()[:16]}"


def make_row(draft: Draft, organiser_id: int, source: str) -> CreditRow:
    """A row from its draft; what spans a year's end becomes a part for each year."""
    first, last = draft["dates"]
    parts = rules.split_over_years(quarters=to_quarters(draft["hours"]), first=first, last=last)
    return CreditRow(draft, organiser_id, source, base_reference(draft), first, last, parts)
