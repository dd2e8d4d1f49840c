"""The words in which offices write kinds, sectors, levels and titles, and what they stand for."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import gettext as _

from peixun.kernel.cells import Cell, CellError, clean_text, match_key
from peixun.people.models import Level, MembershipStatus, OrganisationKind, PostTitle, Sector
from peixun.people.models.persons import Gender

# Numbers of the national classifications in front of or behind a word: 631 党支部, 党支部(631), 63-党支部.
_CLASS_NUMBER = re.compile(r"^[\d.、\-—]+|[(（\[]\d+[)）\]]$|[\d]+$")


class Word(NamedTuple):
    """A piece of text that tells a value; the first one in a list that occurs wins."""

    text: str
    value: str


def _bare(cell: Cell) -> str:
    return _CLASS_NUMBER.sub("", match_key(cell))


def _told_by(text: str, words: Sequence[Word]) -> str | None:
    return next((word.value for word in words if word.text in text), None)


def unknown_word(cell: Cell, choices: Sequence[str]) -> CellError:
    """What is said of a word that stands for nothing known."""
    return CellError(
        _("不认识“%(text)s”，可以填：%(choices)s") % {"text": clean_text(cell)[:40], "choices": "、".join(choices)}
    )


# --- organisations ----------------------------------------------------------------------------------

_K = OrganisationKind
_KINDS = (
    Word("联合支部", _K.JOINT_BRANCH),
    Word("联合党支部", _K.JOINT_BRANCH),
    Word("联合党组织", _K.JOINT_BRANCH),
    Word("总支", _K.GENERAL_BRANCH),
    Word("支部", _K.BRANCH),
    Word("工委", _K.WORK_COMMITTEE),
    Word("工作委员会", _K.WORK_COMMITTEE),
    Word("党委", _K.COMMITTEE),
    Word("委员会", _K.COMMITTEE),
    Word("市委", _K.COMMITTEE),
    Word("县委", _K.COMMITTEE),
    Word("区委", _K.COMMITTEE),
    Word("省委", _K.COMMITTEE),
    Word("州委", _K.COMMITTEE),
    Word("旗委", _K.COMMITTEE),
)
_KIND_NUMBERS = {
    "61": _K.COMMITTEE,
    "611": _K.COMMITTEE,
    "62": _K.GENERAL_BRANCH,
    "621": _K.GENERAL_BRANCH,
    "63": _K.BRANCH,
    "631": _K.BRANCH,
    "632": _K.JOINT_BRANCH,
}
_KIND_NAMES = ("党委", "党工委", "党总支", "党支部", "联合党支部")


def parse_kind(cell: Cell) -> str:
    """组织类别 as offices write it: 党委, 基层党委, 党的工作委员会, 党总支部, 631 党支部. Raises CellError."""
    whole = match_key(cell)
    if whole in _KIND_NUMBERS:
        return _KIND_NUMBERS[whole]
    text = _bare(cell)
    found = next((kind.value for kind in _K if text == kind.value), None) or _told_by(text, _KINDS)
    if found is None:
        raise unknown_word(cell, _KIND_NAMES)
    return found


_S = Sector
# Order matters: 非公有制企业 holds 公有制, 社区卫生服务中心 is an institution, 村民委员会 a village.
_SECTORS = (
    Word("非公", _S.NON_PUBLIC),
    Word("私营", _S.NON_PUBLIC),
    Word("民营", _S.NON_PUBLIC),
    Word("个体", _S.NON_PUBLIC),
    Word("外商", _S.NON_PUBLIC),
    Word("外资", _S.NON_PUBLIC),
    Word("港澳台", _S.NON_PUBLIC),
    Word("农民合作社", _S.NON_PUBLIC),
    Word("专业合作社", _S.NON_PUBLIC),
    Word("社会组织", _S.SOCIAL),
    Word("社会团体", _S.SOCIAL),
    Word("社会服务机构", _S.SOCIAL),
    Word("社会中介", _S.SOCIAL),
    Word("民办非企业", _S.SOCIAL),
    Word("民非", _S.SOCIAL),
    Word("基金会", _S.SOCIAL),
    Word("协会", _S.SOCIAL),
    Word("商会", _S.SOCIAL),
    Word("律师事务所", _S.SOCIAL),
    Word("会计师事务所", _S.SOCIAL),
    Word("学校", _S.SCHOOL),
    Word("小学", _S.SCHOOL),
    Word("中学", _S.SCHOOL),
    Word("大学", _S.SCHOOL),
    Word("高校", _S.SCHOOL),
    Word("院校", _S.SCHOOL),
    Word("幼儿园", _S.SCHOOL),
    Word("国有", _S.STATE_ENTERPRISE),
    Word("国企", _S.STATE_ENTERPRISE),
    Word("央企", _S.STATE_ENTERPRISE),
    Word("集体企业", _S.STATE_ENTERPRISE),
    Word("公有制企业", _S.STATE_ENTERPRISE),
    Word("公有经济", _S.STATE_ENTERPRISE),
    Word("事业", _S.INSTITUTION),
    Word("科研院所", _S.INSTITUTION),
    Word("医院", _S.INSTITUTION),
    Word("卫生服务中心", _S.INSTITUTION),
    Word("卫生院", _S.INSTITUTION),
    Word("乡镇机关", _S.VILLAGE),
    Word("街道机关", _S.COMMUNITY),
    Word("机关", _S.ORGAN),
    Word("党政", _S.ORGAN),
    Word("社区", _S.COMMUNITY),
    Word("街道", _S.COMMUNITY),
    Word("居民委员会", _S.COMMUNITY),
    Word("居委会", _S.COMMUNITY),
    Word("城市", _S.COMMUNITY),
    Word("农村", _S.VILLAGE),
    Word("乡镇", _S.VILLAGE),
    Word("行政村", _S.VILLAGE),
    Word("建制村", _S.VILLAGE),
    Word("村民委员会", _S.VILLAGE),
    Word("村委会", _S.VILLAGE),
    Word("村", _S.VILLAGE),
    Word("人大", _S.ORGAN),
    Word("政协", _S.ORGAN),
    Word("法院", _S.ORGAN),
    Word("检察院", _S.ORGAN),
    Word("人民团体", _S.ORGAN),
    Word("群团", _S.ORGAN),
    Word("有限责任公司", _S.NON_PUBLIC),
    Word("股份", _S.NON_PUBLIC),
)
_EXACT_SECTORS = {"乡": _S.VILLAGE, "镇": _S.VILLAGE, "街": _S.COMMUNITY}
_SECTOR_NAMES = tuple(str(sector.label) for sector in _S)
_NO_SECTOR = frozenset({"其他", "其它", "无", "其他单位", "未知", "-", "—"})


def parse_sector(cell: Cell) -> str:
    """领域, or 单位性质类别 from which it follows: 事业单位, 私营企业, 村民委员会. "" for 其他. Raises CellError."""
    text = _bare(cell)
    if text in _NO_SECTOR:
        return ""
    found = next((s.value for s in _S if text in {s.value, match_key(str(s.label))}), None)
    found = found or _EXACT_SECTORS.get(text) or _told_by(text, _SECTORS)
    if found is None:
        raise unknown_word(cell, _SECTOR_NAMES)
    return found


def sector_told_by(text: str) -> str:
    """The sector that free words tell, "" when they tell none."""
    try:
        return parse_sector(text) if text else ""
    except CellError:
        return ""


_L = Level
_LEVELS = {
    "省级": _L.PROVINCE,
    "省": _L.PROVINCE,
    "省(自治区、直辖市)级": _L.PROVINCE,
    "市级": _L.CITY,
    "市": _L.CITY,
    "地市级": _L.CITY,
    "市(州)级": _L.CITY,
    "市州级": _L.CITY,
    "县级": _L.COUNTY,
    "县": _L.COUNTY,
    "区": _L.COUNTY,
    "区级": _L.COUNTY,
    "县区级": _L.COUNTY,
    "县(区)级": _L.COUNTY,
    "区县级": _L.COUNTY,
    "县(市、区)级": _L.COUNTY,
    "乡镇街道": _L.TOWNSHIP,
    "乡镇(街道)": _L.TOWNSHIP,
    "乡镇、街道": _L.TOWNSHIP,
    "乡镇": _L.TOWNSHIP,
    "乡镇级": _L.TOWNSHIP,
    "乡级": _L.TOWNSHIP,
    "镇级": _L.TOWNSHIP,
    "乡": _L.TOWNSHIP,
    "镇": _L.TOWNSHIP,
    "街道": _L.TOWNSHIP,
    "街道级": _L.TOWNSHIP,
    "乡科级": _L.TOWNSHIP,
    "基层": _L.GRASSROOTS,
    "基层级": _L.GRASSROOTS,
    "村级": _L.GRASSROOTS,
    "村": _L.GRASSROOTS,
    "社区": _L.GRASSROOTS,
    "村(社区)": _L.GRASSROOTS,
    "村社区": _L.GRASSROOTS,
}


def parse_level(cell: Cell) -> str:
    """层级 as offices write it. Raises CellError."""
    text = match_key(cell)
    found = next((level.value for level in _L if text == level.value), None)
    known = found or next((value for name, value in _LEVELS.items() if match_key(name) == text), None)
    if known is None:
        raise unknown_word(cell, [str(level.label) for level in _L])
    return known


_TOWNSHIP = re.compile(r"(?:乡|镇|街道|街道办事处|苏木)(?:党委|党工委|委员会|工作委员会|工委)$")
_COUNTY = re.compile(r"(?:县|区|旗)(?:委|委员会)$")
_CITY = re.compile(r"(?:市|州|盟|地区)(?:委|委员会)$")
_PROVINCE = re.compile(r"(?:省|自治区|直辖市)(?:委|委员会)$")


def level_told_by(name: str, kind: str, *, level_above: str) -> str:
    """The level that a name tells: committees of territories by their name, everything else is grassroots.

    A committee “…市委” below a city belongs to a county-level city.
    """
    text = match_key(name)
    if kind not in {_K.COMMITTEE, _K.WORK_COMMITTEE}:
        return _L.GRASSROOTS
    if _PROVINCE.search(text):
        return _L.PROVINCE
    if _TOWNSHIP.search(text):
        return _L.TOWNSHIP
    if _COUNTY.search(text):
        return _L.COUNTY
    if _CITY.search(text):
        return _L.COUNTY if level_above == _L.CITY else _L.CITY
    return _L.GRASSROOTS


_TAG_SEPARATORS = re.compile(r"[、,，;；/|\s]+")


def parse_tags(cell: Cell) -> tuple[str, ...]:
    """标签: several, apart by 、 or a comma; in a stable order, each once."""
    return tuple(sorted({tag for tag in _TAG_SEPARATORS.split(clean_text(cell)) if tag}))


# --- members and posts ------------------------------------------------------------------------------

GENDERS = MappingProxyType(
    {
        "男": Gender.MALE.value,
        "女": Gender.FEMALE.value,
        "男性": Gender.MALE.value,
        "女性": Gender.FEMALE.value,
        "1": Gender.MALE.value,
        "2": Gender.FEMALE.value,
        "m": Gender.MALE.value,
        "f": Gender.FEMALE.value,
    }
)
STATUSES = MappingProxyType(
    {
        "正式党员": MembershipStatus.FULL.value,
        "正式": MembershipStatus.FULL.value,
        "中共党员": MembershipStatus.FULL.value,
        "预备党员": MembershipStatus.PROBATIONARY.value,
        "预备": MembershipStatus.PROBATIONARY.value,
        "中共预备党员": MembershipStatus.PROBATIONARY.value,
    }
)
ON_THE_ROLL = ""
STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "正常": ON_THE_ROLL,
        "正常党籍": ON_THE_ROLL,
        "正式": ON_THE_ROLL,
        "在册": ON_THE_ROLL,
        "有党籍": ON_THE_ROLL,
        "停止党籍": "suspended",
        "停止": "suspended",
        "停籍": "suspended",
        "中止党籍": "suspended",
        "已出党": "expelled",
        "出党": "expelled",
        "除名": "expelled",
        "开除党籍": "expelled",
        "开除": "expelled",
        "退党": "expelled",
        "自行脱党": "expelled",
        "劝退": "expelled",
        "取消预备党员资格": "expelled",
        "死亡": "died",
        "已死亡": "died",
        "去世": "died",
        "已去世": "died",
        "病故": "died",
    }
)

_T = PostTitle
_TITLES = (
    Word("第一书记", _T.FIRST_SECRETARY),
    Word("副书记", _T.DEPUTY),
    Word("党建办主任", _T.OFFICE_HEAD),
    Word("党建办公室主任", _T.OFFICE_HEAD),
    Word("党建工作办公室主任", _T.OFFICE_HEAD),
    Word("委员", _T.COMMITTEE_MEMBER),
    Word("支委", _T.COMMITTEE_MEMBER),
    Word("党务工作者", _T.PARTY_WORKER),
    Word("党务干部", _T.PARTY_WORKER),
    Word("党务专干", _T.PARTY_WORKER),
    Word("党建专干", _T.PARTY_WORKER),
    Word("党务干事", _T.PARTY_WORKER),
    Word("书记助理", _T.PARTY_WORKER),
    Word("书记", _T.SECRETARY),
)


def parse_title(cell: Cell) -> str:
    """职务 as offices write it: 党支部书记, 驻村第一书记, 组织委员. Raises CellError.

    纪委书记 and the like lead another body: they are no secretary of the organisation, but of its committee.
    """
    text = match_key(cell)
    exact = next((title.value for title in _T if text == title.value), None)
    if "纪委书记" in text or "纪检书记" in text:
        return _T.COMMITTEE_MEMBER
    found = exact or _told_by(text, _TITLES)
    if found is None:
        raise unknown_word(cell, [str(title.label) for title in _T])
    return found
