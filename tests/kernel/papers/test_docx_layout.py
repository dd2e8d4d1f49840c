"""The .docx read back: page, grid, fonts, headings, footers, signature, appendices as GB/T 9704-2012 has them."""

from dataclasses import replace

import pytest
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt

from tests.kernel.papers.sample import PAPER, W, opened, texts

PARAGRAPH_ORDER = """
    pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd
    tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi
    adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc
    textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange
"""
RUN_ORDER = """
    rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof
    snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText
    vertAlign rtl cs em lang
"""


@pytest.fixture(scope="module")
def document():
    return opened()


def test_page_has_the_type_area_of_the_standard(document):
    section = document.sections[0]
    millimetre = Mm(1)
    assert abs(section.page_width - Mm(210)) < millimetre / 10
    assert abs(section.page_height - Mm(297)) < millimetre / 10
    assert abs(section.top_margin - Mm(37)) < millimetre / 10
    assert abs(section.left_margin - Mm(28)) < millimetre / 10
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert abs(width - Mm(156)) < millimetre / 10
    assert abs(height - Mm(225)) < millimetre / 10


def test_grid_holds_22_lines_of_28_characters(document):
    section = document.sections[0]
    grid = section._sectPr.find(f"{W}docGrid")
    assert grid.get(f"{W}type") == "linesAndChars"
    pitch = Pt(int(grid.get(f"{W}linePitch")) / 20)
    height = section.page_height - section.top_margin - section.bottom_margin
    assert int(height / pitch) == 22
    body = document.styles["Normal"].font.size
    assert body == Pt(16)
    character = body + Pt(1) * int(grid.get(f"{W}charSpace")) / 4096
    width = section.page_width - section.left_margin - section.right_margin
    assert int(width / character) == 28


def test_text_keeps_line_pitch_and_tightening_without_the_grid(document):
    normal = document.styles["Normal"]
    assert normal.paragraph_format.line_spacing == Pt(579 / 20)
    tightening = int(normal.element.rPr.find(f"{W}spacing").get(f"{W}val")) / 20
    width = Mm(156) / Pt(1)
    assert 28 <= width / (16 + tightening) < 29


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Heading 4", "仿宋_GB2312", 16),
        ("Appendix Label", "黑体", 16),
        ("Footer", "宋体", 14),
    ],
)
def test_fonts_and_sizes(document, style, font, points):
    found = document.styles[style]
    assert found.element.rPr.rFonts.get(f"{W}eastAsia") == font
    assert (found.font.size or document.styles["Normal"].font.size) == Pt(points)


def test_font_table_names_stand_ins(document):
    part = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable"))
    table = part.blob.decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong"/>' in table
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK,小标宋,宋体,SimSun"/>' in table


def test_headings_are_numbered_by_the_layout(document):
    assert texts(document, "Heading1") == ["一、主要做法", "二、存在的问题"]
    assert texts(document, "Heading2") == ["（一）条件方面", "（二）人员方面"]
    assert texts(document, "Heading3") == ["1.设备"]
    assert texts(document, "Heading4") == ["（1）更新不及时", "（2）保养不经常"]


def test_run_in_heading_shares_the_paragraph_in_its_own_font(document):
    first, second = (each for each in document.paragraphs if each.text.startswith("（") and "坚持" in each.text)
    assert first.text == "（一）坚持上下结合。各单位层层落实。"
    assert [run.style.style_id for run in first.runs] == ["Lead2", "DefaultParagraphFont"]
    assert second.text.startswith("（二）坚持内外结合。又有")


def test_body_begins_two_characters_in(document):
    indent = document.styles["Body Text"].element.pPr.find(f"{W}ind")
    assert indent.get(f"{W}firstLineChars") == "200"


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(document):
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        layout = line._p.pPr
        assert layout.find(f"{W}jc").get(f"{W}val") == side
        assert layout.find(f"{W}ind").get(f"{W}{side}") == "280"  # one character of size 4
        assert line.text == "— 1 —"
        assert line._p.xpath("string(.//w:instrText)").strip() == "PAGE"


def test_number_stands_seven_millimetres_below_the_type_area(document):
    section = document.sections[0]
    line = document.styles["Footer"].paragraph_format.line_spacing
    below = section.bottom_margin - section.footer_distance - line / 2
    assert abs(below - Mm(7)) < Mm(1) / 10


def test_signature_is_centred_above_the_date_four_characters_from_the_edge(document):
    (date,) = (each for each in document.paragraphs if each.style.style_id == "Date")
    (signed,) = (each for each in document.paragraphs if each.style.style_id == "Signature")
    assert (date.text, signed.text) == ("2017年12月31日", "中共某某市委办公室")
    assert date._p.pPr.find(f"{W}ind").get(f"{W}rightChars") == "400"
    around = signed.paragraph_format
    width = document.sections[0].page_width - document.sections[0].left_margin - document.sections[0].right_margin
    centre = (width + around.left_indent - around.right_indent) / 2
    # The date is 7 characters wide and ends 4 from the edge: its centre is 7.5 from the edge.
    assert abs((width - centre) / (width / 28) - 7.5) < 0.05


def test_a_very_long_organisation_stays_on_one_line():
    document = opened(replace(PAPER, organisation="某" * 24))
    (date,) = (each for each in document.paragraphs if each.style.style_id == "Date")
    assert int(date._p.pPr.find(f"{W}ind").get(f"{W}rightChars")) == 900
    (signed,) = (each for each in document.paragraphs if each.style.style_id == "Signature")
    assert signed.paragraph_format.right_indent == 0


def test_appendices_are_named_after_the_body_and_begin_pages(document):
    assert texts(document, "AppendixNote") == ["附件：1.\t数据一览", "2.\t横排明细表"]
    assert texts(document, "AppendixLabel") == ["附件1", "附件2"]
    first = next(each for each in document.paragraphs if each.text == "附件1")
    assert first.paragraph_format.page_break_before


def test_the_only_appendix_has_no_number():
    document = opened(replace(PAPER, appendices=PAPER.appendices[:1]))
    assert texts(document, "AppendixNote") == ["附件：\t数据一览"]
    assert texts(document, "AppendixLabel") == ["附件"]


def test_a_landscape_appendix_is_the_same_sheet_turned(document):
    portrait, landscape = document.sections
    assert landscape.orientation == WD_ORIENT.LANDSCAPE
    assert (landscape.page_width, landscape.page_height) == (portrait.page_height, portrait.page_width)
    assert landscape.top_margin == portrait.left_margin
    assert landscape.left_margin == portrait.bottom_margin
    assert landscape.footer.is_linked_to_previous


def test_a_portrait_appendix_after_a_landscape_one_turns_back():
    document = opened(replace(PAPER, appendices=PAPER.appendices[::-1]))
    assert [section.orientation for section in document.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]


def test_page_break_goes_to_the_next_paragraph(document):
    (after,) = (each for each in document.paragraphs if each.text == "下一步继续努力。")
    assert after.paragraph_format.page_break_before


def test_last_paragraph_stays_with_the_signature(document):
    (last,) = (each for each in document.paragraphs if each.text == "下一步继续努力。")
    assert last.paragraph_format.keep_with_next


def test_salutation_gets_its_colon(document):
    assert texts(document, "Salutation") == ["省委办公厅："]


def test_figures_are_bookmarks_and_never_links(document):
    names = document.element.body.xpath(".//w:bookmarkStart/@w:name")
    assert names == ["fig_total", "fig_total_2", "fig_district"]
    ids = document.element.body.xpath(".//w:bookmarkStart/@w:id")
    assert ids == document.element.body.xpath(".//w:bookmarkEnd/@w:id")
    assert len(set(ids)) == 3
    assert not document.element.body.xpath(".//w:hyperlink")


def test_chinese_punctuation_is_set_in_the_chinese_font(document):
    runs = document.element.body.xpath(".//w:r[w:t]")
    assert runs
    assert all(run.xpath("./w:rPr/w:rFonts/@w:hint") == ["eastAsia"] for run in runs)


def test_properties_stand_in_the_order_of_the_schema(document):
    for root in (document.element, document.styles.element, document.sections[0].footer._element):
        for name, order in (("pPr", PARAGRAPH_ORDER.split()), ("rPr", RUN_ORDER.split())):
            for found in root.iter(f"{W}{name}"):
                places = [order.index(child.tag.removeprefix(W)) for child in found]
                assert places == sorted(set(places)), [child.tag for child in found]


def test_an_english_paper_uses_english_marks():
    document = opened(replace(PAPER, language="en", title="Report", salutation="Office"))
    assert texts(document, "Heading1")[0] == "I. 主要做法"
    assert texts(document, "AppendixLabel") == ["Appendix 1", "Appendix 2"]
    assert texts(document, "Date") == ["31 December 2017"]
    assert texts(document, "Salutation") == ["Office:"]
