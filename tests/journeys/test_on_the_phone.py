"""The secretary's branch and the member's own, on one phone screen."""

import re

from playwright.sync_api import expect

from peixun.people.models import Account
from tests.browser import City, sign_in
from tests.journeys.places import first_answer, gap, way_down

PHONE = 360


def test_a_secretary_sees_who_is_not_covered_and_opens_a_record(city: City):
    branch = way_down().branch
    page = city.page(width=PHONE, height=740)
    sign_in(page, "secretary")
    expect(page.locator("h1")).to_have_text(str(branch))
    missing = gap(page)
    assert missing > 0
    section = page.locator("section[aria-labelledby=uncovered]")
    expect(section.locator("h2")).to_have_text(f"还没有参训（{missing} 人）")
    # Whoever is missing begins on the first screen.
    assert section.bounding_box()["y"] < 740
    if missing > 4:
        section.locator("summary").click()
    assert section.locator("li").count() == missing
    name = section.locator(".px-list-title").first.inner_text()
    section.locator("a").first.click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("section[aria-labelledby=asked]")).to_contain_text("还差")


def test_a_member_sees_what_they_owe_and_what_they_have_done(city: City):
    person = Account.objects.get(login="member").person
    page = city.page(width=PHONE, height=740)
    sign_in(page, "member")
    expect(page.locator("h1")).to_contain_text("2018年")
    assert page.locator("main > section, main > a").count() <= 3
    bar = page.locator("nav.px-places")
    assert bar.locator("a").count() <= 4
    box = bar.bounding_box()
    assert box["y"] + box["height"] <= 740
    bar.get_by_role("link", name="学习").click()
    expect(page).to_have_url(re.compile("/me/learning/"))
    page.goto(f"/coverage/person/{person.pk}/")
    expect(page.locator("h1")).to_contain_text(person.name)


def test_a_member_finds_nobody_else(city: City):
    page = city.page("member", width=PHONE)
    other = Account.objects.get(login="secretary").person_id
    for address in (f"/coverage/person/{other}/", "/search/", f"/coverage/{way_down().branch.code}/", "/import/"):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("h1")).to_have_text("没有找到这个页面")
    city.faults[:] = [fault for fault in city.faults if "404" not in fault]


def test_the_sentence_of_the_branch_is_the_one_that_the_office_reads(city: City):
    way = way_down()
    mine = city.page("secretary", width=PHONE)
    mine.goto("/branch/")
    theirs = city.page("township")
    theirs.goto(f"/coverage/{way.branch.code}/")
    assert gap(mine) == gap(theirs)
    assert re.findall(r"[\d,]+ 人", first_answer(mine))[:2] == re.findall(r"[\d,]+ 人", first_answer(theirs))[:2]
