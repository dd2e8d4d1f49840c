"""The .docx as a package: the same paper gives the same bytes, and says who wrote it when."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.papers.docx_writer import docx_bytes, write_docx
from peixun.kernel.papers.model import paragraph
from tests.kernel.papers.sample import PAPER, opened


def test_same_paper_same_bytes():
    assert docx_bytes(PAPER) == docx_bytes(replace(PAPER))
    assert docx_bytes(PAPER) != docx_bytes(replace(PAPER, date=date(2018, 1, 1)))


def test_no_part_carries_the_clock():
    with zipfile.ZipFile(BytesIO(docx_bytes(PAPER))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(2017, 12, 31, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert core.count("2017-12-31T00:00:00Z") == 2


def test_only_needed_parts_are_packed():
    with zipfile.ZipFile(BytesIO(docx_bytes(PAPER))) as package:
        assert sorted(package.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/document.xml",
            "word/fontTable.xml",
            "word/footer1.xml",
            "word/footer2.xml",
            "word/settings.xml",
            "word/styles.xml",
        ]


def test_properties_say_what_the_paper_says():
    properties = opened().core_properties
    assert properties.title == PAPER.title
    assert properties.author == properties.last_modified_by == "中共某某市委办公室"
    assert properties.language == "zh-CN"


def test_a_title_broken_by_its_author_is_one_line_in_the_properties():
    document = opened(replace(PAPER, title="关于某事的\n报告"))
    assert document.core_properties.title == "关于某事的报告"
    assert document.paragraphs[0].text == "关于某事的\n报告"


def test_writes_to_a_path_and_to_an_open_file(tmp_path):
    path, memory = tmp_path / "paper.docx", BytesIO()
    write_docx(PAPER, path)
    write_docx(PAPER, memory)
    assert path.read_bytes() == memory.getvalue() == docx_bytes(PAPER)


@given(st.text(max_size=60))
def test_any_text_can_be_printed(text):
    document = opened(replace(PAPER, body=(paragraph("始", text, "终"),), appendices=()))
    found = [each.text for each in document.paragraphs if each.text.startswith("始")]
    assert len(found) == 1
    assert found[0].endswith("终")
