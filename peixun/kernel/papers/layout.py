"""Measures and fonts of GB/T 9704-2012, in the units that a .docx wants.

A twip is a twentieth of a point; sizes of type: 2号 22 pt, 3号 16 pt, 4号 14 pt, 小四 12 pt, 五号 10.5 pt.
"""

from dataclasses import dataclass
from typing import Final

MM: Final = 1440 / 25.4  # twips in a millimetre


def twips(millimetres: float) -> int:
    """Return millimetres as whole twips."""
    return round(millimetres * MM)


@dataclass(frozen=True)
class Page:
    """One page in twips: paper, margins, distance of the footer from the lower edge."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    footer: int

    @property
    def text_width(self) -> int:
        """Width of the type area."""
        return self.width - self.left - self.right


#: The page number's dash stands 7 mm below the type area: half of its line (5 mm) goes below the dash.
FOOTER_LINE: Final = twips(5)
PORTRAIT: Final = Page(
    width=twips(210),
    height=twips(297),
    top=twips(37),
    right=twips(26),
    bottom=twips(35),
    left=twips(28),
    footer=twips(35 - 7 - 2.5),
)
#: The same sheet turned: the binding edge is at the top, the type area 225 mm wide and 156 mm high.
LANDSCAPE: Final = Page(
    width=twips(297),
    height=twips(210),
    top=twips(28),
    right=twips(37),
    bottom=twips(26),
    left=twips(35),
    footer=twips(26 - 7 - 2.5),
)

LINES_A_PAGE: Final = 22
CHARACTERS_A_LINE: Final = 28
TITLE_SIZE: Final = 22.0
BODY_SIZE: Final = 16.0
FOOTER_SIZE: Final = 14.0
TABLE_SIZES: Final = (12.0, 10.5, 9.0)

#: 225 mm hold 22 lines, 156 mm hold 28 characters: rounded down, or the last one would not fit.
LINE_PITCH: Final = int(twips(225) / LINES_A_PAGE)
CHARACTER_PITCH: Final = twips(156) / 20 / CHARACTERS_A_LINE  # points
#: The grid's extra space after each character of the body's size, in 4096ths of a point (negative: tighter).
CHARACTER_SPACE: Final = -int((BODY_SIZE - CHARACTER_PITCH) * 4096) - 1
#: The same tightening on the text itself, in whole twips with one to spare: not every program follows the
#: grid (LibreOffice gives a character that is wider than a cell two cells), so the text doesn't lean on it.
BODY_TIGHTENING: Final = -int((BODY_SIZE - CHARACTER_PITCH) * 20) - 2
TITLE_LIMIT: Final = twips(156) / 20 / TITLE_SIZE  # characters in a line of the title


@dataclass(frozen=True)
class Font:
    """A font as Chinese offices name it, and what stands in for it where it isn't installed."""

    name: str
    instead: str
    family: str


TITLE_FONT: Final = Font("方正小标宋简体", "方正小标宋_GBK,小标宋,宋体,SimSun", "roman")
BODY_FONT: Final = Font("仿宋_GB2312", "仿宋,FangSong", "modern")
HEADING_1_FONT: Final = Font("黑体", "SimHei", "modern")
HEADING_2_FONT: Final = Font("楷体_GB2312", "楷体,KaiTi", "modern")
SONG_FONT: Final = Font("宋体", "SimSun", "roman")
LATIN_FONT: Final = Font("Times New Roman", "", "roman")
FONTS: Final = (TITLE_FONT, BODY_FONT, HEADING_1_FONT, HEADING_2_FONT, SONG_FONT, LATIN_FONT)


def characters(count: float) -> int:
    """Return the width of so many body characters on the grid, in twips."""
    return round(count * CHARACTER_PITCH * 20)
