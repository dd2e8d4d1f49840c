"""How wide text is in print, in characters (em): Chinese ones are 1, digits and letters about a half."""

import unicodedata

#: Punctuation that Chinese fonts set a whole character wide though Unicode leaves it open.
WIDE_PUNCTUATION = frozenset("“”‘’—…·")
HALF, CAPITAL = 0.5, 0.7
BROAD = dict.fromkeys("%@mMwW", 0.9)


def is_wide(character: str) -> bool:
    """Whether the character takes a whole Chinese character."""
    return character in WIDE_PUNCTUATION or unicodedata.east_asian_width(character) in "WF"


def width(text: str) -> float:
    """Return the width in characters: 7.0 for 2017年12月31日."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if is_wide(character):
        return 1.0
    return BROAD.get(character, CAPITAL if character.isupper() else HALF)
