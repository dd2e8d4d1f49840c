"""Files to import: small workbooks, and rows of members with valid numbers."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from peixun.kernel import citizen_number, clock, imports
from peixun.people.queries.scope import Actor, system_actor
from tests.factories.world import NOW


def workbook(path: Path, *rows: list[Any]) -> Path:
    """A workbook with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def number(index: int = 1, *, birth: date = date(1980, 5, 1), woman: bool = False) -> str:
    """A valid citizen number; each index is another one."""
    return citizen_number.make(region="620402", birth=birth, sequence=index * 2 + (0 if woman else 1))


def plan(key: str, path: Path, *, actor: Actor | None = None) -> imports.ImportPlan:
    """What a file would change."""
    chosen = imports.importer(key)
    return imports.plan_file(chosen, path, actor=actor or system_actor(), today=clock.today())


def take(key: str, path: Path, *, actor: Actor | None = None) -> imports.ImportPlan:
    """Import the good rows of a file."""
    made = plan(key, path, actor=actor)
    imports.apply_plan(imports.importer(key), made, by=actor or system_actor(), at=NOW)
    return made


def counts(made: imports.ImportPlan) -> tuple[int, int, int, int]:
    """New, changed, unchanged, bad; they add up to the rows."""
    assert made.new + made.changed + made.unchanged + made.bad == made.rows
    return made.new, made.changed, made.unchanged, made.bad


def reasons(made: imports.ImportPlan) -> dict[int, str]:
    """The reasons of each bad row in one text."""
    found: dict[int, str] = {}
    for problem in made.problems():
        found[problem.row] = found.get(problem.row, "") + f"{problem.column}：{problem.reason}；"
    return found
