"""Message catalogues without system packages: words are collected and compiled in Python, with Babel.

The interface is written in Chinese, so the source text of every message is Chinese and `en` is its translation.
`python -m peixun.kernel.catalogues collect` brings the translation file up to date; `compile` makes the binary.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
# Fixed dates: the history of the file is kept elsewhere, and a header that changes by itself is noise.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def _empty() -> Catalog:
    return Catalog(
        locale="en",
        project="Peixun",
        version="1",
        copyright_holder="the Peixun authors",
        msgid_bugs_address="",
        last_translator="the Peixun authors",
        language_team="en",
        charset="utf-8",
        creation_date=SINCE,
        revision_date=SINCE,
        header_comment="# The English of Peixun's interface. The source text of every message is Chinese.",
        fuzzy=False,
    )


def _sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, path.read_text(encoding="utf-8")
    for path in sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        # What stands around the words looks like code to the extractor: without indentation it is harmless.
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield path, "\n".join(line.strip() for line in text.splitlines())


def collect() -> Catalog:
    """Every message of the code and the templates, with its places."""
    catalog = _empty()
    for path, text in _sources():
        place = path.relative_to(PACKAGE.parent).as_posix()
        lines = io.BytesIO(text.encode())
        for _, message, _, context in extract("python", lines, keywords=KEYWORDS, options={"encoding": "utf-8"}):
            catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def english() -> Catalog:
    """The English catalogue as it is."""
    if not ENGLISH.exists():
        return _empty()
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def untranslated() -> list[str]:
    """Messages that have no English yet, or whose English is marked doubtful."""
    known = english()
    missing = []
    for message in collect():
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        if found is None or found.fuzzy or not _complete(found.string):
            missing.append(str(message.id))
    return missing


def _complete(words: object) -> bool:
    return all(words) if isinstance(words, list | tuple) else bool(words)


def update() -> int:
    """Write the English catalogue with every message of the code; return how many still need words."""
    known, catalog = english(), collect()
    for message in catalog:
        found = known.get(message.id, message.context) if message.id else None
        if found is not None:
            message.string = found.string
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False, include_lineno=False, sort_by_file=True)
    return len(untranslated())


def compile_all() -> None:
    """Write the binary catalogue beside its source."""
    with ENGLISH.with_suffix(".mo").open("wb") as file:
        write_mo(file, english())


def main(words: list[str]) -> int:
    """Do what the command line asks."""
    if words == ["collect"]:
        sys.stdout.write(f"{update()} messages need English\n")
        return 0
    if words == ["compile"]:
        compile_all()
        return 0
    sys.stderr.write("usage: python -m peixun.kernel.catalogues collect|compile\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
