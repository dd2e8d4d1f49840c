"""A week at a county's office: members transferred, branches renamed and merged, records merged, a post; all undone."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from peixun.people.models import Membership, Organisation, Person, Post, Role
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import system_actor
from tests.browser import City
from tests.factories.rosters import number as citizen_number
from tests.factories.world import NOW, account
from tests.journeys.places import Standing, foretold, standing, total, way_down

PHONE = 390
SEE = "看看会改变什么"
NOTHING = Standing(0, 0, 0)


def press(page: Page | Locator, name: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def ordinary(branch: Organisation, many: int) -> list[Person]:
    """Members of a branch for years who hold no post."""
    posts = Post.objects.filter(until=None).values("person")
    rows = Membership.objects.filter(organisation=branch, until=None, since__lt="2016-12-31").exclude(person__in=posts)
    members = [row.person for row in rows.select_related("person").order_by("pk")[:many]]
    assert len(members) == many
    return members


def branches_below(place: Organisation, *, but: Organisation) -> list[Organisation]:
    """The branches below a place that are open, without one."""
    rows = Organisation.objects.filter(path__startswith=place.path, kind="branch", closed_on=None)
    return list(rows.exclude(pk=but.pk).order_by("path"))


def receiving() -> Organisation:
    """A branch of another county, with a secretary who signs in as “receiver”."""
    way = way_down()
    rows = Organisation.objects.filter(kind="branch", closed_on=None, founded_on__lt="2010-01-01")
    other = rows.exclude(path__startswith=way.county.path).order_by("path").first()
    account("receiver", role=Role.SECRETARY, organisation=other)
    return other


def propose(page: Page, branch: Organisation, to: Organisation, persons: list[Person]) -> dict[str, Standing]:
    """Choose several members, where to; look at the preview; send them. What the preview said is returned."""
    page.goto(f"/changes/branch/{branch.code}/")
    for person in persons:
        page.locator(f"input[name=person][value='{person.pk}']").check()
    press(page, "下一步：选择转入支部")
    expect(page.locator("h1")).to_have_text(f"转出 {len(persons)} 名党员")
    page.get_by_label("支部名称或代码").fill(to.code)
    press(page, "查找")
    page.get_by_label(to.name).check()
    page.get_by_label("转接日期").fill("2018-06-01")
    page.get_by_label("原因").fill("工作调动")
    press(page, SEE)
    moves = foretold(page)
    press(page, "发出转接")
    expect(page.locator("section[aria-labelledby=waiting] li")).to_have_count(len(persons))
    return moves


def accept(phone: Page, person: Person) -> Standing:
    """Receive one member on the phone; what the preview said of the branch."""
    phone.goto("/changes/")
    phone.locator("section[aria-labelledby=receive] a", has_text=person.name).first.click()
    moves = foretold(phone)
    press(phone, "接收")
    expect(phone.locator("section[aria-labelledby=facts]")).to_contain_text("已接收")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return moves[phone.locator("section[aria-labelledby=facts] dd").nth(1).inner_text()] if moves else NOTHING


def test_several_members_are_transferred_received_on_a_phone_and_sent_back(city: City):
    way, to = way_down(), receiving()
    persons = ordinary(way.branch, 3)
    office, phone, high = city.page("county"), city.page("receiver", width=PHONE, height=780), city.page("city")
    before = {code: standing(high, code) for code in (way.branch.code, to.code, way.city.code)}
    moves = propose(office, way.branch, to, persons)
    assert moves[to.name].due == -moves[way.branch.name].due == 3
    # Nothing moves before somebody has received them.
    assert {code: standing(high, code) for code in before} == before

    received = [accept(phone, person) for person in persons]
    after = {code: standing(high, code) for code in before}
    assert before[way.branch.code].moved(after[way.branch.code]) == moves[way.branch.name]
    assert before[to.code].moved(after[to.code]) == moves[to.name] == total(received)
    assert before[way.city.code].moved(after[way.city.code]) == moves["合计"]

    for person in persons:
        office.goto("/changes/")
        office.locator("section[aria-labelledby=decided] a", has_text=person.name).first.click()
        office.get_by_label("撤销的原因").fill("办错了")
        press(office, "撤销转接")
        expect(office.locator("section[aria-labelledby=facts]")).to_contain_text("已撤销")
    assert {code: standing(high, code) for code in before} == before


def change_of(page: Page, code: str, act: str) -> None:
    """From the page of changes to one kind of change of an organisation."""
    page.goto("/changes/organisations/")
    page.get_by_label("党组织名称或代码").fill(code)
    press(page, "查找")
    page.locator("section[aria-labelledby=which] li a").first.click()
    page.get_by_role("link", name=act).click()


def undo_change(page: Page) -> None:
    """Undo the change that the page shows."""
    press(page, "撤销这次变动")
    expect(page.locator("section[aria-labelledby=facts]")).to_contain_text("已撤销")


def test_a_branch_is_renamed_and_two_are_merged_and_both_are_undone(city: City):
    way = way_down()
    page = city.page("county")
    name = way.branch.name
    change_of(page, way.branch.code, "更名、更改类别")
    page.get_by_label("党组织名称").fill("向阳村党支部")
    page.get_by_label("更改日期").fill("2018-06-01")
    press(page, SEE)
    expect(page.locator("section[aria-labelledby=effect]")).to_contain_text("涉及党员")
    press(page, "确认更名、更改类别")
    expect(page.locator("h1")).to_contain_text("向阳村党支部")
    renamed = page.url
    page.goto(f"/coverage/{way.branch.code}/")
    expect(page.locator(".px-page-head p").first).to_contain_text("向阳村党支部")
    page.goto(renamed)
    undo_change(page)
    expect(page.locator("h1")).to_contain_text(name)

    into = branches_below(way.county, but=way.branch)[0]
    codes = (way.branch.code, into.code, way.county.code)
    before = {code: standing(page, code) for code in codes}
    change_of(page, way.branch.code, "并入其他党组织")
    page.get_by_label("党组织名称或代码").fill(into.code)
    press(page, "查找")
    page.get_by_label(into.name).check()
    page.get_by_label("并入日期").fill("2018-06-01")
    press(page, SEE)
    moves = foretold(page)
    expect(page.locator(".px-notice--warning")).to_contain_text(f"“{name}”从这一天起撤销")
    press(page, "确认并入其他党组织")
    expect(page.locator("section[aria-labelledby=facts]")).to_contain_text("已生效")
    merged = page.url
    after = {code: standing(page, code) for code in codes[1:]}
    assert before[into.code].moved(after[into.code]) == moves[into.name]
    assert moves[into.name].due > 0
    # A secretary whose post ends with the branch owes less from then on: the county gains what the two branches do.
    assert before[way.county.code].moved(after[way.county.code]) == total([moves[name], moves[into.name]])
    page.goto(merged)
    undo_change(page)
    assert {code: standing(page, code) for code in codes} == before


def test_two_records_of_one_person_become_one_and_are_two_again(city: City):
    way = way_down()
    other = branches_below(way.county, but=way.branch)[0]
    twice = [
        NewPerson(
            name="欧阳海棠",
            citizen_number=citizen_number(470 + index),
            birth_date=date(1980, 5, 1),
            organisation_id=branch.pk,
            member_since=date(2010, 1, 1),
        )
        for index, branch in enumerate((way.branch, other))
    ]
    enrol(twice, by=system_actor(), at=NOW)
    page = city.page("county")
    codes = (way.branch.code, other.code, way.county.code)
    before = {code: standing(page, code) for code in codes}
    page.goto("/changes/duplicates/")
    page.locator("section[aria-labelledby=suspects] a", has_text="欧阳海棠").click()
    page.get_by_label(f"记录甲：{way.branch.name}").check()
    press(page, SEE)
    moves = foretold(page)
    press(page, "合并两条记录")
    expect(page.locator(".px-notice--success")).to_contain_text("已合并“欧阳海棠”的两条记录")
    after = {code: standing(page, code) for code in codes}
    assert before[other.code].moved(after[other.code]) == moves[other.name] == Standing(-1, 0, 0)
    assert before[way.branch.code] == after[way.branch.code]
    assert before[way.county.code].moved(after[way.county.code]) == moves["合计"] == Standing(-1, 0, 0)

    page.goto("/changes/duplicates/")
    merged = page.locator("section[aria-labelledby=merged] li", has_text="欧阳海棠")
    merged.locator("summary").click()
    expect(merged.locator("details")).to_contain_text("应训人数重新按两人计")
    press(merged, "撤销这次合并")
    expect(page.locator("section[aria-labelledby=suspects]")).to_contain_text("欧阳海棠")
    assert {code: standing(page, code) for code in codes} == before


def test_a_post_is_taken_up_and_left(city: City):
    way = way_down()
    person = ordinary(way.branch, 1)[0]
    page = city.page("county")
    before = standing(page, way.branch.code)
    record = f"/changes/person/{person.pk}/"
    for act, day, button in (("任职", "2018-06-01", "任职日期"), ("免职", "2018-06-15", "免职日期")):
        page.goto(record)
        page.get_by_role("link", name=act, exact=True).click()
        if act == "任职":
            page.get_by_label("职务", exact=True).select_option(label="党务工作者")
        page.get_by_label(button).fill(day)
        press(page, SEE)
        foretold_here = foretold(page).get(way.branch.name, NOTHING)
        was = standing(city.page("county"), way.branch.code)
        press(page, "登记")
        expect(page).to_have_url(re.compile(record))
        expect(page.locator("section[aria-labelledby=made] li").first).to_contain_text(act)
        assert was.moved(standing(city.page("county"), way.branch.code)) == foretold_here
    for left in (1, 0):
        press(page.locator("section[aria-labelledby=made] li").nth(1 - left), "撤销")
        expect(page.locator("section[aria-labelledby=made] form")).to_have_count(left)
    assert standing(page, way.branch.code) == before
    assert not Post.objects.filter(person=person, until=None).exists()
