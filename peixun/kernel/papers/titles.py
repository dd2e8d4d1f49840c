"""Where a long title breaks: lines as a trapezoid or a diamond, words kept whole (GB/T 9704-2012)."""

import itertools
import math
import re
from collections.abc import Iterator

from peixun.kernel.papers.measure import is_wide, width

#: Characters that can't begin a line, and after which a line can't end.
NEVER_FIRST = frozenset("、，。；：？！）》〉」』】”’…—·的了之等们性化度")
NEVER_LAST = frozenset("（《〈「『【“‘第")
#: Breaks after these read well; so do those before a word that opens a new part.
GOOD_AFTER = ("关于", "的", "、", "》", "）", "”", "年", "年度", "暨", "在", "对", "，")
GOOD_BEFORE = (
    "关于",
    "《",
    "（",
    "“",
    "和",
    "与",
    "及",
    "暨",
    "情况",
    "工作",
    "实施",
    "贯彻",
    "通知",
    "报告",
    "通报",
    "意见",
)
LONGEST_SEARCH = 90
#: What a line more costs, and a break that may tear a word, measured against the evenness of the shape.
EXTRA_LINE, TORN = 5.0, 12.0


def break_title(title: str, *, limit: float) -> list[str]:
    """Return the lines of the title, none wider than `limit` characters where a break allows.

    Newlines of the author are kept as they are. Otherwise the fewest lines that fit, or one more, are broken
    where the shape is even and no word, number or quoted name is torn.
    """
    given = [line.strip() for line in title.splitlines() if line.strip()]
    if len(given) != 1:
        return given
    text = given[0]
    fewest = math.ceil(width(text) / limit)
    if fewest <= 1 or len(text) > LONGEST_SEARCH:
        return given
    ways = [
        (_cost(way) + EXTRA_LINE * (count - fewest), way)
        for count in (fewest, fewest + 1)
        for way in _ways(text, count, limit, width(text) / count / 2)
    ]
    return min(ways)[1] if ways else given


def _ways(text: str, count: int, limit: float, least: float) -> Iterator[list[str]]:
    """Yield each way to cut the text into `count` lines between `least` and `limit` characters wide."""
    if count == 1:
        if width(text) <= limit:
            yield [text]
        return
    for place in range(2, len(text) - 1):
        line = text[:place].rstrip()
        if width(line) > limit:
            return
        if width(line) < least or width(text) - width(line) > limit * (count - 1) or not _may_break(text, place):
            continue
        for rest in _ways(text[place:].lstrip(), count - 1, limit, least):
            yield [line, *rest]


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after in NEVER_FIRST or before in NEVER_LAST:
        return False
    return before == " " or after == " " or is_wide(before) or is_wide(after)


def _cost(lines: list[str]) -> float:
    joints = sum(_joint(first, second) for first, second in itertools.pairwise(lines))
    return _shape([width(line) for line in lines]) + joints + sum(map(_open, itertools.accumulate(lines[:-1])))


def _open(text: str) -> float:
    """What it costs to break here within a quoted name."""
    return TORN if any(text.count(start) > text.count(end) for start, end in ("《》", "（）", "“”")) else 0.0


def _joint(first: str, second: str) -> float:
    if first.endswith("年") and second[0].isdigit():
        return 2 * TORN
    if first.endswith(GOOD_AFTER) or second.startswith(GOOD_BEFORE):
        return 0.0
    # A number parts from its measure word, or from what it counts, worst of all.
    return 2 * TORN if re.search(r"[0-9A-Za-z]$", first) else TORN


def _shape(widths: list[float]) -> float:
    """Small for a trapezoid (either way up) or a diamond with even steps, large for ragged lines."""
    steps = [second - first for first, second in itertools.pairwise(widths)]
    turns = [sign for sign in (_sign(step) for step in steps) if sign]
    hourglass = any(one < 0 < two for one, two in itertools.pairwise(turns))
    uneven = sum(max(0.0, abs(step) - 4.0) for step in steps) * 0.5 + sum(abs(step) < 1 for step in steps) * 1.5
    spread = max(widths) - min(widths)
    return uneven + spread * 0.2 + (8.0 if hourglass else 0.0)


def _sign(step: float) -> int:
    return (step > 0) - (step < 0)
