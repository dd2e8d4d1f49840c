"""The example files of the guides name commands, options and settings that exist."""

import re
import shlex
from argparse import ArgumentError
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
GUIDES = [ROOT / "docs" / name for name in ("install-single-machine.md", "install-postgresql.md", "upgrading.md")]
UNITS = sorted(EXAMPLES.glob("*.service"))


def _commands(text: str) -> list[list[str]]:
    lines = re.findall(r"/opt/peixun/venv/bin/peixun ([^'\n\"]+)", text)
    # What the shell puts in, such as today's date, is one word.
    return [shlex.split(re.sub(r"\$\([^)]*\)", "now", line)) for line in lines]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_understand_their_options(unit):
    text = unit.read_text()
    found = _commands(text)
    assert found
    for name, *words in found:
        command = load_command_class(get_commands()[name], name)
        try:
            command.create_parser("peixun", name).parse_args(words)
        except (ArgumentError, SystemExit) as refusal:
            pytest.fail(f"{unit.name}: {name} {words}: {refusal}")
    assert "User=peixun" in text
    assert "EnvironmentFile=/etc/peixun/peixun.env" in text


def test_every_setting_of_the_example_is_documented():
    documented = set(re.findall(r"`(PEIXUN_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    named = set(re.findall(r"^#?(PEIXUN_[A-Z_]+)=", (EXAMPLES / "peixun.env").read_text(), re.MULTILINE))
    assert named
    assert named <= documented


def test_the_web_server_leaves_headers_to_peixun_and_hides_the_figures():
    text = (EXAMPLES / "nginx.conf").read_text()
    assert "add_header" not in text
    assert "location = /metrics { return 404; }" in text
    bound = re.search(r"--bind (\S+)", (EXAMPLES / "peixun-web.service").read_text())[1]
    assert set(re.findall(r"proxy_pass http://([^;]+);", text)) == {bound}
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in (EXAMPLES / "peixun-proxy.conf").read_text()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guides_name_files_and_commands_that_are_there(guide):
    text = guide.read_text()
    assert [name for name in re.findall(r"examples/([\w.-]+)", text) if not (EXAMPLES / name).exists()] == []
    assert [to for to in re.findall(r"\]\(([^)#:]+)[^)]*\)", text) if not (guide.parent / to).exists()] == []
    named = set(re.findall(r"(?:^ {4}|`|&& |bin/)peixun ([a-z]+)\b", text, re.MULTILINE))
    assert named - set(get_commands()) == set()
