"""Tables as WordprocessingML: hairlines, heading row on each page, rows kept whole, figures to the right."""

from typing import Any

from peixun.kernel.papers.docx_text import Text, element
from peixun.kernel.papers.model import Cell, Table, as_run
from peixun.kernel.papers.table_fit import PADDING, Fit, fit

EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")
HAIRLINE = 2  # eighths of a point


def table_element(table: Table, text: Text, *, available: int) -> Any:
    """Return the w:tbl for a table in a type area `available` twips wide."""
    how = fit(table, available=available)
    made = element("tbl")
    made.append(_properties(how))
    grid = element("tblGrid")
    grid.extend([element("gridCol", w=width) for width in how.widths])
    made.append(grid)
    made.append(_row(list(table.columns), how, text, head=True))
    made.extend([_row(list(row), how, text, head=False) for row in table.rows])
    return made


def _properties(how: Fit) -> Any:
    made = element("tblPr")
    made.append(element("tblW", w=sum(how.widths), type="dxa"))
    made.append(element("jc", val="center"))
    borders = element("tblBorders")
    borders.extend([element(edge, val="single", sz=HAIRLINE, space=0, color="000000") for edge in EDGES])
    made.append(borders)
    made.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    margins.extend([element(side, w=PADDING // 2, type="dxa") for side in ("left", "right")])
    made.append(margins)
    return made


def _row(cells: list[Cell], how: Fit, text: Text, *, head: bool) -> Any:
    made = element("tr")
    layout = element("trPr")
    layout.append(element("cantSplit"))
    if head:
        layout.append(element("tblHeader"))
    made.append(layout)
    for cell, width, figures in zip(cells, how.widths, how.figures, strict=True):
        style = "TableHead" if head else "TableFigure" if figures else "TableText"
        box = element("tc")
        properties = element("tcPr")
        properties.extend([element("tcW", w=width, type="dxa"), element("vAlign", val="center")])
        box.append(properties)
        paragraph = text.paragraph(style)
        text.extend(paragraph, [as_run(cell)], size=how.size)
        box.append(paragraph)
        made.append(box)
    return made
