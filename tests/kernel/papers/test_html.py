"""The paper on screen: the same text, figures as links, nothing unsafe."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.html import render_html
from peixun.kernel.papers.model import Appendix, Heading, Run, Table, paragraph
from tests.kernel.papers.sample import PAPER


def render(paper=PAPER, **options):
    return render_html(paper, lambda key: f"/figures/{key}/", **options)


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_each_figure_links_to_its_entries():
    html = render()
    assert '<a class="paper-figure" id="fig_total" href="/figures/total/">98012</a>' in html
    assert 'id="fig_total_2"' in html
    assert '<a class="paper-figure" id="fig_district" href="/figures/district/">980</a>' in html


def test_a_figure_without_address_is_plain():
    html = render_html(PAPER, lambda key: None)
    assert "<a " not in html
    assert '<span class="paper-figure" id="fig_total">98012</span>' in html


def test_headings_follow_the_title():
    found = re.findall(r"<h(\d) class=\"([a-z-]+)", render())
    assert found[:2] == [("1", "paper-title"), ("2", "paper-heading")]
    assert ("3", "paper-heading") in found
    assert ("2", "paper-appendix-title") in found
    assert re.findall(r"<h(\d)", render(title_level=2))[:2] == ["2", "3"]


def test_levels_end_at_six():
    deep = replace(PAPER, appendices=(Appendix("附", (Heading(4, "深"),)),))
    assert max(re.findall(r"<h(\d)", render(deep, title_level=3))) == "6"


def test_numbers_are_those_of_print():
    html = render()
    for text in ("一、主要做法", "（二）坚持内外结合。", "1.设备", "（2）保养不经常", "2017年12月31日", "附件2"):
        assert text in html


def test_figure_columns_are_marked():
    assert render().count('<td class="paper-number">') == 2 * 2 + 2


def test_no_style_and_no_script():
    html = render()
    assert "style=" not in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html)


@given(st.text(max_size=40))
def test_text_is_escaped_wherever_it_stands(text):
    hostile = f"<script>alert('{text}')</script>&\""
    paper = replace(
        PAPER,
        title=hostile,
        organisation=hostile,
        salutation=hostile,
        body=(
            Heading(1, hostile),
            paragraph(hostile, Run(hostile, figure_key="x", bold=True), lead=hostile),
            Table((hostile,), ((Run(hostile, figure_key="y"),),), caption=hostile),
        ),
        appendices=(Appendix(hostile, (paragraph(hostile),)),),
    )
    parser = _Text()
    parser.feed(render_html(paper, lambda key: "/?a=1&b=\"'><script>"))
    assert "script" not in parser.tags
    assert parser.text.count("alert(") == 13


@pytest.mark.parametrize("url", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "JavaScript:x"])
def test_addresses_that_run_something_are_refused(url):
    with pytest.raises(ValueError, match="can't link"):
        render_html(PAPER, lambda key: url)
