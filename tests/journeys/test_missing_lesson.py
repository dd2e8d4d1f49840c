"""A member of 75 says on the phone that a lesson is missing; branch and office answer; the hours count."""

import json
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from peixun.ledger import operations as ledger
from peixun.people.models import Membership, Person
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import system_actor
from tests.browser import City
from tests.factories.rosters import number as citizen_number
from tests.factories.world import NOW, account, credit
from tests.journeys.places import Standing, standing, way_down

PHONE = 390
BORN = date(1943, 2, 3)
NAME = "贺兰长青"
TITLE = "七一主题党日"
SOUND = (Path(__file__).parents[1] / "page_soundness.js").read_text(encoding="utf-8")


def old_member() -> Person:
    """Somebody of 75 in the secretary's branch, with an account and no hours at all."""
    new = NewPerson(
        name=NAME,
        citizen_number=citizen_number(480, birth=BORN),
        birth_date=BORN,
        organisation_id=way_down().branch.pk,
        member_since=date(1970, 7, 1),
    )
    person = Person.objects.get(pk=enrol([new], by=system_actor(), at=NOW)[0])
    account("old", person=person)
    return person


def theme_day() -> None:
    """A theme day of the branch for which somebody else has the hours."""
    branch = way_down().branch
    day = date(2018, 6, 25)
    new = ledger.NewActivity(
        source_kind="test",
        source="R",
        reference="theme",
        kind="theme_day",
        title=TITLE,
        organiser_id=branch.pk,
        tier="grassroots",
        starts_on=day,
        ends_on=day,
        delivery="offline",
        setting="classroom",
        strand="theory",
    )
    held = ledger.open_activities([new])[new.key]
    other = Membership.objects.filter(organisation=branch, until=None).order_by("pk")[0].person_id
    ledger.post([credit(other, held, on=day, hours=2)], by=system_actor(), at=NOW)


def is_easy(page: Page) -> None:
    """Large letters, large targets, nothing beside the screen."""
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 20
    assert page.evaluate(SOUND, {"language": "zh-hans", "phone": True}) == []


def test_a_missing_theme_day_is_claimed_by_choosing_and_counts_when_it_is_granted(city: City, tmp_path):
    way, person = way_down(), old_member()
    theme_day()
    high = city.page("city")
    codes = (way.branch.code, way.county.code, way.city.code)
    before = {code: standing(high, code) for code in codes}
    page = city.page("old", width=PHONE, height=780, cookies={"px_print": "large"})
    page.goto("/")
    is_easy(page)
    expect(page.locator("h1")).to_have_text("2018年还差 32 学时")

    page.goto("/claims/new/")
    is_easy(page)
    page.locator("section[aria-labelledby=recent] a", has_text=TITLE).click()
    is_easy(page)
    # The hours that the others have stand there already: nothing has to be typed.
    hours = page.get_by_label("应记多少学时").input_value()
    assert hours == "2"
    page.get_by_role("button", name="送支部答复").click()
    expect(page.locator(".px-chip").first).to_be_visible()
    is_easy(page)
    claim = page.url.removeprefix(city.address)
    assert {code: standing(high, code) for code in codes} == before

    secretary = city.page("secretary", width=PHONE, height=780)
    secretary.goto("/claims/inbox/")
    secretary.locator("main a", has_text=NAME).first.click()
    assert secretary.evaluate("document.documentElement.scrollWidth <= innerWidth")
    secretary.get_by_role("button", name="证实，送干训科决定").click()
    expect(secretary.get_by_role("button", name="证实，送干训科决定")).to_have_count(0)

    office = city.page("township")
    office.goto("/claims/inbox/")
    office.locator("main a", has_text=NAME).first.click()
    effect = office.locator("section[aria-labelledby=decide] table")
    trained = effect.locator("tr", has=office.get_by_role("rowheader", name="已训"))
    assert trained.locator("td").all_inner_texts() == ["否", "是"]
    office.get_by_role("button", name="认可，记入学时").click()
    expect(office.locator("section[aria-labelledby=facts]")).to_contain_text("记入台账")

    for code in codes:
        moved = before[code].moved(standing(high, code))
        assert moved == Standing(0, 1, moved.fulfilled), code
    told_and_counted(page, claim, hours)
    taken_along(city, page, person, tmp_path)


def told_and_counted(page: Page, claim: str, hours: str) -> None:
    """The member is told, and sees the hours."""
    page.goto("/")
    expect(page.locator("main")).to_contain_text(f"今年已修 {hours} 学时")
    # The branch has confirmed, the office has granted.
    page.get_by_role("link", name="消息，2 条未读").click()
    page.get_by_role("link", name=f"“{TITLE}”的申诉已认可").click()
    is_easy(page)
    page.goto(claim)
    expect(page.locator("section[aria-labelledby=facts] .px-chip")).to_contain_text("认可")
    page.goto("/me/learning/")
    is_easy(page)
    expect(page.locator("main")).to_contain_text(TITLE)


def taken_along(city: City, page: Page, person: Person, folder: Path) -> None:
    """Whoever opened the number is named on the member's own page and in the file that the member takes along."""
    office = city.page("township")
    office.goto(f"/coverage/person/{person.pk}/")
    office.get_by_role("button", name="显示完整号码").click()
    expect(office.locator("#numbers")).to_contain_text(citizen_number(480, birth=BORN))
    page.goto("/me/account/")
    page.get_by_role("link", name="我的数据").click()
    is_easy(page)
    who = page.locator("section[aria-labelledby=openings] li").first
    expect(who).to_contain_text("组织干事")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 JSON").click()
    path = folder / "mine.json"
    waiting.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert json.loads(text)
    assert NAME in text
    assert TITLE in text
    assert citizen_number(480, birth=BORN) in text
    assert "组织干事" in text
