"""Cells by example: how people and sheets write things, and what they are told."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from peixun.kernel.cells import (
    Cell,
    CellError,
    clean_code,
    clean_name,
    clean_text,
    is_blank,
    mask_phone,
    match_key,
    parse_bool_zh,
    parse_choice,
    parse_date,
    parse_date_range,
    parse_hours,
    parse_number,
    parse_phone,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("张三", "张三"),
        ("　张三\u200b ", "张三"),
        ("１２３ＡＢＣ", "123ABC"),
        ("第一行\r\n第二行\t三", "第一行 第二行 三"),
        ("学习“十九大”精神：（第一讲），好", "学习“十九大”精神：（第一讲），好"),
        ("买买提•阿不都", "买买提·阿不都"),
        ("a\x00b\x07c\ue000", "abc"),
        (6204.0, "6204"),
        (6204, "6204"),
        (0.5, "0.5"),
        (None, ""),
        ("", ""),
        ("\ufeff\u202e", ""),
        ("\u3000", ""),
    ],
)
def test_clean_text(written: Cell, meant: str) -> None:
    assert clean_text(written) == meant


def test_numbers_that_a_sheet_has_rounded_are_refused() -> None:
    with pytest.raises(CellError, match="丢失"):
        clean_text(620402199003071236.0)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("张 三", "张三"),
        ("张　　三", "张三"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("J. Smith", "J. Smith"),
        ("𠮷田.一", "𠮷田·一"),
    ],
)
def test_clean_name(written: str, meant: str) -> None:
    assert clean_name(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [(" 6204 02 ", "620402"), ("'007", "007"), ("62-04", "62-04"), (7.0, "7")]
)
def test_clean_code(written: Cell, meant: str) -> None:
    assert clean_code(written) == meant


def test_match_key_ignores_width_case_and_spaces() -> None:
    assert match_key("某某 Ａpp 支部（机关）") == match_key("某某App支部(机关)")


def test_is_blank() -> None:
    assert [is_blank(value) for value in (None, "", " \u200b　", 0, "0")] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "written",
    [
        "2017-3-5",
        "2017-03-05",
        "2017/03/05",
        "2017.3.5",
        "２０１７．３．５",
        "20170305",
        "2017年3月5日",
        "2017 年 3 月 5 日",
        "2017年3月5号",
        "2017-03-05T08:30:00",
        "2017/3/5 8:30",
        "42799",
        42799,
        42799.5,
        20170305,
        20170305.0,
        date(2017, 3, 5),
        datetime(2017, 3, 5, 8, 30, tzinfo=UTC),
    ],
)
def test_ways_to_write_a_date(written: Cell) -> None:
    assert parse_date(written) == date(2017, 3, 5)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "没有填写日期"),
        (None, "没有填写日期"),
        ("2017-02-30", "没有"),
        ("20171301", "没有"),
        ("2017", "只有年份"),
        (2017, "只有年份"),
        ("2017年", "只有年份"),
        ("1017-03-05", "不合情理"),
        ("3017-03-05", "不合情理"),
        (date(1017, 3, 5), "不合情理"),
        ("17.3.5", "看不懂"),
        ("3/5/2017", "看不懂"),
        ("昨天", "看不懂"),
        (float("nan"), "不是日期"),
        (float("inf"), "不是日期"),
        (-1, "看不懂"),
        (99999999999.0, "看不懂"),
        (True, "看不懂"),
    ],
)
def test_what_is_no_date(written: Cell, told: str) -> None:
    with pytest.raises(CellError, match=told):
        parse_date(written)


@pytest.mark.parametrize("written", ["2017年3月", "2017.03", "201703", 201703, "2017-3"])
def test_a_month_is_a_date_only_where_it_may_be(written: Cell) -> None:
    assert parse_date(written, allow_month=True) == date(2017, 3, 1)
    with pytest.raises(CellError, match="哪一天"):
        parse_date(written)


@pytest.mark.parametrize(
    "written",
    [
        "2017-12-28至2018-01-03",
        "2017.12.28-2018.1.3",
        "2017-12-28-2018-01-03",
        "2017-12-28 - 2018-01-03",
        "2017年12月28日—2018年1月3日",
        "2017/12/28~2018/1/3",
        "2017/12/28 ～ 2018/1/3",
        "20171228-20180103",
        "2017-12-28到2018-01-03",
    ],
)
def test_ways_to_write_a_range(written: str) -> None:
    assert parse_date_range(written) == (date(2017, 12, 28), date(2018, 1, 3))


@pytest.mark.parametrize(
    "written", ["2017年3月5日至8日", "2017.3.5-3.8", "2017.3.5-8", "2017年3月5日-3月8日", "2017-03-05-08"]
)
def test_ranges_that_leave_out_what_is_the_same(written: str) -> None:
    assert parse_date_range(written) == (date(2017, 3, 5), date(2017, 3, 8))


def test_one_date_is_a_range() -> None:
    assert parse_date_range("2017-03-05") == parse_date_range(42799) == (date(2017, 3, 5), date(2017, 3, 5))


@pytest.mark.parametrize(
    ("written", "told"),
    [("2018-01-03至2017-12-28", "早于"), ("2017-03-05至", "看不懂"), ("", "没有填写"), ("2017", "只有年份")],
)
def test_what_is_no_range(written: str, told: str) -> None:
    with pytest.raises(CellError, match=told):
        parse_date_range(written)


@pytest.mark.parametrize(
    ("written", "meant"), [("8学时", "8"), ("8.0", "8"), ("８", "8"), (8.0, "8"), (0.25, "0.25"), ("1,000", "1000")]
)
def test_hours(written: Cell, meant: str) -> None:
    assert parse_hours(written) == Decimal(meant)
    assert parse_hours(written).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "没有填写"),
        (None, "没有填写"),
        ("学时", "没有填写"),
        (0, "大于 0"),
        (-8, "大于 0"),
        (1000.25, "超过"),
        ("8.1", "0.25"),
        ("八", "不是数字"),
        ("8课时", "不是数字"),
        (True, "没有填写"),
        (float("nan"), "不是数字"),
        ("1e3", "不是数字"),
    ],
)
def test_what_are_no_hours(written: Cell, told: str) -> None:
    with pytest.raises(CellError, match=told):
        parse_hours(written)


def test_numbers() -> None:
    assert [parse_number(value) for value in ("-1,234.5", "１２", 3.5)] == [Decimal("-1234.5"), 12, Decimal("3.5")]


def test_yes_and_no() -> None:
    assert all(parse_bool_zh(value) for value in ("是", "有", 1, 1.0, "√", True, " Ｙ "))
    assert not any(parse_bool_zh(value) for value in ("否", "无", 0, "×", False, "", None))
    with pytest.raises(CellError, match="是"):
        parse_bool_zh("也许")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("13800138000", "13800138000"),
        (13800138000.0, "13800138000"),
        ("138 0013-8000", "13800138000"),
        ("+86-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("0943-8221234", "0943-8221234"),
        ("09438221234", "0943-8221234"),
        ("（0943）8221234", "0943-8221234"),
        ("010-62345678-123", "010-62345678-123"),
        ("8221234", "8221234"),
    ],
)
def test_phones(written: Cell, meant: str) -> None:
    assert parse_phone(written) == meant


@pytest.mark.parametrize(
    ("written", "told"), [("", "没有填写"), ("138****8000", "遮住"), ("12345678901", "不是有效"), ("110", "不是有效")]
)
def test_what_is_no_phone(written: str, told: str) -> None:
    with pytest.raises(CellError, match=told):
        parse_phone(written)


def test_masks_of_phones() -> None:
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("0943-8221234") == "********1234"


def test_choices() -> None:
    choices = {"正式党员": "full", "预备党员": "probationary"}
    assert parse_choice(" 正式 党员", choices) == "full"
    with pytest.raises(CellError, match="正式党员、预备党员"):
        parse_choice("群众", choices)
    with pytest.raises(CellError, match="没有填写"):
        parse_choice(None, choices)
