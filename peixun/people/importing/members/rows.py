"""Rows of members: columns, cells to values, and what one row alone must get right."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from peixun.kernel import citizen_number
from peixun.kernel.cells import (
    Cell,
    CellError,
    clean_name,
    clean_text,
    mask_phone,
    parse_bool_zh,
    parse_choice,
    parse_date,
    parse_phone,
)
from peixun.kernel.imports import Draft, Field, Intake
from peixun.kernel.tables.reader import HeadingSet
from peixun.people.importing import words
from peixun.people.models import MembershipStatus

NAME, NUMBER, GENDER, ETHNICITY, BIRTH = "姓名", "公民身份号码", "性别", "民族", "出生日期"
EDUCATION, STATUS, BRANCH, JOINED, FULL = "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期"
OCCUPATION, PHONE, LANDLINE, ADDRESS, STANDING = "工作岗位", "手机号码", "固定电话", "家庭住址", "党籍状态"
LOST, LOST_ON, FLOATING, FLOATING_TO = "是否为失联党员", "失去联系日期", "是否为流动党员", "外出流向"

HEADINGS = HeadingSet(
    required=(NAME, NUMBER, BRANCH),
    optional=(
        GENDER,
        ETHNICITY,
        BIRTH,
        EDUCATION,
        STATUS,
        JOINED,
        FULL,
        OCCUPATION,
        PHONE,
        LANDLINE,
        ADDRESS,
        STANDING,
        LOST,
        LOST_ON,
        FLOATING,
        FLOATING_TO,
    ),
    aliases={
        "党员姓名": NAME,
        "身份证号": NUMBER,
        "身份证号码": NUMBER,
        "身份证": NUMBER,
        "公民身份证号码": NUMBER,
        "公民身份证号": NUMBER,
        "出生年月": BIRTH,
        "出生年月日": BIRTH,
        "文化程度": EDUCATION,
        "党员类别": STATUS,
        "党员类型": STATUS,
        "所在支部": BRANCH,
        "所在党组织": BRANCH,
        "所属党支部": BRANCH,
        "所在党支部名称": BRANCH,
        "入党日期": JOINED,
        "入党时间": JOINED,
        "加入党组织时间": JOINED,
        "加入中共组织日期": JOINED,
        "转正日期": FULL,
        "转正时间": FULL,
        "转为正式党员时间": FULL,
        "手机": PHONE,
        "手机号": PHONE,
        "联系电话": PHONE,
        "住址": ADDRESS,
        "家庭地址": ADDRESS,
        "是否失联党员": LOST,
        "失联日期": LOST_ON,
        "是否流动党员": FLOATING,
        "流向": FLOATING_TO,
    },
)
MASKS: dict[str, Callable[[str], str]] = {
    NUMBER: citizen_number.mask,
    PHONE: mask_phone,
    LANDLINE: mask_phone,
}

# One joins at 18 (the party's constitution, article 1); before 1956 at less, and files tell of it.
YOUNGEST = 18
YOUNGEST_EVER = 14


def limited(most: int) -> Callable[[Cell], str]:
    """A parser of text with at most so many characters."""

    def parse(cell: Cell) -> str:
        text = clean_text(cell)
        if len(text) > most:
            raise CellError(_("最多 %(most)s 个字，这里有 %(length)s 个") % {"most": most, "length": len(text)})
        return text

    return parse


def parse_person_name(cell: Cell) -> str:
    """A person's name. Raises CellError."""
    name = clean_name(cell)
    if len(name) > 60:
        raise CellError(_("姓名太长"))
    return name


_limited_ethnicity = limited(20)


def _parse_ethnicity(cell: Cell) -> str:
    text = _limited_ethnicity(cell)
    return text if text.endswith("族") or len(text) != 1 else f"{text}族"


FIELDS = (
    Field("name", NAME, parse_person_name, required=True, repeats=False),
    Field("number", NUMBER, citizen_number.parse, required=True, repeats=False),
    Field("branch", BRANCH, clean_text, required=True),
    Field("gender", GENDER, lambda cell: parse_choice(cell, words.GENDERS)),
    Field("ethnicity", ETHNICITY, _parse_ethnicity),
    Field("birth", BIRTH, lambda cell: parse_date(cell, allow_month=True)),
    Field("education", EDUCATION, limited(20)),
    Field("status", STATUS, lambda cell: parse_choice(cell, words.STATUSES)),
    Field("joined", JOINED, lambda cell: parse_date(cell, allow_month=True)),
    Field("full", FULL, lambda cell: parse_date(cell, allow_month=True)),
    Field("occupation", OCCUPATION, limited(60)),
    Field("phone", PHONE, parse_phone, repeats=False),
    Field("landline", LANDLINE, parse_phone, repeats=False),
    Field("address", ADDRESS, limited(200), repeats=False),
    Field("standing", STANDING, lambda cell: parse_choice(cell, words.STANDINGS)),
    Field("lost", LOST, parse_bool_zh),
    Field("lost_on", LOST_ON, lambda cell: parse_date(cell, allow_month=True)),
    Field("floating", FLOATING, parse_bool_zh),
    Field("floating_to", FLOATING_TO, limited(100)),
)


def age_day(birth: date, years: int) -> date:
    """The day on which somebody born then reaches an age; 29 February counts on 1 March."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def check_rows(intake: Intake, today: date) -> None:
    """Refuse rows that contradict themselves."""
    for draft in intake.drafts:
        for column, reason in _contradictions(draft.data, today):
            intake.refuse(draft, column, reason)


def _contradictions(data: dict[str, Any], today: date) -> Iterator[tuple[str, str]]:
    number: citizen_number.CitizenNumber = data["number"]
    sex = "m" if number.sex == "male" else "f"
    if data["gender"] is not None and data["gender"] != sex:
        yield GENDER, _("性别与公民身份号码不一致")
    if data["birth"] is not None and not _same_birth(data["birth"], number.birth):
        yield BIRTH, _("出生日期与公民身份号码不一致")
    if number.birth.year + YOUNGEST >= today.year and age_day(number.birth, YOUNGEST) > today:
        yield NUMBER, _("按公民身份号码，此人未满 18 周岁")
    joined, full = data["joined"], data["full"]
    if joined is not None or full is not None:
        yield from _dates(number.birth, joined, full, today)
    if data["status"] == MembershipStatus.PROBATIONARY and full is not None and full <= today:
        yield STATUS, _("人员类别是预备党员，却填了已经过去的转为正式党员日期")
    if data["lost_on"] is not None or data["lost"]:
        yield from _lost(data, today)


def _same_birth(told: date, number: date) -> bool:
    # A month without a day is read as its first day.
    return told == number or (told.day == 1 and (told.year, told.month) == (number.year, number.month))


def _dates(birth: date, joined: date | None, full: date | None, today: date) -> Iterator[tuple[str, str]]:
    if joined is not None:
        if joined > today:
            yield JOINED, _("加入党组织日期在将来")
        elif joined.year - birth.year <= YOUNGEST_EVER and joined < age_day(birth, YOUNGEST_EVER):
            yield JOINED, _("加入党组织时还不满 14 周岁，请核对日期")
    if full is not None and joined is not None and full < joined:
        yield FULL, _("转为正式党员日期早于加入党组织日期")
    if full is not None and full <= birth:
        yield FULL, _("转为正式党员日期早于出生日期")


def _lost(data: dict[str, Any], today: date) -> Iterator[tuple[str, str]]:
    lost_on = data["lost_on"]
    if lost_on is not None and not data["lost"]:
        yield LOST, _("填了失去联系日期，但没有说明是失联党员")
    elif lost_on is not None and lost_on > today:
        yield LOST_ON, _("失去联系日期在将来")


def content(draft: Draft) -> tuple[Any, ...]:
    """What must be the same in a second row of the same person."""
    data = draft.data
    return tuple(value for name, value in data.items() if name not in {"number", "lookup", "branch"})
