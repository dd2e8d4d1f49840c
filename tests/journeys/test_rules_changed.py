"""The city asks for less: a draft is tried out, published, and coverage then says what the trial said."""

import re

from playwright.sync_api import Locator, Page, expect

from peixun.coverage.operations import refresh
from tests.browser import City, work_off_tasks
from tests.journeys.places import Standing, number, standing, way_down

NAME = "2018年学时要求（修订）"


def drafted(page: Page) -> None:
    """A new version of what members of today owe: half of the hours, from the first day of the year."""
    page.goto("/rules/")
    pack = page.locator("section[aria-labelledby=requirements] article").filter(has_text="正在执行").first
    pack.get_by_role("button", name="以此为底稿拟新版").click()
    page.get_by_label("名称", exact=True).fill(NAME)
    page.get_by_label("生效日期").fill("2018-01-01")
    page.get_by_label("最后一天").fill("2018-12-31")
    page.get_by_label("依据").fill("市委组织部干训科 2018 年第 9 号")
    for field in page.locator("input[name$=-min_hours]").all():
        if field.input_value():
            field.fill(str(int(float(field.input_value())) // 2))
    page.get_by_role("button", name="保存并检查").click()
    expect(page.locator("section[aria-labelledby=check] .px-notice--error")).to_have_count(0)


def tried(page: Page) -> Locator:
    """What the trial says of 2018."""
    page.get_by_role("button", name="试算影响").click()
    work_off_tasks()
    page.reload()
    year = page.locator("section[aria-labelledby=trial] section")
    return year.filter(has=page.get_by_role("heading", name="2018年", exact=True))


def test_the_figures_after_publishing_are_those_of_the_trial(city: City):
    way = way_down()
    page = city.page("city")
    before = standing(page, way.city.code)
    county_before = standing(page, way.county.code)
    drafted(page)
    draft = page.url
    said = tried(page)
    was, will = (number(text) for text in said.locator("p.px-answer strong").all_inner_texts()[:2])
    assert was == before.fulfilled < will
    due, covered_was, covered = (number(text) for text in numbers_of(said.locator("p.px-second").last.inner_text()))
    assert (due, covered_was) == (before.due, before.covered)
    row = said.locator("tbody tr", has=page.get_by_role("rowheader", name=way.county.name)).first
    arrows = re.findall(r"([\d,]+) → ([\d,]+)", " ".join(row.locator("td").all_inner_texts()))
    (covered_there, covered_then), (fulfilled_there, fulfilled_then) = [map(number, pair) for pair in arrows]
    assert (covered_there, fulfilled_there) == county_before[1:]

    # Trying changes nothing; publishing does, once the figures have been worked out anew.
    assert standing(page, way.city.code) == before
    page.goto(draft)
    publish = page.locator("section[aria-labelledby=publish]")
    for tick in publish.get_by_role("checkbox").all():
        tick.check()
    publish.get_by_label("为什么改变过去").fill("上级文件调整了学时要求")
    publish.get_by_role("button", name="发布这份规则").click()
    expect(page.locator("section[aria-labelledby=requirements]")).to_contain_text(NAME)
    page.goto(f"/coverage/{way.city.code}/")
    expect(page.locator(".px-notice--warning").first).to_contain_text("数字还在更新")
    refresh()
    assert standing(page, way.city.code) == Standing(due, covered, will)
    assert standing(page, way.county.code) == Standing(county_before.due, covered_then, fulfilled_then)
    assert fulfilled_then > fulfilled_there


def numbers_of(sentence: str) -> list[str]:
    """Due, covered before, covered after, out of the sentence under a year."""
    found = re.search(r"应训 ([\d,]+) 人；已训 ([\d,]+) → ([\d,]+) 人", sentence)
    assert found, sentence
    return list(found.groups())
