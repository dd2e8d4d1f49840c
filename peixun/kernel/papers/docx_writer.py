"""A paper as a .docx in the layout of GB/T 9704-2012."""

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from docx.document import Document as DocxDocument
from docx.oxml.ns import qn

from peixun.kernel.papers.docx_package import empty_document, packed
from peixun.kernel.papers.docx_table import table_element
from peixun.kernel.papers.docx_text import Text, element
from peixun.kernel.papers.layout import (
    CHARACTER_SPACE,
    CHARACTERS_A_LINE,
    FOOTER_SIZE,
    LANDSCAPE,
    LINE_PITCH,
    PORTRAIT,
    TITLE_LIMIT,
    TITLE_SIZE,
    Page,
    characters,
)
from peixun.kernel.papers.measure import width
from peixun.kernel.papers.model import Appendix, Block, Heading, Paper, Paragraph, Run, Table
from peixun.kernel.papers.numbering import numbered
from peixun.kernel.papers.titles import break_title
from peixun.kernel.papers.words import appendix_label, appendix_notes, date_line, is_chinese, salutation

DATE_INSET = 4.0  # characters between the date and the right edge
SEAL_LINES = 2  # empty lines above the signature, for the upper part of the seal
HAIR = "1"


def write_docx(paper: Paper, file: str | Path | IO[bytes]) -> None:
    """Write the paper as .docx to a path or an open binary file; the same paper gives the same bytes."""
    data = docx_bytes(paper)
    if isinstance(file, str | Path):
        Path(file).write_bytes(data)
    else:
        file.write(data)


def docx_bytes(paper: Paper) -> bytes:
    """Return the paper as .docx."""
    document = empty_document(paper)
    _Writer(paper, document).write()
    return packed(document, paper)


class _Writer:
    """Puts one paper into one document, from the first page to the last."""

    def __init__(self, paper: Paper, document: DocxDocument) -> None:
        self._paper = paper
        self._document = document
        self._text = Text(chinese=is_chinese(paper.language))
        self._page = PORTRAIT
        self._breaks = False  # the next paragraph begins a page

    def write(self) -> None:
        """Write everything."""
        paper = self._paper
        _set_page(self._document.sections[0], PORTRAIT)
        self._footers()
        self._title(paper.title)
        if salutation(paper):
            self._add("Salutation", [Run(salutation(paper))])
        self._blocks(paper.body)
        self._hold_on()
        self._notes()
        self._signature()
        for number, appendix in enumerate(paper.appendices, start=1):
            self._appendix(number, appendix)

    def _add(self, style: str, runs: Iterable[Run] = (), *properties: Any) -> Any:
        if self._breaks:
            # pageBreakBefore stands right after keepNext and keepLines, before spacing and indents.
            properties = (element("pageBreakBefore"), *properties)
            self._breaks = False
        made = self._text.paragraph(style, runs, *properties)
        self._place(made)
        return made

    def _place(self, made: Any) -> None:
        self._document.element.body[-1].addprevious(made)

    def _title(self, title: str) -> None:
        limit = TITLE_LIMIT if self._page is PORTRAIT else self._page.text_width / 20 / TITLE_SIZE
        self._add("Title", [Run("\n".join(break_title(title, limit=limit)))])

    def _blocks(self, blocks: Iterable[Block]) -> None:
        for block, heading in numbered(blocks, language=self._paper.language):
            if isinstance(block, Heading):
                self._add(f"Heading{block.level}", [Run(heading)])
            elif isinstance(block, Paragraph):
                self._paragraph(block, heading)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._breaks = True

    def _paragraph(self, block: Paragraph, lead: str) -> None:
        made = self._add("BodyText")
        if lead:
            made.append(self._text.run(lead, style=f"Lead{block.lead_level}"))
        self._text.extend(made, block.runs)

    def _table(self, table: Table) -> None:
        if table.caption:
            self._add("Caption", [Run(table.caption)])
        elif self._breaks:
            self._add("Spacer")
        self._place(table_element(table, self._text, available=self._page.text_width))
        # Two tables in a row would grow together, and a section can't end in a table.
        self._add("Spacer")

    def _hold_on(self) -> None:
        """Keep the last paragraph with what follows: a page must not hold the signature alone."""
        last = self._document.element.body[-2]
        if last.pPr is not None and last.pPr[0].get(qn("w:val")) == "BodyText":
            last.pPr.insert(1, element("keepNext"))

    def _notes(self) -> None:
        """Name the appendices one line below the body; a long title's second line starts below its first."""
        lines = appendix_notes(self._paper) if self._paper.appendices else []
        indent = 2 + (width(lines[0][0]) if lines else 0)
        for number, (label, title) in enumerate(lines):
            indents = element("ind", left=characters(indent), hanging=characters(width(label)))
            spacing = element("spacing", before=0 if number else LINE_PITCH)
            name = " ".join(title.split())
            self._add("AppendixNote", [Run(f"{label}\t{name}")], spacing, indents)

    def _signature(self) -> None:
        """Put the date four characters from the right edge and centre the organisation above it."""
        signed = date_line(self._paper.date, language=self._paper.language)
        room = max(width(self._paper.organisation), width(signed)) + 1
        beside = (room - width(signed)) / 2
        # A very long name takes the edge, and the date moves in to stay centred below it.
        inset = max(DATE_INSET, beside)
        left = max(0, CHARACTERS_A_LINE - room - (inset - beside))
        around = element("ind", left=characters(left), right=characters(inset - beside))
        spacing = element("spacing", before=SEAL_LINES * LINE_PITCH)
        self._add("Signature", [Run(self._paper.organisation)], spacing, around)
        from_right = element("ind", rightChars=round(inset * 100), right=characters(inset))
        self._add("Date", [Run(signed)], from_right)

    def _appendix(self, number: int, appendix: Appendix) -> None:
        page = LANDSCAPE if appendix.landscape else PORTRAIT
        if page is self._page:
            self._breaks = True
        else:
            section = self._document.add_section()
            _tuck_away(self._document)
            _set_page(section, page)
            self._page = page
            self._breaks = False
        label = appendix_label(number, len(self._paper.appendices), language=self._paper.language)
        self._add("AppendixLabel", [Run(label)])
        self._title(appendix.title)
        self._blocks(appendix.blocks)

    def _footers(self) -> None:
        """— 1 — to the right on odd pages, to the left on even ones, one character from the edge."""
        section = self._document.sections[0]
        inset = round(FOOTER_SIZE * 20)
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            made = self._text.paragraph("Footer", (), element("ind", **{side: inset}), element("jc", val=side))
            made.append(self._text.run("— "))
            made.extend(_field("PAGE"))
            made.append(self._text.run(" —"))
            root = footer._element
            for child in list(root):
                root.remove(child)
            root.append(made)


def _set_page(section: Any, page: Page) -> None:
    layout = section._sectPr
    landscape = {"orient": "landscape"} if page.width > page.height else {}
    made = {
        "pgSz": element("pgSz", w=page.width, h=page.height, **landscape),
        "pgMar": element(
            "pgMar",
            top=page.top,
            right=page.right,
            bottom=page.bottom,
            left=page.left,
            header=page.top // 2,
            footer=page.footer,
            gutter=0,
        ),
        "docGrid": element("docGrid", type="linesAndChars", linePitch=LINE_PITCH, charSpace=CHARACTER_SPACE),
    }
    for child in list(layout):
        tag = child.tag.rpartition("}")[2]
        if tag in made:
            layout.replace(child, made[tag])


def _tuck_away(document: DocxDocument) -> None:
    """Make the paragraph that carries the section break a hair high, or it could need a page of its own."""
    carrier = document.element.body[-2]
    carrier.pPr.insert(0, element("pStyle", val="Spacer"))


def _field(name: str) -> list[Any]:
    runs = []
    for kind in ("begin", "instruction", "separate", "text", "end"):
        run = element("r")
        if kind == "instruction":
            child = element("instrText")
            child.text = f" {name} "
        elif kind == "text":
            child = element("t")
            child.text = HAIR
        else:
            child = element("fldChar", fldCharType=kind)
        run.append(child)
        runs.append(run)
    return runs
