"""Long titles break where they read well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.layout import TITLE_LIMIT
from peixun.kernel.papers.measure import width
from peixun.kernel.papers.titles import NEVER_FIRST, break_title


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("短标题", ["短标题"]),
        ("由作者\n断行的标题", ["由作者", "断行的标题"]),
        (
            "关于2017年度全市党员干部教育培训工作情况的报告",
            ["关于2017年度全市党员干部教育培训", "工作情况的报告"],
        ),
        (
            "中共某某市委组织部关于2017年度全市党员干部教育培训工作情况的报告",
            ["中共某某市委组织部关于2017年度", "全市党员干部教育培训工作情况的报告"],
        ),
    ],
)
def test_examples(title, lines):
    assert break_title(title, limit=TITLE_LIMIT) == lines


@given(st.text(st.sampled_from("关于某市工作情况的报告、《》2017年和"), min_size=1, max_size=60))
def test_nothing_is_lost_and_no_line_is_too_wide(title):
    lines = break_title(title, limit=TITLE_LIMIT)
    assert "".join(lines) == title
    if len(lines) > 1:
        assert all(width(line) <= TITLE_LIMIT for line in lines)
        assert all(line[0] not in NEVER_FIRST for line in lines[1:])
