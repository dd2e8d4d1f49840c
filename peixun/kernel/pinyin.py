"""Pinyin of personal names, for search: surnames have readings of their own (单 shan, 仇 qiu, 尉迟 yuchi).

    full_pinyin("欧阳修")      "ouyangxiu"
    initials("曾国藩")         "zgf"
    full_pinyin("Alim·买买提")  "alimmaimaiti"

ü is written v, as people type it.
"""

import unicodedata
from functools import cache, lru_cache
from types import MappingProxyType

from pypinyin import Style, lazy_pinyin

# Surnames that are read otherwise than their characters are elsewhere.
SURNAMES = MappingProxyType(
    {
        "万俟": ("mo", "qi"),
        "乐正": ("yue", "zheng"),
        "单于": ("chan", "yu"),
        "子车": ("zi", "ju"),
        "尉迟": ("yu", "chi"),
        "澹台": ("tan", "tai"),
        "长孙": ("zhang", "sun"),
        "夏侯": ("xia", "hou"),
        "乐": ("yue",),
        "乜": ("nie",),
        "仇": ("qiu",),
        "会": ("gui",),
        "佴": ("nai",),
        "区": ("ou",),
        "单": ("shan",),
        "卜": ("bu",),
        "句": ("gou",),
        "召": ("shao",),
        "员": ("yun",),
        "折": ("she",),
        "曾": ("zeng",),
        "朴": ("piao",),
        "查": ("zha",),
        "洗": ("xian",),
        "祭": ("zhai",),
        "种": ("chong",),
        "秘": ("bi",),
        "粘": ("nian",),
        "繁": ("po",),
        "缪": ("miao",),
        "翟": ("zhai",),
        "能": ("nai",),
        "蔚": ("yu",),
        "薄": ("bo",),
        "覃": ("qin",),
        "解": ("xie",),
        "贠": ("yun",),
        "适": ("kuo",),
        "都": ("du",),
        "长": ("chang",),
        "阚": ("kan",),
        "隗": ("wei",),
        "盖": ("ge",),
        "郇": ("xun",),
    }
)
# Readings within given names, where the first one of a dictionary is another.
GIVEN = MappingProxyType({"晟": "sheng", "重": "chong"})


@cache
def _reading(char: str) -> str:
    """One character's reading, "" for signs. The cache is bounded by the characters that there are."""
    if char in GIVEN:
        return GIVEN[char]
    read: list[str] = lazy_pinyin(char, style=Style.NORMAL, errors="ignore")
    return read[0] if read else ""


@lru_cache(maxsize=4096)
def _syllables(name: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", name).strip().casefold()
    surname = next((text[:length] for length in (2, 1) if text[:length] in SURNAMES), "")
    syllables = list(SURNAMES[surname]) if surname else []
    for char in text[len(surname) :]:
        if char.isascii():
            if char.isalnum():
                syllables.append(char)
        else:
            syllables.append(_reading(char))
    return tuple(syllables)


def full_pinyin(name: str) -> str:
    """The whole name in lower-case letters without tones or spaces."""
    return "".join(_syllables(name))


def initials(name: str) -> str:
    """The first letter of each syllable; of a name in Latin letters, the letters themselves."""
    return "".join([syllable[:1] for syllable in _syllables(name)])
