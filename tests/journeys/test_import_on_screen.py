"""A members' file with a bad row: checked, its good rows imported, the bad one corrected and brought in again."""

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Person
from tests.browser import City, sign_in, work_off_tasks
from tests.factories.rosters import number, workbook
from tests.journeys.places import downloaded, way_down

HEAD = ["姓名", "公民身份号码", "性别", "民族", "人员类别", "所在党支部", "加入党组织日期", "手机号码"]
RIGHT = [number(401), number(402), number(403)]
WRONG = RIGHT[2][:-1] + ("0" if RIGHT[2][-1] != "0" else "1")


def members(branch: str, *numbers: str) -> list[list[str]]:
    """Rows of members who are new to the branch."""
    names = ("郑一新", "郑二新", "郑三新")
    return [
        [name, given, "男", "汉族", "正式党员", branch, "2004-07-01", "13900001234"]
        for name, given in zip(names, numbers, strict=True)
    ]


def upload(page: Page, path: Path, what: str) -> None:
    """Bring a file to the import page; what waits is worked off before one looks again."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="导入").click()
    page.get_by_label(what, exact=True).check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("[role=progressbar], progress").first).to_be_visible()
    work_off_tasks()
    # The page finds out by itself that the work has ended.
    expect(page.get_by_role("button", name="确认导入")).to_be_visible()


def confirm(page: Page) -> None:
    """Have written what the page shows."""
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("[role=progressbar], progress").first).to_be_visible()
    work_off_tasks()
    expect(page.locator(".px-messages, main").get_by_text("已经导入。")).to_be_visible()


def corrected(path: Path, was: str, right: str) -> Path:
    """The workbook of bad rows with one cell put right, as somebody does it in Excel."""
    book = load_workbook(path)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == was]
    assert len(cells) == 1
    cells[0].value = right
    book.save(path)
    return path


def on_roll(branch_id: int) -> set[str]:
    """Names of the members of a branch."""
    return set(Membership.objects.filter(organisation=branch_id, until=None).values_list("person__name", flat=True))


def test_good_rows_come_in_and_the_bad_one_after_it_was_corrected(city: City, tmp_path):
    branch = way_down().branch
    before = on_roll(branch.pk)
    page = city.page()
    sign_in(page, "county")
    upload(page, workbook(tmp_path / "党员.xlsx", HEAD, *members(branch.code, RIGHT[0], RIGHT[1], WRONG)), "党员名册")
    expect(page.locator("p.px-answer")).to_contain_text("共 3 行：新增 2")
    problem = page.locator("section[aria-labelledby=problems] tbody tr")
    expect(problem).to_have_count(1)
    expect(problem).to_contain_text("公民身份号码")
    assert WRONG not in page.content()
    assert on_roll(branch.pk) == before

    # Bad rows are left out only when somebody says so.
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".px-notice--error")).to_be_visible()
    assert on_roll(branch.pk) == before
    city.faults[:] = [fault for fault in city.faults if "422" not in fault]
    page.get_by_label("有问题的行先不导入").check()
    confirm(page)
    assert on_roll(branch.pk) == before | {"郑一新", "郑二新"}

    bad = corrected(downloaded(page, "下载这些行，改好后再上传", tmp_path), WRONG, RIGHT[2])
    upload(page, bad, "党员名册")
    expect(page.locator("p.px-answer")).to_contain_text("共 1 行：新增 1")
    confirm(page)
    assert on_roll(branch.pk) == before | {"郑一新", "郑二新", "郑三新"}


def test_credits_come_in_once_however_often_the_file_is_brought(city: City, tmp_path):
    way = way_down()
    secretary = Person.objects.get(account__login="secretary")
    entries = CreditEntry.objects.filter(person=secretary)
    before = entries.count()
    page = city.page("county")
    page.goto("/import/")
    take_member = workbook(tmp_path / "党员.xlsx", HEAD, *members(way.branch.code, *RIGHT)[:1])
    upload(page, take_member, "党员名册")
    confirm(page)
    head = ["公民身份号码", "姓名", "活动名称", "日期", "学时", "活动类型", "主题", "层级", "组织单位代码", "凭证号"]
    row = [RIGHT[0], "郑一新", "春季讲座", "2018-06-29", 4, "讲座", "", "县级普遍", way.county.code, "CJ-1"]
    path = workbook(tmp_path / "学时.xlsx", head, row)
    upload(page, path, "学时记录")
    expect(page.locator("p.px-answer")).to_contain_text("新增 1")
    confirm(page)
    upload(page, path, "学时记录")
    expect(page.locator("p.px-answer")).to_contain_text("不变 1")
    assert entries.count() == before
    assert CreditEntry.objects.filter(source_ref="CJ-1").count() == 1


def test_what_is_no_workbook_is_refused_in_words(city: City, tmp_path):
    path = tmp_path / "党员.xlsx"
    path.write_bytes(b"MZ\x90\x00 no workbook at all")
    page = city.page("county")
    page.goto("/import/")
    page.get_by_label("党员名册", exact=True).check()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并检查").click()
    people = Person.objects.count()
    work_off_tasks()
    expect(page.locator(".px-notice--error")).to_be_visible()
    expect(page.locator("main")).to_contain_text("没有写入任何内容")
    assert Person.objects.count() == people
