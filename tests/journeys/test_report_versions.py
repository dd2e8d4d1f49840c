"""A report that was issued stays as it was; what came after the year was closed is told apart in the next version."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from peixun.ledger.models import CreditEntry, LateEntry
from peixun.people.models import Person
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import system_actor
from tests.browser import City, work_off_tasks
from tests.factories.rosters import number as citizen_number
from tests.factories.rosters import workbook
from tests.factories.world import NOW
from tests.journeys.places import Way, standing, way_down

HEAD = ["公民身份号码", "姓名", "活动名称", "日期", "学时", "活动类型", "主题", "层级", "组织单位代码", "凭证号"]
NAME = "司马望春"
WHY = "签到表年后才送到"


def untrained(way: Way) -> Person:
    """A member of the secretary's branch whom nobody has trained in 2017."""
    new = NewPerson(
        name=NAME,
        citizen_number=citizen_number(490),
        birth_date=date(1980, 5, 1),
        organisation_id=way.branch.pk,
        member_since=date(2010, 1, 1),
    )
    return Person.objects.get(pk=enrol([new], by=system_actor(), at=NOW)[0])


def document(page: Page, folder: Path, name: str) -> bytes:
    """The file of the version that the page shows."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载这一版").click()
    path = folder / name
    waiting.value.save_as(path)
    return path.read_bytes()


def close_year(page: Page, way: Way) -> None:
    """Close 2017 for the county."""
    page.goto(f"/coverage/{way.county.code}/close/?year=2017")
    page.get_by_role("button", name="关账 2017 年度").click()
    expect(page.locator(".px-notice--success")).to_contain_text("已关账")


def bring_late(page: Page, path: Path) -> None:
    """Import hours of the closed year: refused without a reason, written with one."""
    page.goto("/import/")
    page.get_by_label("学时记录", exact=True).check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    work_off_tasks()
    page.reload()
    expect(page.locator("p.px-answer")).to_contain_text("新增 1")
    expect(page.locator(".px-notice--warning")).to_contain_text("有 1 条属于已经关账的年度（2017）")
    page.locator("[name=late_reason]").fill(WHY)
    page.get_by_role("button", name="确认导入").click()
    work_off_tasks()
    page.reload()
    expect(page.locator("main")).to_contain_text("已经导入。")


def test_a_late_entry_is_named_in_the_next_version_and_the_first_stays_as_it_was(city: City, tmp_path):
    way = way_down()
    person = untrained(way)
    page = city.page("county")
    page.goto(f"/reports/{way.county.code}/2017/")
    page.get_by_label("出具说明").fill("送审")
    page.get_by_role("button", name="出具第 1 版").click()
    expect(page.locator("h1")).to_contain_text("第 1 版")
    first, as_issued = page.url, document(page, tmp_path, "1.docx")
    close_year(page, way)
    before = standing(page, way.county.code, "?year=2017")

    row = [citizen_number(490), NAME, "冬季讲座", "2017-12-20", 4, "讲座", "", "县级普遍", way.county.code, "BJ-1"]
    bring_late(page, workbook(tmp_path / "学时.xlsx", HEAD, row))
    entry = CreditEntry.objects.get(person=person)
    assert LateEntry.objects.get(entry=entry).reason == WHY
    after = standing(page, way.county.code, "?year=2017")
    assert before.moved(after)[:2] == (0, 1)

    page.goto(first)
    page.get_by_role("link", name="与现在的数字比较").click()
    page.get_by_label("出具说明").fill("补记一条")
    page.get_by_role("button", name="出新版").click()
    expect(page.locator("h1")).to_contain_text("第 2 版")
    tables = page.locator("section[aria-labelledby=differences] table")
    entries = tables.filter(has_text="新登记或冲销").locator("tbody tr")
    expect(entries).to_have_count(1)
    expect(entries.locator(f"a[href='/ledger/entry/{entry.pk}/']")).to_have_count(1)
    expect(entries).to_contain_text("冬季讲座")
    trained = tables.first.locator("tbody tr").filter(has_text=str(before.covered)).filter(has_text=str(after.covered))
    assert trained.count() >= 1
    newly = page.locator("tr", has=page.get_by_role("rowheader", name="学时记录：新计入"))
    assert newly.locator("td").all_inner_texts() == ["0", "+1"]

    page.goto(first)
    expect(page.locator(".px-notice--warning")).to_contain_text("之后已出新版")
    assert document(page, tmp_path, "again.docx") == as_issued
    page.goto("/coverage/closings/")
    page.locator("main tbody a", has_text=way.county.name).first.click()
    late = page.locator("section[aria-labelledby=late]")
    expect(late).to_contain_text("补记 1 条，冲销 0 条")
    expect(late).to_contain_text(WHY)
