"""Who is not covered: from the city down to a person and back to the list; with a script, without, by keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.browser import City, sign_in
from tests.journeys.places import downloaded, first_answer, gap, number, rows_of, way_down


def go_down(page: Page, *names: str) -> None:
    """Open one organisation below the other, from the table of what lies below."""
    for name in names:
        page.locator("section[aria-labelledby=children] tbody th").get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".px-page-head p").first).to_contain_text(name)


def test_the_citys_office_drills_down_to_a_person_and_takes_the_gap_list_home(city: City, tmp_path):
    way = way_down()
    page = city.page()
    sign_in(page, "city")
    assert "全市应训" in first_answer(page)
    go_down(page, way.county.name, way.township.name, way.branch.name)
    missing = gap(page)
    assert missing > 0

    person = page.locator("section[aria-labelledby=missing] .px-list a").first
    name = person.locator(".px-list-title").inner_text()
    person.click()
    expect(page.locator("h1")).to_contain_text(f"{name} 学习档案")
    expect(page.locator("section[aria-labelledby=asked]")).to_contain_text("还差")

    page.go_back()
    page.locator("p.px-answer").first.get_by_role("link", name=re.compile(rf"^{missing} 人")).click()
    expect(page.locator("h1")).to_have_text("2018年未参训名单")
    assert number(first_answer(page)) == missing
    assert page.locator("table tbody tr").count() == missing

    rows = rows_of(downloaded(page, "导出名单", tmp_path))
    assert len(rows) == missing
    assert {row["所在党支部"] for row in rows} == {way.branch.name}
    assert {row["是否已训"] for row in rows} == {"否"}
    assert name in {row["姓名"] for row in rows}


def test_the_tree_opens_in_place_and_back_shuts_it(city: City):
    way = way_down()
    page = city.page("city")
    page.goto(f"/coverage/{way.city.code}/tree/")
    for place in (way.county, way.township, way.branch):
        page.locator(f"#open-{place.code}").click()
        expect(page.locator(f"#open-{place.code}")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".px-tree-people a").first).to_be_visible()
    page.go_back()
    expect(page.locator(f"#open-{way.branch.code}")).to_have_attribute("aria-expanded", "false")
    expect(page.locator(f"#open-{way.township.code}")).to_have_attribute("aria-expanded", "true")


def test_all_of_it_works_without_a_script(city: City, tmp_path):
    way = way_down()
    page = city.page(script=False)
    sign_in(page, "city")
    go_down(page, way.county.name, way.township.name, way.branch.name)
    missing = gap(page)
    page.locator("p.px-answer").first.get_by_role("link", name=re.compile(rf"^{missing} 人")).click()
    assert page.locator("table tbody tr").count() == missing
    assert len(rows_of(downloaded(page, "导出名单", tmp_path))) == missing

    page.goto(f"/coverage/{way.city.code}/tree/")
    for place in (way.county, way.township, way.branch):
        page.locator(f"#open-{place.code}").click()
    page.locator(".px-tree-people a").first.click()
    expect(page.locator("h1")).to_contain_text("学习档案")

    page.goto(f"/coverage/{way.city.code}/")
    page.locator("select[name=year]").select_option("2017")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("h1")).to_have_text("2017年教育培训覆盖情况")


def test_by_keyboard_alone_one_signs_in_and_reaches_a_branch(city: City):
    way = way_down()
    page = city.page()
    page.goto("/")
    tab_to(page, "#id_username")
    page.keyboard.type("city")
    page.keyboard.press("Tab")
    page.keyboard.type("peixun-2018")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("2018年教育培训覆盖情况")
    # The first stop leads past the navigation.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "px-skip"
    page.keyboard.press("Enter")
    for place in (way.county, way.township, way.branch):
        link = f"section[aria-labelledby=children] a[href^='/coverage/{place.code}/?']"
        tab_to(page, link)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Enter")
        expect(page.locator(".px-page-head p").first).to_contain_text(place.name)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits has the focus."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard doesn't reach {selector}")
