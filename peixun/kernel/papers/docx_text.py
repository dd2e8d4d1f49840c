"""Paragraphs, runs and bookmarks as WordprocessingML elements."""

import re
from collections.abc import Iterable
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from peixun.kernel.papers.bookmarks import Bookmarks
from peixun.kernel.papers.model import Run

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, **attributes: str | int) -> Any:
    """Return a new w: element with w: attributes: element("jc", val="right")."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


class Text:
    """Makes the paragraphs of one paper and keeps count of its bookmarks."""

    def __init__(self, *, chinese: bool) -> None:
        """`chinese`: quotation marks and dashes are set in the Chinese font, a whole character wide."""
        self._chinese = chinese
        self._bookmarks = Bookmarks()
        self._count = 0

    def paragraph(self, style: str, runs: Iterable[Run] = (), *properties: Any) -> Any:
        """Return a paragraph in the style; `properties` go into its w:pPr, in the schema's order."""
        made = element("p")
        layout = element("pPr")
        layout.append(element("pStyle", val=style))
        layout.extend(properties)
        made.append(layout)
        self.extend(made, runs)
        return made

    def extend(self, paragraph: Any, runs: Iterable[Run], *, size: float = 0) -> None:
        """Add runs to a paragraph, figures within bookmarks; `size` in points when it isn't the style's."""
        for run in runs:
            if run.figure_key is None:
                paragraph.append(self.run(run.text, bold=run.bold, size=size))
                continue
            self._count += 1
            name = self._bookmarks.name(run.figure_key)
            paragraph.append(element("bookmarkStart", id=self._count, name=name))
            paragraph.append(self.run(run.text, bold=run.bold, size=size))
            paragraph.append(element("bookmarkEnd", id=self._count))

    def run(self, text: str, *, bold: bool = False, style: str = "", size: float = 0) -> Any:
        """Return one run; newlines break the line, tabs are tabs, characters that XML forbids are left out."""
        made = element("r")
        look = element("rPr")
        if style:
            look.append(element("rStyle", val=style))
        if self._chinese:
            look.append(element("rFonts", hint="eastAsia"))
        if bold:
            look.extend((element("b"), element("bCs")))
        if size:
            look.extend((element("sz", val=round(size * 2)), element("szCs", val=round(size * 2))))
        if len(look):
            made.append(look)
        made.extend(_content(text))
        return made


def _content(text: str) -> list[Any]:
    pieces = []
    for number, line in enumerate(NOT_XML.sub("", text).splitlines()):
        if number:
            pieces.append(element("br"))
        for stop, piece in enumerate(line.split("\t")):
            if stop:
                pieces.append(element("tab"))
            written = element("t")
            written.text = piece
            written.set(qn("xml:space"), "preserve")
            pieces.append(written)
    return pieces
