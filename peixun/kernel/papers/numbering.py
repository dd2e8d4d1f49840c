"""Numbers of headings: 一、 （一） 1. （1） as GB/T 9704-2012 orders them, I. A. 1. (1) in English."""

from collections.abc import Iterable, Iterator

from peixun.kernel.papers.model import LEVELS, Block, Heading, Paragraph
from peixun.kernel.papers.numerals import chinese_numeral

CLOSING = "。！？：；.!?:;"
ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def mark(level: int, number: int, *, language: str) -> str:
    """Return what is printed before a heading of the level: 三、 or （三） or 3. or （3）."""
    if not language.startswith("zh"):
        return (f"{_roman(number)}. ", f"{_letter(number)}. ", f"{number}. ", f"({number}) ")[level - 1]
    return (f"{chinese_numeral(number)}、", f"（{chinese_numeral(number)}）", f"{number}.", f"（{number}）")[level - 1]


def numbered(blocks: Iterable[Block], *, language: str) -> Iterator[tuple[Block, str]]:
    """Yield each block with the heading that is printed on or before it: number and text, or an empty string.

    A run-in heading gets its closing full stop when it has none.
    """
    counts = dict.fromkeys(LEVELS, 0)
    for block in blocks:
        if isinstance(block, Heading):
            yield block, _count(counts, block.level, language) + block.text
        elif isinstance(block, Paragraph) and block.lead:
            yield block, _count(counts, block.lead_level, language) + closed(block.lead, language=language)
        else:
            yield block, ""


def closed(text: str, *, language: str) -> str:
    """Return a run-in heading with its full stop."""
    if text.rstrip().endswith(tuple(CLOSING)):
        return text
    return text + ("。" if language.startswith("zh") else ". ")


def _count(counts: dict[int, int], level: int, language: str) -> str:
    counts[level] += 1
    for deeper in range(level + 1, max(LEVELS) + 1):
        counts[deeper] = 0
    return mark(level, counts[level], language=language)


def _letter(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in ROMAN:
        while number >= value:
            text += letters
            number -= value
    return text
