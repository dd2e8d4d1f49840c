"""字数 as offices count them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.length import body_length, check_length, count_characters
from peixun.kernel.papers.model import Heading, PageBreak, Table, paragraph
from tests.kernel.papers.sample import PAPER

CHINESE = st.text(st.sampled_from("甲乙丙，。（）“”—…、《》中"), max_size=50)
WORDS = st.lists(st.from_regex(r"[A-Za-z0-9.%-]{1,8}", fullmatch=True), max_size=8)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("干部教育", 4),
        ("干部，教育。", 6),
        ("共98012人", 3),
        ("覆盖率为97.3%。", 6),
        ("“三会一课”", 6),
        ("APP使用", 3),
        ("two words", 2),
        ("全　角 空格", 4),
    ],
)
def test_examples(text, count):
    assert count_characters(text) == count


@given(CHINESE)
def test_each_chinese_character_is_one(text):
    assert count_characters(text) == len(text)


@given(WORDS)
def test_each_run_of_other_characters_is_one(words):
    assert count_characters(" ".join(words)) == len(words)
    assert count_characters("，".join(words)) == max(0, 2 * len(words) - 1)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_chinese_mark_between_two_texts_adds_them_up(first, second):
    assert count_characters(f"{first}，{second}") == count_characters(first) + 1 + count_characters(second)


def test_body_counts_what_is_printed_in_it():
    body = (
        Heading(1, "做法"),  # 一、做法: 4
        paragraph("共12人。", lead="结合"),  # （一）结合。: 6, then 4
        PageBreak(),
        Table(("甲", "乙"), (("1", "二三"),), caption="表"),  # 1 + 2 + 3
    )
    assert body_length(replace(PAPER, body=body)) == 20


def test_appendix_title_and_signature_are_not_counted():
    assert body_length(replace(PAPER, appendices=(), title="甲", organisation="乙")) == body_length(PAPER)


def test_limit():
    paper = replace(PAPER, body=(paragraph("字" * 120),))
    assert (check_length(paper, 120).over, check_length(paper, 120).within) == (0, True)
    found = check_length(paper, 100)
    assert (found.count, found.limit, found.over, found.within) == (120, 100, 20, False)
