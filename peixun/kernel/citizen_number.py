"""Citizen numbers (公民身份号码) after GB 11643-1999: region, birth date, sequence, check digit.

parse("６２０４02１９９００３０７１２３４")    raises CellError when the check digit is wrong
make(region="620402", birth=date(1990, 3, 7), sequence=123)
mask("620402199003071232")              "6204**********1232"
"""

import re
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import Literal

from django.utils.translation import gettext as _

from peixun.kernel.cells import Cell, CellError, clean_code

Sex = Literal["male", "female"]

EARLIEST_YEAR = 1880
_PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83"}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUM_OF_WEIGHTS = sum(_WEIGHTS)
_CHECK_DIGITS = "10X98765432"
_NEW = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A valid number: `number` has 18 characters, `region` is its first six digits."""

    number: str
    birth: date
    sex: Sex
    region: str


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character for seventeen digits."""
    # The bytes of digits are 48 more than the digits; rosters bring hundreds of thousands of them.
    total = sum(map(mul, _WEIGHTS, first_seventeen.encode("ascii"))) - 48 * _SUM_OF_WEIGHTS
    return _CHECK_DIGITS[total % 11]


def normalise(value: Cell) -> str:
    """The 18 characters, upgraded from 15 where it is an old one. Raises CellError when it can't be valid."""
    return parse(value).number


def parse(value: Cell) -> CitizenNumber:
    """A citizen number with what it says. Raises CellError."""
    text = clean_code(value).upper().replace("-", "")
    if _OLD.fullmatch(text):
        seventeen = f"{text[:6]}19{text[6:]}"
        text = seventeen + check_digit(seventeen)
    elif not _NEW.fullmatch(text):
        raise CellError(_wrong_shape(text))
    if text[:2] not in _PROVINCES:
        raise CellError(_("公民身份号码开头的地区代码不存在"))
    birth = _birth(text[6:14])
    if check_digit(text[:17]) != text[17]:
        raise CellError(_("公民身份号码的校验码不对，请逐位核对"))
    return CitizenNumber(text, birth, "male" if int(text[16]) % 2 else "female", text[:6])


def _wrong_shape(text: str) -> str:
    if not text:
        return _("没有填写公民身份号码")
    if "*" in text:
        return _("公民身份号码的一部分被 * 遮住了，请填写完整的号码")
    if len(text) not in {15, 18}:
        return _("公民身份号码应当是 18 位（旧号码 15 位），这里是 %(length)s 位") % {"length": len(text)}
    return _("公民身份号码里有不该出现的字符")


def _birth(digits: str) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise CellError(_("公民身份号码里的出生日期不存在")) from error
    if birth.year < EARLIEST_YEAR:
        raise CellError(_("公民身份号码里的出生日期不合情理"))
    return birth


def mask(number: str) -> str:
    """The number as it is shown: its first four and last four characters."""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def make(*, region: str, birth: date, sequence: int) -> str:
    """A valid number; an odd `sequence` (0 to 999) is a man's. Raises ValueError for parts out of range."""
    if not (len(region) == 6 and region.isdecimal() and 0 <= sequence <= 999):
        raise ValueError(f"not a region of six digits and a sequence up to 999: {region!r}, {sequence!r}")
    seventeen = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)
