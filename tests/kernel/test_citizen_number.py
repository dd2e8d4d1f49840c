"""Citizen numbers after GB 11643-1999."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.cells import Cell, CellError
from peixun.kernel.citizen_number import CitizenNumber, check_digit, make, mask, normalise, parse

MADE = st.builds(
    make,
    region=st.sampled_from(["620402", "620423", "110101"]),
    birth=st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    sequence=st.integers(0, 999),
)


def test_the_example_of_the_standard() -> None:
    # Both numbers are printed in the standard itself.
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.integers(0, 999),
)
def test_what_is_made_is_valid(birth: date, sequence: int) -> None:
    number = make(region="620402", birth=birth, sequence=sequence)
    assert parse(number) == CitizenNumber(number, birth, "male" if sequence % 2 else "female", "620402")


@given(MADE, st.integers(0, 17), st.integers(1, 9))
def test_any_wrong_digit_is_found(number: str, position: int, shift: int) -> None:
    digit = number[position]
    other = str((int(digit) + shift) % 10) if digit.isdigit() else str(shift)
    with pytest.raises(CellError):
        parse(number[:position] + other + number[position + 1 :])


@given(MADE, st.integers(0, 16))
def test_two_neighbours_changed_round_are_found(number: str, position: int) -> None:
    first, second = number[position : position + 2]
    if first != second:
        with pytest.raises(CellError):
            parse(number[:position] + second + first + number[position + 2 :])


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_old_numbers_are_upgraded(birth: date, sequence: int) -> None:
    new = make(region="620402", birth=birth, sequence=sequence)
    assert normalise(new[:6] + new[8:17]) == new


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002x ",
        "'11010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002X",
        "11010519491231002X\u200b",
    ],
)
def test_ways_to_write_a_number(written: str) -> None:
    assert normalise(written) == "11010519491231002X"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "没有填写"),
        (None, "没有填写"),
        (620402199003071236.0, "丢失"),
        ("6204**********1236", "遮住"),
        ("62040219900307123", "17 位"),
        ("62040219900307123A", "不该出现"),
        ("990402199003071236", "地区"),
        ("620402199002301236", "出生日期不存在"),
        ("620402107003071236", "不合情理"),
        ("620402199003071235", "校验码"),
    ],
)
def test_what_is_no_number(written: Cell, told: str) -> None:
    with pytest.raises(CellError, match=told):
        parse(written)


def test_an_old_number_may_come_as_a_number() -> None:
    assert normalise(620402900307123.0) == "620402199003071236"


def test_masks() -> None:
    assert mask("11010519491231002X") == "1101**********002X"
    assert mask("12345678") == "********"


@pytest.mark.parametrize(("region", "sequence"), [("62", 1), ("62040x", 1), ("620402", 1000), ("620402", -1)])
def test_nothing_wrong_is_made(region: str, sequence: int) -> None:
    with pytest.raises(ValueError, match="region"):
        make(region=region, birth=date(1990, 1, 1), sequence=sequence)
