"""The shape of the house: layers of foreign keys, sizes of files, docstrings of rooms, no way around the ledger."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

PACKAGE = Path(__file__).resolve().parents[2] / "peixun"
CONTRACT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
LAYERS = [line.replace(" ", "").split("|") for line in CONTRACT["layers"]]
RANK = {room: len(LAYERS) - i for i, rooms in enumerate(LAYERS) for room in rooms}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
FILES = [
    *MODULES,
    *(PACKAGE.rglob("templates/**/*.html")),
    *(p for p in (PACKAGE.parent / "tests").rglob("*.py")),
    *(p for p in (PACKAGE.parent / "frontend" / "src").rglob("*.ts")),
]


def rooms():
    return [c for c in apps.get_app_configs() if c.name.startswith("peixun.")]


def test_foreign_keys_point_down():
    crooked = []
    for config in rooms():
        for model in config.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, ForeignKey):
                    target = field.related_model._meta.app_label
                    if target in RANK and RANK[target] > RANK[config.label]:
                        crooked.append(f"{model.__name__}.{field.name} → {target}")
    assert crooked == []


def test_nothing_reaches_back_into_the_ledger():
    crooked = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("ledger").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        and field.related_model._meta.app_label != "ledger"
        and not field.remote_field.hidden
    ]
    assert crooked == []


def test_every_room_says_what_it_owns():
    silent = [c.name for c in rooms() if len((c.module.__doc__ or "").strip().splitlines()) < 1]
    assert silent == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE.parent)))
def test_no_file_is_over_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_function_imports_anything_but_in_ready():
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                if inner and path.name != "apps.py":
                    found.append(f"{path.relative_to(PACKAGE)}:{inner[0].lineno}")
    assert found == []


def test_only_the_ledger_writes_credits():
    names = ("CreditEntry.objects.create", "CreditEntry.objects.bulk_create", "CreditEntry(", "Activity(")
    found = [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if "ledger" not in path.parts and any(f" {name}" in path.read_text(encoding="utf-8") for name in names)
    ]
    assert found == []


def test_the_business_date_is_asked_only_at_the_edges():
    """Operations and rules take `at` and `on`; only views, commands, tasks and queries' defaults ask the clock."""
    found = [
        str(path.relative_to(PACKAGE))
        for path in MODULES
        if ("operations" in path.parts or path.stem in {"operations", "rules", "models"})
        and "clock.today()" in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_no_inline_style_or_script_in_templates():
    found = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        if " style=" in text or " onclick=" in text or "<script>" in text or " onchange=" in text:
            found.append(str(path.relative_to(PACKAGE)))
    assert found == []


def test_advisory_locks_have_numbers_of_their_own():
    """Two locks with one number would make strangers wait for each other, or for themselves."""
    found = [
        number
        for path in MODULES
        for number in re.findall(r"^\w+_LOCK = (\d+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(found) >= 3
    assert len(found) == len(set(found))


def test_no_template_writes_an_id_with_separators():
    """Numbers are written for people, 3,621: an id like that comes back from a form as nobody's."""
    bare = re.compile(r"\{\{\s*[\w.]*(?:\.pk|_id)\s*\}\}")
    crooked = [
        f"{path.relative_to(PACKAGE)}: {found}"
        for path in PACKAGE.rglob("templates/**/*.html")
        for found in bare.findall(path.read_text(encoding="utf-8"))
        if "auto_id" not in found
    ]
    assert crooked == []
