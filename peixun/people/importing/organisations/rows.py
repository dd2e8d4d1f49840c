"""Rows of organisations: columns, cells to values, what stands already."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from peixun.kernel.cells import Cell, CellError, clean_code, clean_text, match_key, parse_date
from peixun.kernel.imports import Draft, Field
from peixun.kernel.tables.reader import HeadingSet
from peixun.people.importing import words
from peixun.people.models import Organisation

NAME, CODE, PARENT, KIND = "党组织名称", "党组织代码", "上级党组织代码", "组织类别"
SECRETARY, CONTACT, PHONE = "党组织书记", "党组织联系人", "联系电话"
SITUATION, UNIT, NATURE, CREDIT_CODE = "党组织所在单位情况", "单位名称", "单位性质类别", "统一社会信用代码"
TAGS, LEVEL, DIVISION, SECTOR, FOUNDED, SHORT = "标签", "层级", "行政区划代码", "领域", "成立日期", "简称"

HEADINGS = HeadingSet(
    required=(NAME, CODE, PARENT, KIND),
    optional=(
        SECRETARY,
        CONTACT,
        PHONE,
        SITUATION,
        UNIT,
        NATURE,
        CREDIT_CODE,
        TAGS,
        LEVEL,
        DIVISION,
        SECTOR,
        FOUNDED,
        SHORT,
    ),
    aliases={
        "组织名称": NAME,
        "党组织全称": NAME,
        "组织代码": CODE,
        "党组织编码": CODE,
        "组织编码": CODE,
        "上级组织代码": PARENT,
        "上级党组织编码": PARENT,
        "上级代码": PARENT,
        "党组织类别": KIND,
        "组织类型": KIND,
        "党组织类型": KIND,
        "书记": SECRETARY,
        "书记姓名": SECRETARY,
        "联系人": CONTACT,
        "电话": PHONE,
        "联系方式": PHONE,
        "所在单位情况": SITUATION,
        "所在单位名称": UNIT,
        "单位性质": NATURE,
        "单位类别": NATURE,
        "社会信用代码": CREDIT_CODE,
        "组织标签": TAGS,
        "级别": LEVEL,
        "区划代码": DIVISION,
        "所属领域": SECTOR,
        "成立时间": FOUNDED,
        "建立日期": FOUNDED,
        "党组织简称": SHORT,
    },
)

# Since when an organisation is taken to exist when nobody says: as long as the one above it; the root as long as
# the party. So memberships and credits of earlier years are never refused for want of a date.
EARLIEST = date(1921, 7, 23)
_NONE = frozenset({"", "无", "-", "—", "/", "0", "无上级"})


def _limited(most: int) -> Any:
    def parse(cell: Cell) -> str:
        text = clean_text(cell)
        if len(text) > most:
            raise CellError(_("最多 %(most)s 个字，这里有 %(length)s 个") % {"most": most, "length": len(text)})
        return text

    return parse


def _parse_code(cell: Cell) -> str:
    code = clean_code(cell)
    if len(code) > 40:
        raise CellError(_("代码最多 40 位"))
    return code


def _parse_parent(cell: Cell) -> str:
    code = _parse_code(cell)
    return "" if code in _NONE else code


FIELDS = (
    Field("name", NAME, _limited(200), required=True, repeats=False),
    Field("code", CODE, _parse_code, required=True, repeats=False),
    Field("parent", PARENT, _parse_parent),
    Field("kind", KIND, words.parse_kind, required=True),
    Field("secretary", SECRETARY, _limited(60)),
    Field("contact", CONTACT, _limited(60)),
    Field("phone", PHONE, _limited(60)),
    Field("situation", SITUATION, _limited(200)),
    Field("unit_name", UNIT, _limited(200)),
    Field("nature", NATURE, _limited(100)),
    Field("credit_code", CREDIT_CODE, lambda cell: clean_code(cell).upper()[:40]),
    Field("tags", TAGS, words.parse_tags),
    Field("level", LEVEL, words.parse_level),
    Field("division", DIVISION, lambda cell: clean_code(cell)[:12]),
    Field("sector", SECTOR, words.parse_sector),
    Field("founded", FOUNDED, lambda cell: parse_date(cell, allow_month=True)),
    Field("short_name", SHORT, _limited(60)),
)
CONTACT_NAMES = (("secretary", "secretary"), ("contact", "name"), ("phone", "phone"))
UNIT_NAMES = (
    ("situation", "situation"),
    ("unit_name", "name"),
    ("nature", "nature"),
    ("credit_code", "credit_code"),
)


@dataclass(slots=True)
class OrganisationRow:
    """One row: its draft, what it is compared by, and the organisation that stands already, if any."""

    draft: Draft
    key: str
    parent_key: str
    standing: Organisation | None
    sector: str = ""

    def __getitem__(self, name: str) -> Any:
        """A parsed value; None for an empty cell."""
        return self.draft.data[name]

    @property
    def content(self) -> tuple[Any, ...]:
        """What must be the same in a second row of the same code."""
        values = (value for name, value in self.draft.data.items() if name not in {"code", "parent"})
        return (*values, self.parent_key)


def make_row(draft: Draft, standing: dict[str, Organisation]) -> OrganisationRow:
    """A row from its draft. Raises CellError for a nature of the unit that tells no sector."""
    key = match_key(draft["code"])
    row = OrganisationRow(draft, key, match_key(draft["parent"] or ""), standing.get(key))
    row.sector = _sector(draft)
    return row


def _sector(draft: Draft) -> str:
    if draft["sector"] is not None:
        return str(draft["sector"])
    if draft["nature"]:
        told = words.parse_sector(draft["nature"])
        if told:
            return told
    return words.sector_told_by(draft["situation"] or "") or words.sector_told_by(draft["unit_name"] or "")
