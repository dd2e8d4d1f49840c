"""Dates in cells, in the ways that people and sheets write them."""

import re
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from peixun.kernel.cells.errors import CellError
from peixun.kernel.cells.text import Cell, clean_text

FIRST_YEAR = 1900
LAST_YEAR = 2099

# Sheets count days from here on (true for every day after February 1900).
_SERIAL_ZERO = date(1899, 12, 30)
# Smaller serial numbers are days before October 1905, and look like years: no one means them.
_FIRST_SERIAL = 2101
_LAST_SERIAL = (date(LAST_YEAR, 12, 31) - _SERIAL_ZERO).days

_TIME = r"(?:[T ]*\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?)?"
_FULL = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})[日号]?{_TIME}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))")
_YEAR = re.compile(r"\d{4}年?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SPACES_INSIDE = re.compile(r"\s*([-/.年月日号])\s*")

_RANGE_MARK = re.compile(r"\s*(?:至|到|[~～—–―]+|-{2,}|\s-\s)\s*")
_DAY_ONLY = re.compile(r"(\d{1,2})[日号]?")
_MONTH_AND_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")


def parse_date(value: Cell, *, allow_month: bool = False) -> date:
    """The date in a cell: a date, a serial number, or text as in 2017-3-5, 2017年3月5日, 20170305.

    A month without a day is its first day when `allow_month` is set. Raises CellError for what is no date,
    can't be one (30 February), or lies outside 1900 to 2099.
    """
    if isinstance(value, str) and _ISO.fullmatch(value):  # what the reader gives for dates: nearly all of them
        return _made(value, int(value[:4]), int(value[5:7]), int(value[8:]))
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _within(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, allow_month=allow_month)
    return _from_text(clean_text(value), allow_month=allow_month)


def _from_text(text: str, *, allow_month: bool) -> date:
    if not text:
        raise CellError(_("没有填写日期"))
    tidy = _SPACES_INSIDE.sub(r"\1", text)
    if found := _FULL.fullmatch(tidy) or _COMPACT.fullmatch(tidy):
        return _made(text, *(int(part) for part in found.groups()))
    if _SERIAL.fullmatch(tidy):
        return _from_number(float(tidy), allow_month=allow_month)
    if _YEAR.fullmatch(tidy):
        raise CellError(_("只有年份，请写明年月日"))
    if found := _MONTH.fullmatch(tidy):
        return _month(text, int(found[1]), int(found[2] or found[3]), allow_month=allow_month)
    raise CellError(_("看不懂日期“%(text)s”，请写成 2017-03-05 的样子") % {"text": text[:40]})


def _from_number(value: float, *, allow_month: bool) -> date:
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return _SERIAL_ZERO + timedelta(days=int(value))
    if value != value or value in {float("inf"), float("-inf")} or value != int(value):
        raise CellError(_("不是日期"))
    digits = str(int(value))
    if len(digits) in {4, 6, 8}:
        return _from_text(digits, allow_month=allow_month)
    raise CellError(_("看不懂日期“%(text)s”，请写成 2017-03-05 的样子") % {"text": digits[:40]})


def _month(text: str, year: int, month: int, *, allow_month: bool) -> date:
    first = _made(text, year, month, 1)
    if allow_month:
        return first
    raise CellError(_("“%(text)s”没有写明哪一天，请写成 2017-03-05 的样子") % {"text": text[:40]})


def _made(text: str, year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except ValueError as error:
        raise CellError(_("没有“%(text)s”这一天") % {"text": text[:40]}) from error
    return _within(made)


def _within(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellError(_("日期 %(day)s 不合情理，请核对年份") % {"day": day.isoformat()})
    return day


def parse_date_range(value: Cell) -> tuple[date, date]:
    """First and last day, both included; one date alone is both. Raises CellError.

    Takes 至, 到, ~, —, -- and -, and an end without its year or month: 2017年3月5日至8日, 2017.3.5-3.8.
    """
    if not isinstance(value, str):
        day = parse_date(value)
        return day, day
    text = clean_text(value)
    single = _try_date(text)
    if single:
        return single, single
    marks = list(_RANGE_MARK.finditer(text)) or list(re.finditer("-", text))
    found = {both for mark in marks if (both := _try_range(text[: mark.start()].strip(), text[mark.end() :].strip()))}
    if len(found) != 1:
        if not marks:
            parse_date(text)  # says what is wrong with it as a single date
        raise CellError(_("看不懂起止日期“%(text)s”，请写成“2017-03-05至2017-03-08”的样子") % {"text": text[:40]})
    first, last = found.pop()
    if last < first:
        raise CellError(_("结束日期早于开始日期"))
    return first, last


def _try_date(text: str) -> date | None:
    try:
        return parse_date(text)
    except CellError:
        return None


def _try_range(begin: str, end: str) -> tuple[date, date] | None:
    first = _try_date(begin)
    if first is None:
        return None
    if short := _DAY_ONLY.fullmatch(end):
        end = f"{first.year}-{first.month}-{short[1]}"
    elif short := _MONTH_AND_DAY.fullmatch(end):
        end = f"{first.year}-{short[1]}-{short[2]}"
    last = _try_date(end)
    return None if last is None else (first, last)
