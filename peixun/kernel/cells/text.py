"""Text in cells: cleaning, comparing, yes and no, choices."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias, TypeVar

from django.utils.translation import gettext as _

from peixun.kernel.cells.errors import CellError

Cell: TypeAlias = str | float | int | bool | date | datetime | None
ChoiceT = TypeVar("ChoiceT")

# A binary double is exact for whole numbers up to here (15 digits); sheets round longer ones.
EXACT_WHOLE = 10**15

# Text that cleaning would leave as it is: most cells, and worth not going through the rest.
_CLEAN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff·（），。、：；！？“”《》()\-_/.:+]*")
# Chinese punctuation that NFKC would turn into its narrow forms: official texts are written with it.
_KEPT = "，：；！？（）～…"
_PUNCTUATION = re.compile(f"([{_KEPT}]+)")
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・●◦᛫", "·"))
_SPACES = re.compile(r"\s+")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_DOT_IN_NAME = re.compile(f"(?<=[{_HAN}])[.．。](?=[{_HAN}])")
_SPACE_AT_HAN = re.compile(f"(?<=[{_HAN}·]) | (?=[{_HAN}·])")

_YES = frozenset({"是", "有", "1", "√", "✓", "✔", "☑", "y", "yes", "true", "对"})
_NO = frozenset({"", "否", "无", "0", "×", "x", "✗", "✘", "☐", "n", "no", "false", "没有", "-", "—", "/"})


def clean_text(value: Cell) -> str:
    """One line of text without invisible characters, wide letters and digits made narrow, dots of names as ·.

    Chinese punctuation stays as it is written (use `match_key` to compare). Whole numbers lose their ".0".
    Raises CellError for a number so long that the sheet has already rounded it.
    """
    if not isinstance(value, str):
        return _number_as_text(value)
    if _CLEAN.fullmatch(value):
        return value
    pieces = _PUNCTUATION.split(value)
    pieces[::2] = [unicodedata.normalize("NFKC", piece) for piece in pieces[::2]]
    text = _SPACES.sub(" ", "".join(pieces))
    visible = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs"})
    return _SPACES.sub(" ", visible).strip().translate(_DOTS)


def _number_as_text(value: float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        if abs(value) >= EXACT_WHOLE:
            raise CellError(_("这一格存成了数字，后面几位已经丢失。请先把单元格格式改为“文本”，再重新填写"))
        return str(int(value))
    return str(value)


def clean_name(value: Cell) -> str:
    """A person's name: as `clean_text`, without padding spaces, and with · in names of minorities."""
    text = clean_text(value)
    if " " in text:
        text = _SPACE_AT_HAN.sub("", text)
    return _DOT_IN_NAME.sub("·", text) if "." in text or "。" in text else text


def clean_code(value: Cell) -> str:
    """A code or number that is kept as text: no spaces at all, no apostrophe in front, 6204.0 as 6204."""
    text = clean_text(value)
    return text.replace(" ", "").lstrip("'’‘") if text and not text.isalnum() else text


def match_key(value: Cell) -> str:
    """What two spellings of one name have in common: no spaces, one width, one case."""
    text = unicodedata.normalize("NFKC", clean_text(value).replace(" ", "")).casefold()
    # Without its space an accent that stood alone joins the letter before it.
    return unicodedata.normalize("NFKC", text.replace(" ", ""))


def is_blank(value: Cell) -> bool:
    """Whether a cell holds nothing that anybody can see."""
    return value is None or (isinstance(value, str) and not clean_text(value))


def parse_bool_zh(value: Cell) -> bool:
    """Yes or no as offices write it: 是 有 √ 1, 否 无 × 0, and an empty cell for no. Raises CellError."""
    text = clean_text(value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellError(_("只能填“是”或“否”"))


def parse_choice(value: Cell, mapping: Mapping[str, ChoiceT]) -> ChoiceT:
    """The value that the mapping has for this text, whatever its width, case and spaces. Raises CellError."""
    text = clean_text(value)
    if text in mapping:
        return mapping[text]
    key = match_key(text)
    for name, choice in mapping.items():
        if match_key(name) == key:
            return choice
    if not text:
        raise CellError(_("没有填写"))
    raise CellError(_("不认识“%(text)s”，只能填：%(choices)s") % {"text": text[:40], "choices": "、".join(mapping)})
