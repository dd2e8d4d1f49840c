"""One invented paper that has everything a paper can have."""

from datetime import date
from io import BytesIO

from docx import Document
from docx.document import Document as DocxDocument

from peixun.kernel.papers.docx_writer import docx_bytes
from peixun.kernel.papers.model import Appendix, Heading, PageBreak, Paper, Run, Table, paragraph

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PAPER = Paper(
    title="中共某某市委办公室关于二〇一七年度全市各项重点工作开展情况和下一步工作安排的报告",
    organisation="中共某某市委办公室",
    date=date(2017, 12, 31),
    salutation="省委办公厅",
    body=(
        paragraph("全年共有", Run("98012", figure_key="total"), "人参加。"),
        Heading(1, "主要做法"),
        paragraph("各单位层层落实。", lead="坚持上下结合"),
        paragraph("又有", Run("98012", figure_key="total"), "人。", lead="坚持内外结合。"),
        Heading(1, "存在的问题"),
        Heading(2, "条件方面"),
        Heading(3, "设备"),
        Heading(4, "更新不及时"),
        Heading(4, "保养不经常"),
        Heading(2, "人员方面"),
        PageBreak(),
        paragraph("下一步继续努力。"),
    ),
    appendices=(
        Appendix(
            "数据一览",
            (
                Table(
                    ("单位", "人数", "比例", "口径"),
                    (
                        ("某某区", Run("980", figure_key="district"), "100%", "按年末在册人员逐人计算，每人只计一次"),
                        ("某某县", "1234", "97.2%", "—"),
                    ),
                    caption="表1",
                ),
            ),
        ),
        Appendix("横排明细表", (Table(("甲", "乙"), (("1", "2"),)),), landscape=True),
    ),
)


def opened(paper: Paper = PAPER) -> DocxDocument:
    """Return the paper as a reader opens it."""
    return Document(BytesIO(docx_bytes(paper)))


def texts(document: DocxDocument, style: str) -> list[str]:
    """Return the texts of all paragraphs with the style's identifier."""
    return [each.text for each in document.paragraphs if each.style.style_id == style]
