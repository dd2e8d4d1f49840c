"""What a paper is: title, who signs it and when, blocks of text and tables, appendices.

Authors write no numbers before headings and no layout: both come from the page (docx or HTML).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

LEVELS = (1, 2, 3, 4)
FIGURE_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")


@dataclass(frozen=True)
class Run:
    """A stretch of text. With a `figure_key` it is a figure: a bookmark in print, a link on screen."""

    text: str
    figure_key: str | None = None
    bold: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError when the key can't name a bookmark."""
        if self.figure_key is not None and not FIGURE_KEY.fullmatch(self.figure_key):
            raise ValueError(f"not a figure key: {self.figure_key!r}")


@dataclass(frozen=True)
class Heading:
    """A heading on its own line. Levels 1 to 4 are printed as 一、 （一） 1. （1）; others: ValueError."""

    level: int
    text: str

    def __post_init__(self) -> None:
        """Check the level."""
        if self.level not in LEVELS:
            raise ValueError(f"headings have levels 1 to 4, not {self.level!r}")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body.

    `lead` is a heading that runs into the text, numbered with the headings of `lead_level`:
    （一）坚持上下结合。Text follows in the same paragraph.
    """

    runs: Sequence[Run]
    lead: str = ""
    lead_level: int = 2

    def __post_init__(self) -> None:
        """Check the level; raises ValueError."""
        if self.lead_level not in LEVELS:
            raise ValueError(f"headings have levels 1 to 4, not {self.lead_level!r}")

    @property
    def text(self) -> str:
        """The runs as one string, without the lead."""
        return "".join(run.text for run in self.runs)


def paragraph(*parts: str | Run, lead: str = "", lead_level: int = 2) -> Paragraph:
    """Return a paragraph of strings and runs: `paragraph("共", Run("12", figure_key="total"), "人。")`."""
    return Paragraph(runs=tuple(map(as_run, parts)), lead=lead, lead_level=lead_level)


def as_run(part: str | Run) -> Run:
    """Return the run itself, or a plain run of the string."""
    return part if isinstance(part, Run) else Run(part)


Cell: TypeAlias = str | Run


@dataclass(frozen=True)
class Table:
    """A table with one heading row, repeated on each page.

    `rows` hold as many cells as there are `columns` (ValueError otherwise). `widths` are millimetres, one for
    each column; without them columns are as wide as their content asks. Columns of figures align right.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float] | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        """Check the shape."""
        if not self.columns:
            raise ValueError("a table has at least one column")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, not {len(self.columns)}")
        if self.widths is not None and len(self.widths) != len(self.columns):
            raise ValueError(f"{len(self.widths)} widths for {len(self.columns)} columns")


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page."""


Block: TypeAlias = Heading | Paragraph | Table | PageBreak


@dataclass(frozen=True)
class Appendix:
    """An appendix (附件): named after the body, printed from a new page on, sideways when `landscape`."""

    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper to be printed.

    `organisation` signs it, `date` is the day it was completed (成文日期). A newline in the title breaks its
    line; without one the layout finds good places itself. `salutation` (主送机关) ends in a colon, added if
    missing. `language` is zh-CN or en.
    """

    title: str
    organisation: str
    date: date
    body: Sequence[Block]
    salutation: str = ""
    appendices: Sequence[Appendix] = field(default=())
    language: str = "zh-CN"

    @property
    def flat_title(self) -> str:
        """The title in one line."""
        joiner = "" if self.language.startswith("zh") else " "
        return joiner.join(part.strip() for part in self.title.splitlines() if part.strip())
