"""What a paper refuses, and the names of its figures."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.bookmarks import Bookmarks
from peixun.kernel.papers.model import Heading, Run, Table, paragraph

KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,60}", fullmatch=True)


@pytest.mark.parametrize("level", [0, 5])
def test_levels_are_one_to_four(level):
    with pytest.raises(ValueError, match="levels 1 to 4"):
        Heading(level, "题")
    with pytest.raises(ValueError, match="levels 1 to 4"):
        paragraph("文", lead="题", lead_level=level)


def test_a_table_has_a_shape():
    with pytest.raises(ValueError, match="row 2 has 1 cells, not 2"):
        Table(("甲", "乙"), (("1", "2"), ("3",)))
    with pytest.raises(ValueError, match="at least one column"):
        Table((), ())
    with pytest.raises(ValueError, match="1 widths for 2"):
        Table(("甲", "乙"), (), widths=(10,))


@pytest.mark.parametrize("key", ["", " ", "a b", "-a", "x\n", "总数"])
def test_keys_can_name_bookmarks(key):
    with pytest.raises(ValueError, match="figure key"):
        Run("1", figure_key=key)


@given(st.lists(KEYS, max_size=30))
def test_names_are_valid_and_never_taken_twice(keys):
    bookmarks = Bookmarks()
    names = [bookmarks.name(key) for key in keys]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"fig_\w{1,36}", name) for name in names)
