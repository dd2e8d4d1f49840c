"""Where the journeys go: from the city down to the branch of the demo's secretary, and a figure out of a text."""

import re
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page

from peixun.people.models import Account, Organisation


@dataclass(frozen=True)
class Way:
    """The organisations on the way down."""

    city: Organisation
    county: Organisation
    township: Organisation
    branch: Organisation


def way_down() -> Way:
    """The way to the branch of the demo's secretary."""
    branch = Account.objects.get(login="secretary").grants.get().organisation
    township = branch.parent
    county = township.parent
    return Way(county.parent, county, township, branch)


def number(text: str) -> int:
    """The first number of a text."""
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def first_answer(page: Page) -> str:
    """The sentence with which an answer page begins."""
    return page.locator("p.px-answer").first.inner_text()


def gap(page: Page) -> int:
    """How many people the sentence says are missing."""
    said = re.search(r"还差\s*([\d,]+)\s*人", first_answer(page))
    return int(said[1].replace(",", "")) if said else 0


def downloaded(page: Page, link: str, folder: Path) -> Path:
    """The file behind a link of the page."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def rows_of(path: Path) -> list[dict[str, object]]:
    """The rows of a workbook's first sheet under the last line of headings that it begins with."""
    sheet = load_workbook(path).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(i for i, row in enumerate(rows) if all(row[:3]))
    return [dict(zip(rows[start], row, strict=False)) for row in rows[start + 1 :] if any(row)]
