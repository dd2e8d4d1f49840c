"""The few words that the layout itself prints, in the paper's language (not the reader's)."""

from datetime import date

from peixun.kernel.papers.model import Paper
from peixun.kernel.papers.numerals import format_date


def is_chinese(language: str) -> bool:
    """Whether a paper in the language is set with Chinese words and punctuation."""
    return language.startswith("zh")


def appendix_label(number: int, count: int, *, language: str) -> str:
    """Return 附件 for the only appendix, 附件1 for the first of several."""
    word = "附件" if is_chinese(language) else "Appendix"
    if count == 1:
        return word
    return f"{word}{number}" if is_chinese(language) else f"{word} {number}"


def appendix_notes(paper: Paper) -> list[tuple[str, str]]:
    """Return the lines that name the appendices after the body: (附件：1., title), (2., title)."""
    word = "附件：" if is_chinese(paper.language) else "Appendices: "
    if len(paper.appendices) == 1:
        word = "附件：" if is_chinese(paper.language) else "Appendix: "
        return [(word, paper.appendices[0].title)]
    return [
        ((word if number == 1 else "") + f"{number}.", appendix.title)
        for number, appendix in enumerate(paper.appendices, start=1)
    ]


def salutation(paper: Paper) -> str:
    """Return whom the paper is addressed to, with its colon; empty when it is addressed to nobody."""
    text = paper.salutation.strip()
    if not text or text.endswith(("：", ":")):
        return text
    return text + ("：" if is_chinese(paper.language) else ":")


def date_line(day: date, *, language: str) -> str:
    """Return 2017年12月31日, or 31 December 2017."""
    return format_date(day) if is_chinese(language) else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
