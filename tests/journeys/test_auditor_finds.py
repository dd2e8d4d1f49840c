"""The auditor of a county sees who opened a person's number, who brought a file in and who reversed hours."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from peixun.ledger.models import CreditEntry
from peixun.people.models import Person, Role
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import system_actor
from tests.browser import City, work_off_tasks
from tests.factories.rosters import number as citizen_number
from tests.factories.rosters import workbook
from tests.factories.world import NOW, account
from tests.journeys.places import way_down

HEAD = ["公民身份号码", "姓名", "活动名称", "日期", "学时", "活动类型", "主题", "层级", "组织单位代码", "凭证号"]
NAME = "东方既白"


def bring(page: Page, path: Path) -> None:
    """Import a file of hours."""
    page.goto("/import/")
    page.get_by_label("学时记录", exact=True).check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    work_off_tasks()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    work_off_tasks()
    expect(page.locator("main").get_by_text("已经导入。")).to_be_visible()


def member() -> Person:
    """A member of the secretary's branch with a citizen number."""
    new = NewPerson(
        name=NAME,
        citizen_number=citizen_number(495),
        birth_date=date(1980, 5, 1),
        organisation_id=way_down().branch.pk,
        member_since=date(2010, 1, 1),
    )
    return Person.objects.get(pk=enrol([new], by=system_actor(), at=NOW)[0])


def test_who_looked_who_imported_and_who_reversed_is_found_from_the_record(city: City, tmp_path):
    way, person = way_down(), member()
    account("examiner", role=Role.AUDITOR, organisation=way.county)
    clerk = city.page("county")
    clerk.goto(f"/coverage/person/{person.pk}/")
    clerk.get_by_role("button", name="显示完整号码").click()
    expect(clerk.locator("#numbers")).to_contain_text(citizen_number(495))

    row = [citizen_number(495), NAME, "夏季讲座", "2018-06-20", 4, "讲座", "", "县级普遍", way.county.code, "XJ-1"]
    bring(clerk, workbook(tmp_path / "学时.xlsx", HEAD, row))
    entry = CreditEntry.objects.get(person=person)
    clerk.goto(f"/ledger/entry/{entry.pk}/")
    clerk.get_by_role("link", name="冲销这条记录").click()
    clerk.locator("input[name=reason], textarea[name=reason]").fill("本人没有到场")
    clerk.get_by_role("button", name="冲销这").click()
    expect(clerk.locator(".px-notice--success")).to_contain_text("已冲销")

    page = city.page("examiner")
    page.goto(f"/coverage/person/{person.pk}/")
    # One click from the record to whoever looked at it.
    page.get_by_role("link", name="谁查看过").click()
    looked = page.locator("table tbody tr").filter(has_text="查看完整号码")
    expect(looked).to_have_count(1)
    expect(looked.get_by_role("cell").first).to_contain_text("county")
    expect(looked).to_contain_text(NAME)
    assert citizen_number(495) not in page.content()

    page.goto("/people/trail/")
    page.locator("[name=who]").fill("county")
    page.get_by_role("button", name="查看", exact=True).click()
    for act in ("导入学时", "冲销学时"):
        line = page.locator("table tbody tr").filter(has_text=act)
        expect(line).to_have_count(1)
        expect(line).to_contain_text("county")
