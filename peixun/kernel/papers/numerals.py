"""Numbers and dates as Chinese offices write them."""

from datetime import date
from typing import Final

DIGITS: Final = "零一二三四五六七八九"
PLACES: Final = ("", "十", "百", "千")
TEN_THOUSAND: Final = 10_000
HUNDRED_MILLION: Final = 100_000_000


def chinese_numeral(number: int) -> str:
    """Return 一, 十二, 一百零五 … for 1 to 9999; raises ValueError outside."""
    if not 1 <= number <= 9999:
        raise ValueError(f"headings are numbered 1 to 9999, not {number}")
    text = ""
    for place, digit in reversed(list(enumerate(map(int, reversed(str(number)))))):
        if digit:
            text += DIGITS[digit] + PLACES[place]
        elif not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text[1:] if text.startswith("一十") else text


def format_count(number: int) -> str:
    """Return the number in plain digits, without separators: 98012."""
    return str(number)


def format_wan(number: int) -> str:
    """Return 9.8万余 for 98012 and 9.8万 for 98000: rounded down to one decimal, 余 when something is left.

    Below ten thousand the plain digits, from a hundred million on in 亿; negative numbers keep their sign.
    """
    if number < 0:
        return "-" + format_wan(-number)
    if number < TEN_THOUSAND:
        return format_count(number)
    unit, name = (TEN_THOUSAND, "万") if number < HUNDRED_MILLION else (HUNDRED_MILLION, "亿")
    tenths, left = divmod(number, unit // 10)
    whole, tenth = divmod(tenths, 10)
    return f"{whole}{f'.{tenth}' if tenth else ''}{name}{'余' if left else ''}"


def format_percent(part: int, whole: int, *, places: int = 1) -> str:
    """Return the share as 97.3%, rounded down, so that 100% is printed for all and nothing less.

    Trailing zeros are dropped (50%, not 50.0%). Of nothing (`whole` 0) there is no share: —.
    """
    if whole == 0:
        return "—"
    scale = 10**places
    units, rest = divmod(abs(part) * 100 * scale // abs(whole), scale)
    decimals = f"{rest:0{places}d}".rstrip("0") if places else ""
    sign = "-" if (part < 0) != (whole < 0) and part and (units or decimals) else ""
    return f"{sign}{units}{'.' + decimals if decimals else ''}%"


def format_date(day: date) -> str:
    """Return 2017年12月31日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def format_month(day: date) -> str:
    """Return 2017年12月."""
    return f"{day.year}年{day.month}月"


def format_year(year: int) -> str:
    """Return 2017年."""
    return f"{year}年"
