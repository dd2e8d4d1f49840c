"""Names are found by the pinyin that people would type."""

import pytest

from peixun.kernel.pinyin import full_pinyin, initials


@pytest.mark.parametrize(
    ("name", "full", "first"),
    [
        ("张三", "zhangsan", "zs"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇和", "qiuhe", "qh"),
        ("曾国藩", "zengguofan", "zgf"),
        ("解缙", "xiejin", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("任正非", "renzhengfei", "rzf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("单于", "chanyu", "cy"),
        ("万俟卨", "moqixie", "mqx"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("吕布", "lvbu", "lb"),
        ("李晟", "lisheng", "ls"),
        ("买买提·艾力", "maimaitiaili", "mmtal"),
        ("Ａlim 买买提", "alimmaimaiti", "alimmmt"),
        ("", "", ""),
        ("？！", "", ""),
    ],
)
def test_readings(name: str, full: str, first: str) -> None:
    assert full_pinyin(name) == full
    assert initials(name) == first


def test_a_surnames_reading_stays_at_the_front() -> None:
    assert full_pinyin("李单") == "lidan"
    assert full_pinyin("张曾") == "zhangceng"
