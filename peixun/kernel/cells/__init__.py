"""Cells of imported tables: from what people type to values, or a CellError that says why not.

Every function takes what `peixun.kernel.tables.reader` gives (text, numbers, bool, None) and dates:

    clean_text("　张三\\u200b ")                     "张三"
    clean_name("阿依古丽.买买提")                     "阿依古丽·买买提"
    clean_code(6204.0)                              "6204"
    match_key("中共某支部 (机关)")                    as match_key("中共某支部（机关）")
    parse_date("2017年3月5日")                       date(2017, 3, 5)
    parse_date_range("2017.12.28-2018.1.3")         (date(2017, 12, 28), date(2018, 1, 3)), both included
    parse_hours("8学时")                             Decimal("8.00")
    parse_choice("女", {"男": "male", "女": "female"})   "female"

An empty cell is an error for every `parse_…` but `parse_bool_zh`: ask `is_blank` first where it may be empty.
"""

from peixun.kernel.cells.dates import parse_date, parse_date_range
from peixun.kernel.cells.errors import CellError
from peixun.kernel.cells.numbers import parse_hours, parse_number
from peixun.kernel.cells.phones import mask_phone, parse_phone
from peixun.kernel.cells.text import (
    Cell,
    clean_code,
    clean_name,
    clean_text,
    is_blank,
    match_key,
    parse_bool_zh,
    parse_choice,
)

__all__ = [
    "Cell",
    "CellError",
    "clean_code",
    "clean_name",
    "clean_text",
    "is_blank",
    "mask_phone",
    "match_key",
    "parse_bool_zh",
    "parse_choice",
    "parse_date",
    "parse_date_range",
    "parse_hours",
    "parse_number",
    "parse_phone",
]
