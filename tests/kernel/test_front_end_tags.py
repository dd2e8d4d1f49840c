"""Hashed names, icons and numbers in templates."""

import datetime
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils.translation import override

from peixun.kernel.templatetags import peixun_assets
from peixun.kernel.templatetags.peixun_format import lacking, percent_of


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "manifest.json"
    monkeypatch.setattr(peixun_assets, "MANIFEST", path)
    return path


def _render(source: str) -> str:
    return Template("{% load peixun_assets %}" + source).render(Context())


def test_an_asset_has_the_name_that_the_build_gave_it(manifest: Path) -> None:
    manifest.write_text(json.dumps({"src/app.css": {"file": "style-abc12345.css"}}))
    assert _render('{% asset "app.css" %}') == "/static/peixun/dist/style-abc12345.css"


def test_a_new_build_is_seen_without_a_restart(manifest: Path) -> None:
    manifest.write_text(json.dumps({"src/app.ts": {"file": "app-1.js"}}))
    assert _render('{% asset "app.ts" %}').endswith("/app-1.js")
    manifest.write_text(json.dumps({"src/app.ts": {"file": "app-2.js"}}))
    os.utime(manifest, ns=(1, 1))
    assert _render('{% asset "app.ts" %}').endswith("/app-2.js")


def test_without_a_build_the_plain_name_stands(manifest: Path) -> None:
    assert not manifest.exists()
    assert _render('{% asset "app.css" %}') == "/static/peixun/dist/app.css"


def test_an_icon_is_hidden_from_screen_readers_and_escaped(manifest: Path) -> None:
    manifest.write_text(json.dumps({"src/icons.svg": {"file": "icons-1.svg"}}))
    drawn = _render('{% icon "home" %}')
    assert 'aria-hidden="true"' in drawn
    assert 'href="/static/peixun/dist/icons-1.svg#home"' in drawn
    assert "<script>" not in Template("{% load peixun_assets %}{% icon name %}").render(Context({"name": "<script>"}))


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (98012, 98012, "100.0%"),
        (98011, 98012, "99.9%"),
        (96204, 98012, "98.1%"),
        (0, 12, "0.0%"),
        (Decimal("20.25"), Decimal("32.00"), "63.2%"),
        (0, 0, "—"),
        (None, 5, "—"),
    ],
)
def test_a_share_is_rounded_down_so_that_100_means_all(
    part: int | Decimal | None, whole: int | Decimal, shown: str
) -> None:
    assert percent_of(part, whole) == shown


def test_what_is_lacking_is_never_negative() -> None:
    assert lacking(32, Decimal("20.50")) == Decimal("11.50")
    assert lacking(32, 40) == 0
    assert lacking(None, None) == 0


def test_a_bar_draws_plain_numbers_and_says_them_in_words() -> None:
    drawn = render_to_string("peixun/_bar.html", {"due": 98012, "covered": 96204, "fulfilled": 82330})
    assert 'viewBox="0 0 98012 12"' in drawn
    assert 'width="96204"' in drawn
    assert "98.1%" in drawn
    assert "style=" not in drawn


def test_a_bar_of_nobody_says_so() -> None:
    drawn = render_to_string("peixun/_bar.html", {"due": 0, "covered": 0, "fulfilled": 0})
    assert "无应训人员" in drawn
    assert "<svg" not in drawn


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_an_error_page_needs_no_request(code: int) -> None:
    page = render_to_string(f"{code}.html")
    assert '<main id="main"' in page
    assert page.count("<h1>") == 1


def test_no_template_of_the_kernel_breaks_the_content_security_policy() -> None:
    templates = Path(peixun_assets.__file__).parent.parent / "templates"
    pages = {path.name: path.read_text(encoding="utf-8") for path in templates.rglob("*.html")}
    assert len(pages) > 20
    broken = [name for name, text in pages.items() if " style=" in text or " onclick=" in text or "hx-on" in text]
    assert broken == []


@pytest.mark.parametrize(("language", "day"), [("zh-hans", "2018年6月30日"), ("en", "30 June 2018")])
def test_dates_and_numbers_are_written_as_the_language_writes_them(language: str, day: str) -> None:
    with override(language):
        shown = Template("{{ day }} · {{ people }}").render(
            Context({"day": datetime.date(2018, 6, 30), "people": 98012})
        )
    assert shown == f"{day} · 98,012"
