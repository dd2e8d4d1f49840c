"""Where the journeys go: from the city down to the branch of the demo's secretary, and a figure out of a text."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


class Standing(NamedTuple):
    """How many people are due, covered and fulfilled somewhere."""

    due: int
    covered: int
    fulfilled: int

    def moved(self, other: "Standing") -> "Standing":
        """What has to be added to get from here to the other."""
        return Standing(*(after - before for before, after in zip(self, other, strict=True)))


def standing(page: Page, code: str, more: str = "") -> Standing:
    """What the coverage page of an organisation says; `more` is the rest of the address."""
    page.goto(f"/coverage/{code}/{more}")
    figures = page.locator(".px-figures .px-figure")
    said = {
        figure.locator(".px-figure-label").inner_text(): number(figure.locator(".px-figure-value").inner_text())
        for figure in figures.all()
    }
    return Standing(said["应训"], said["已训"], said["达标"])


def foretold(page: Page) -> dict[str, Standing]:
    """What a preview says will move, by the name of the place; nothing where it says that nothing does."""
    moves = {}
    for row in page.locator(
        "section[aria-labelledby=effect] tbody tr, section[aria-labelledby=receive] tbody tr"
    ).all():
        pairs = [re.findall(r"\d+", cell) for cell in row.locator("td").all_inner_texts()]
        moves[row.locator("th").inner_text()] = Standing(*(int(after) - int(before) for before, after in pairs))
    return moves


def total(moves: list[Standing]) -> Standing:
    """Several moves added up."""
    return Standing(*(sum(column) for column in zip(*moves, strict=True)))
