"""Every word of the interface has its English, and no Chinese word stands outside the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from peixun.kernel import catalogues

PACKAGE = catalogues.PACKAGE
CHINESE = re.compile(r"[\u2e80-\u2fff\u3001-\u303f\u31c0-\u31ef\u3400-\u9fff\uf900-\ufaff\uff01-\uff5e]")
# What must be the same in both languages: named and bare percent signs, braces, tags, the page numbers of a workbook.
PLACEHOLDERS = re.compile(r"%\(\w+\)[.\d]*[a-z]|%[a-z%]|\{\w*\}|</?\w[^>]*>|&[PN]\b")
# Words that people have to type or to read in Chinese stand in quotation marks.
QUOTED = re.compile(r"“[^”]*”")

OUTSIDE_PAGES = ("style_guide.html", "style_guide_phone.html")
"""Samples of the style guide."""

OUTSIDE_CODE = (
    "demo/",  # invented people, places and classes
    "reports/text/",  # official papers are Chinese
    "kernel/papers/",
    "kernel/cells/",  # what stands in people's files
    "kernel/tables/",
    "kernel/formats/",
    "kernel/style_guide.py",
    "kernel/pinyin.py",
    "catalog/shipped.py",
    "config/settings.py",  # each language is named in itself
    "kernel/api/",  # the OpenAPI document and the titles of problems are Chinese by contract
    "config/api.py",
    "*/api",
    "people/commands.py",
    "*/importing/",  # headings and words of files
    "people/operations/erasure.py",  # what stands for erased data is data itself
    "claims/operations/erasing.py",
    "*/management/",  # help of commands
    "*/migrations/",
)


def _english() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each message with its pairs of source and English; a plural is held against the plural of its source."""
    for message in catalogues.english():
        if message.id:
            yield str(message.id), _pairs(message)


def _pairs(message: Message) -> list[tuple[str, str]]:
    if isinstance(message.id, tuple | list):
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        return list(zip(message.id, strings, strict=True))
    return [(message.id, str(message.string))]


def test_every_message_has_its_english() -> None:
    assert catalogues.untranslated() == []


def test_english_keeps_every_placeholder() -> None:
    differing = [
        (source, english)
        for _, pairs in _english()
        for source, english in pairs
        if sorted(PLACEHOLDERS.findall(source)) != sorted(PLACEHOLDERS.findall(english))
    ]
    assert differing == []


def test_no_chinese_is_left_in_the_english() -> None:
    left = [english for _, pairs in _english() for _, english in pairs if CHINESE.search(QUOTED.sub("", english))]
    assert left == []


def test_neither_language_shouts() -> None:
    loud = [pair for _, pairs in _english() for pair in pairs if re.search("[!！]", "".join(pair))]
    assert loud == []


# Templates: what is left when comments and everything handed to gettext is taken away.

HANDED_OVER = re.compile(
    r"{%\s*comment\b.*?%}.*?{%\s*endcomment\s*%}"
    r"|{#.*?#}"
    r"|{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}"
    r"|{%\s*trans(?:late)?\s.*?%}"
    r"|\b_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)


def _bare(template: str) -> list[str]:
    """Lines of a template with Chinese that gettext never sees, each with its number."""
    kept = HANDED_OVER.sub(lambda found: "\n" * found.group().count("\n"), template)
    return [f"{n}: {line.strip()}" for n, line in enumerate(kept.splitlines(), 1) if CHINESE.search(line)]


@pytest.mark.parametrize(
    ("template", "lines"),
    [
        ('{% translate "人" %}{# 人 #}{% comment %}\n人{% endcomment %}', []),
        ('{% include "x.html" with title=_("没有") %}', []),
        ("{% blocktranslate %}共 {{ n }} 人{% endblocktranslate %}", []),
        ('<p>{% translate "人" %}（{{ n }}）</p>', ["1: <p>（{{ n }}）</p>"]),
        ('<p>\n人{{ n|join:"、" }}</p>', ['2: 人{{ n|join:"、" }}</p>']),
    ],
)
def test_bare_chinese_in_a_template_is_seen(template: str, lines: list[str]) -> None:
    assert _bare(template) == lines


def test_templates_hand_all_their_words_to_gettext() -> None:
    bare = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("templates/**/*.*"))
        if path.suffix in {".html", ".txt"} and path.name not in OUTSIDE_PAGES
        for line in _bare(path.read_text(encoding="utf-8"))
    ]
    assert bare == []


# Code: string literals that are neither docstrings nor within a call of gettext.


class _Literals(ast.NodeVisitor):
    """Collects Chinese string literals that gettext never sees."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        """Docstrings, also those under an attribute, are for those who read the code."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """What is handed to gettext is in the catalogue."""
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name not in catalogues.KEYWORDS:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """A literal outside the catalogue."""
        if isinstance(node.value, str) and CHINESE.search(node.value):
            self.found.append(f"{node.lineno}: {node.value}")


def _literals(code: str) -> list[str]:
    visitor = _Literals()
    visitor.visit(ast.parse(code))
    return visitor.found


@pytest.mark.parametrize(
    ("code", "literals"),
    [
        ('"""人."""\nname = _("人")\nother = gettext_lazy("人") % {"a": 1}', []),
        ('class A:\n    name = 1\n    """人."""', []),
        ('x = 1\nname = f"{x} 人"', ["2:  人"]),
        ('join("、", [1])', ["1: 、"]),
    ],
)
def test_bare_chinese_in_code_is_seen(code: str, literals: list[str]) -> None:
    assert _literals(code) == literals


def _is_outside(path: Path) -> bool:
    name = path.relative_to(PACKAGE).as_posix()
    _room, _slash, rest = name.partition("/")
    return any(
        rest.startswith(pattern.removeprefix("*/")) if pattern.startswith("*/") else name.startswith(pattern)
        for pattern in OUTSIDE_CODE
    )


def test_code_hands_all_its_words_to_gettext() -> None:
    bare = [
        f"{path.relative_to(PACKAGE)}:{literal}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not _is_outside(path)
        for literal in _literals(path.read_text(encoding="utf-8"))
    ]
    assert bare == []
