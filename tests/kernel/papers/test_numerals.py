"""Numbers as offices write them."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.model import Heading, paragraph
from peixun.kernel.papers.numbering import mark, numbered
from peixun.kernel.papers.numerals import (
    chinese_numeral,
    format_count,
    format_date,
    format_month,
    format_percent,
    format_wan,
    format_year,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (34, "三十四"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (9999, "九千九百九十九"),
    ],
)
def test_chinese_numerals(number, text):
    assert chinese_numeral(number) == text


def test_chinese_numerals_are_all_different():
    assert len({chinese_numeral(number) for number in range(1, 10000)}) == 9999


@pytest.mark.parametrize("number", [0, -1, 10000])
def test_chinese_numerals_end(number):
    with pytest.raises(ValueError, match="1 to 9999"):
        chinese_numeral(number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9999, "9999"),
        (10000, "1万"),
        (10001, "1万余"),
        (98000, "9.8万"),
        (98012, "9.8万余"),
        (99999, "9.9万余"),
        (100000, "10万"),
        (123456789, "1.2亿余"),
        (-98012, "-9.8万余"),
    ],
)
def test_wan(number, text):
    assert format_wan(number) == text


@given(st.integers(10_000, 99_999_999))
def test_wan_never_says_more_than_there_is(number):
    found = re.fullmatch(r"(\d+(?:\.\d)?)万(余?)", format_wan(number))
    said = Fraction(found[1]) * 10_000
    assert said <= number < said + 1_000
    assert bool(found[2]) == (said != number)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 2, "50%"),
        (2, 3, "66.6%"),
        (99999, 100000, "99.9%"),
        (7, 7, "100%"),
        (0, 5, "0%"),
        (1, 0, "—"),
        (9, 8, "112.5%"),
    ],
)
def test_percent(part, whole, text):
    assert format_percent(part, whole) == text


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.integers(0, 3))
def test_percent_is_100_only_for_all(part, whole, places):
    said = Fraction(format_percent(part, whole, places=places).removesuffix("%"))
    assert said <= Fraction(part * 100, whole) < said + Fraction(1, 10**places)
    assert (said >= 100) == (part >= whole)


def test_plain_counts_and_dates():
    assert format_count(98012) == "98012"
    assert format_date(date(2018, 6, 3)) == "2018年6月3日"
    assert format_month(date(2018, 6, 3)) == "2018年6月"
    assert format_year(2017) == "2017年"


def test_marks():
    assert [mark(level, 3, language="zh-CN") for level in (1, 2, 3, 4)] == ["三、", "（三）", "3.", "（3）"]
    assert [mark(level, 29, language="en") for level in (1, 2, 3, 4)] == ["XXIX. ", "AC. ", "29. ", "(29) "]


def test_deeper_counts_begin_anew():
    blocks = [
        Heading(1, "甲"),
        Heading(2, "乙"),
        paragraph("文", lead="丙！"),
        Heading(1, "丁"),
        Heading(2, "戊"),
        paragraph("己"),
    ]
    said = [heading for _, heading in numbered(blocks, language="zh-CN")]
    assert said == ["一、甲", "（一）乙", "（二）丙！", "二、丁", "（一）戊", ""]
