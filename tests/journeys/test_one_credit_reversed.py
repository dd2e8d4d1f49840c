"""One person's only credit of 2017 is reversed: everything changes by exactly that person, and the ledger stands."""

import io
import json
import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Page, expect

from peixun.ledger.models import CreditEntry
from peixun.ledger.operations import reverse
from peixun.people.models import Membership
from peixun.people.queries.scope import system_actor
from tests.browser import City
from tests.factories.world import NOW
from tests.journeys.places import Way, number, rows_of, way_down

REASON = "与另一份名册重复"
ALWAYS = {"trained_total", "coverage_rate", "all_person_times"}
"""Figures that count every person or attendance; others do when the credit is of their kind."""


def command(*words: str) -> dict:
    """What a command prints as JSON."""
    out = io.StringIO()
    call_command(*words, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def entry(city: City) -> CreditEntry:
    """The only entry of 2017 that stands of a member of the secretary's branch."""
    branch = way_down().branch
    members = Membership.objects.on(NOW.date()).filter(organisation=branch, since__lt="2016-12-31")
    person_id = members.order_by("pk")[0].person_id
    *others, last = CreditEntry.objects.effective().filter(person=person_id, happened_on__year=2017).order_by("pk")
    for other in others:
        reverse(other, reason=REASON, by=system_actor(), at=NOW)
    return last


@dataclass
class Said:
    """What coverage, report and lists say at one moment."""

    coverage: dict[str, dict]
    figures: dict[str, dict]
    uncovered: list[tuple[str, str]]


def said(way: Way, folder: Path) -> Said:
    """What is said of 2017, of the branch and of everything above it."""
    codes = [organisation.code for organisation in (way.city, way.county, way.township, way.branch)]
    coverage = {code: command("coverage", "--org", code, "--year", "2017") for code in codes}
    figures, gaps = folder / "f.json", folder / "gaps.xlsx"
    report = ("--out", str(folder / "r.docx"), "--figures", str(figures))
    call_command("report", "work", "--org", way.city.code, "--year", "2017", *report, stdout=io.StringIO())
    call_command("gaps", "--org", way.city.code, "--year", "2017", "--out", str(gaps), stdout=io.StringIO())
    return Said(
        coverage,
        {figure["key"]: figure for figure in json.loads(figures.read_text(encoding="utf-8"))},
        [(str(row["姓名"]), str(row["党支部代码"])) for row in rows_of(gaps) if row["是否已训"] == "否"],
    )


def value_of(said: Said, key: str) -> int:
    """The number of people, attendances or things that a figure counts; nothing where it isn't said."""
    return said.figures[key]["numerator"]["value"] if key in said.figures else 0


def reverse_on_screen(page: Page, entry: CreditEntry) -> None:
    """From the person's record to the entry, and reverse it there."""
    page.goto(f"/coverage/person/{entry.person_id}/?year=2017")
    page.locator(f"a[href='/ledger/entry/{entry.pk}/']").first.click()
    page.get_by_role("link", name="冲销这条记录").click()
    page.locator("input[name=reason], textarea[name=reason]").fill(REASON)
    page.get_by_role("button", name="冲销这").click()
    expect(page.locator(".px-notice--success")).to_contain_text("已冲销")


def listed(page: Page, code: str, entry: CreditEntry) -> tuple[int, int, bool]:
    """People and entries that the list behind 2017's figure recounts, and whether it shows the entry."""
    page.goto(f"/coverage/{code}/entries/?year=2017")
    recounted = page.locator("#recount tbody tr").last.locator("td")
    expect(page.locator("#recount")).to_contain_text("两者一致")
    figures = number(recounted.nth(0).inner_text()), number(recounted.nth(3).inner_text())
    link, older = page.locator(f"a[href='/ledger/entry/{entry.pk}/']"), page.locator("a[rel=next]")
    while link.count() == 0 and older.count():
        page.goto(urljoin(page.url, older.get_attribute("href")))
    return *figures, link.count() == 1


def test_coverage_report_and_lists_change_by_exactly_that_person(city: City, entry: CreditEntry, tmp_path):
    way = way_down()
    page = city.page("county")
    before, entries_before = said(way, tmp_path), listed(page, way.branch.code, entry)
    reverse_on_screen(page, entry)
    after, entries_after = said(way, tmp_path), listed(page, way.branch.code, entry)

    for code, was in before.coverage.items():
        now = after.coverage[code]
        assert now["members"]["due"] == was["members"]["due"]
        assert now["members"]["covered"] == was["members"]["covered"] - 1, code
        assert now["person_times"] == was["person_times"] - 1
        assert Decimal(now["hours"]) == Decimal(was["hours"]) - entry.hours
    changes = {key: value_of(after, key) - value_of(before, key) for key in before.figures}
    assert set(changes.values()) == {0, -1}
    assert changes.keys() >= ALWAYS
    assert {changes[key] for key in ALWAYS} == {-1}
    # Nobody was missing before; now the report says that one is, and where.
    assert before.uncovered == []
    new = {key: after.figures[key] for key in after.figures.keys() - before.figures.keys()}
    assert {key.partition("_")[0] for key in new} == {"uncovered", "coverage"}
    assert new["uncovered_total"]["value"] == new[f"uncovered_in:{way.county.code}"]["value"] == 1
    for key in ALWAYS:
        assert after.figures[key]["entries"] == before.figures[key]["entries"] - 1
    assert after.uncovered == [(entry.person.name, way.branch.code)]
    assert entries_before == (entries_after[0] + 1, entries_after[1] + 1, True)
    assert not entries_after[2]

    command("ledger", "seal")
    found = command("ledger", "verify")
    assert (found["intact"], found["unsealed"]) == (True, 0)


def test_a_row_that_was_changed_behind_the_applications_back_is_named(city: City, entry: CreditEntry):
    assert command("ledger", "verify")["intact"]
    database = connection.settings_dict["NAME"]
    intruder = sqlite3.connect(database)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        intruder.execute("UPDATE ledger_creditentry SET hours = 8 WHERE id = ?", [entry.pk])
    intruder.execute("DROP TRIGGER guard_ledger_creditentry_update")
    intruder.execute("UPDATE ledger_creditentry SET hours = hours + 8 WHERE id = ?", [entry.pk])
    intruder.commit()
    intruder.close()
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("ledger", "verify", "--format", "json", stdout=out)
    assert left.value.code == 1
    assert [(f["fault"], f["entry"]) for f in json.loads(out.getvalue())["faults"]] == [("changed", entry.pk)]
