"""Template tags for what the front-end build makes: hashed file names and icons."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MANIFEST = Path(__file__).resolve().parent.parent / "static" / "peixun" / "dist" / "manifest.json"


@lru_cache(maxsize=4)
def _read(path: Path, modified_ns: int) -> dict[str, str]:
    """Source name to built name; read again only when a build has written the manifest anew."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return {source.removeprefix("src/"): entry["file"] for source, entry in entries.items()}


def built_name(source: str) -> str:
    """The hashed name of a source such as `app.css`; the plain name where there was no build (tests)."""
    try:
        modified_ns = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return source
    return _read(MANIFEST, modified_ns).get(source, source)


@register.simple_tag
def asset(source: str) -> str:
    """`{% asset "app.css" %}`: the address of a built file."""
    return static(f"peixun/dist/{built_name(source)}")


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "home" %}`: an outlined icon, hidden from screen readers, so its label always stands beside."""
    return format_html(
        '<svg class="px-icon" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        asset("icons.svg"),
        name,
    )
