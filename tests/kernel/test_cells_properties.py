"""Cells by property: nothing but a value or a CellError comes out, whatever goes in."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel import cells, citizen_number
from peixun.kernel.cells import CellError

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.datetimes()
# Text that comes close to what parsers look for reaches further into them.
ALMOST = st.text(st.sampled_from("0123456789-./年月日至~ *X:T,学时（）()+'\u200b"), max_size=24)
DATES = st.dates(date(1906, 1, 1), date(2099, 12, 31))

PARSERS: list[Callable[[Any], Any]] = [
    cells.clean_text,
    cells.clean_name,
    cells.clean_code,
    cells.match_key,
    cells.is_blank,
    cells.parse_bool_zh,
    cells.parse_date,
    cells.parse_date_range,
    cells.parse_hours,
    cells.parse_number,
    cells.parse_phone,
    citizen_number.parse,
    lambda value: cells.parse_choice(value, {"是": True}),
]


def _reason(parse: Callable[[Any], Any], value: Any) -> str:
    try:
        parse(value)
    except CellError as error:
        return error.reason
    return "it is a value"


@given(ANYTHING | ALMOST)
def test_a_value_or_a_reason(value: Any) -> None:
    assert all(_reason(parse, value) for parse in PARSERS)


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (cells.clean_text, cells.clean_name, cells.match_key):
        once = clean(text)
        assert clean(once) == once


@given(DATES, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]))
def test_every_way_to_write_a_date_is_read_back(day: date, pattern: str) -> None:
    assert cells.parse_date(day.strftime(pattern)) == day
    assert cells.parse_date(f"{day.year}-{day.month}-{day.day}") == day
    assert cells.parse_date(float((day - date(1899, 12, 30)).days)) == day


@given(
    DATES,
    st.integers(0, 400),
    st.sampled_from(["-", "至", "到", "~", "—", " - ", "--"]),
    st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]),
)
def test_every_way_to_write_a_range_is_read_back(first: date, days: int, mark: str, pattern: str) -> None:
    last = min(first + timedelta(days=days), date(2099, 12, 31))
    written = first.strftime(pattern) + mark + last.strftime(pattern)
    assert cells.parse_date_range(written) == (first, last)


@given(st.integers(1, 4000))
def test_all_quarters_are_hours(quarters: int) -> None:
    hours = Decimal(quarters) / 4
    assert (
        cells.parse_hours(str(hours)) == cells.parse_hours(float(hours)) == cells.parse_hours(f"{hours}学时") == hours
    )


@given(st.decimals(-2000, 2000, places=3))
def test_no_other_number_is_hours(number: Decimal) -> None:
    if number % Decimal("0.25") or not 0 < number <= 1000:
        with pytest.raises(CellError):
            cells.parse_hours(str(number))
