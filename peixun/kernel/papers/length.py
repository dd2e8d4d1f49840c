"""Length of a paper as offices count it (字数)."""

from dataclasses import dataclass

from peixun.kernel.papers.measure import is_wide
from peixun.kernel.papers.model import Block, Heading, Paper, Paragraph, Table, as_run
from peixun.kernel.papers.numbering import numbered


@dataclass(frozen=True)
class Length:
    """Characters counted, the limit, and by how many the limit is exceeded (0 when it is kept)."""

    count: int
    limit: int
    over: int

    @property
    def within(self) -> bool:
        """Whether the limit is kept."""
        return self.over == 0


def count_characters(text: str) -> int:
    """Return the 字数: each Chinese character or mark is one, a run of other characters too."""
    count = 0
    in_word = False
    for character in text:
        if is_wide(character) and not character.isspace():
            count += 1
            in_word = False
        elif character.isspace():
            in_word = False
        else:
            count += not in_word
            in_word = True
    return count


def body_length(paper: Paper) -> int:
    """Return the 字数 of the body as printed, with numbers of headings and tables, without the appendix."""
    return sum(
        count_characters(text)
        for block, heading in numbered(paper.body, language=paper.language)
        for text in _texts(block, heading)
    )


def check_length(paper: Paper, limit: int) -> Length:
    """Return the body's length beside the limit that holds for this kind of paper."""
    count = body_length(paper)
    return Length(count=count, limit=limit, over=max(0, count - limit))


def _texts(block: Block, heading: str) -> list[str]:
    if isinstance(block, Heading):
        return [heading]
    if isinstance(block, Paragraph):
        return [heading + block.text]
    if isinstance(block, Table):
        cells = [as_run(cell).text for row in block.rows for cell in row]
        return [block.caption, *block.columns, *cells]
    return []
