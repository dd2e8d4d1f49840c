"""The city's report: on screen, each figure with its records, and as a document."""

import json

from docx import Document
from playwright.sync_api import expect

from tests.browser import City, sign_in
from tests.journeys.places import downloaded, number, way_down


def test_a_figure_of_the_report_opens_its_records_and_the_document_says_the_same(city: City, tmp_path):
    page = city.page()
    sign_in(page, "city")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="报告").click()
    page.locator("select[name=year]").select_option("2017")
    expect(page.locator("#entries")).to_contain_text("2017年")
    page.locator("nav[aria-labelledby=entries]").get_by_role("link", name="工作报告").first.click()
    expect(page.locator("h1")).to_have_text("2017年工作报告")

    figures = {f["key"]: f for f in json.loads(downloaded(page, "下载数据", tmp_path).read_text(encoding="utf-8"))}
    paper = page.locator("article.paper")
    body = "".join(paper.inner_text().split())
    document = Document(str(downloaded(page, "下载报告", tmp_path)))
    text = "".join("".join(paragraph.text for paragraph in document.paragraphs).split())
    for key in ("trained_total", "city_key_people", "offsite_people", "secretary_people"):
        assert str(figures[key]["value"]) in body.replace(",", "")
        assert str(figures[key]["value"]) in text.replace(",", "")

    link = paper.locator("a.paper-figure[href*='/trained_total/']").first
    printed = number(link.inner_text())
    link.click()
    expect(page.locator("p.px-answer")).to_contain_text("人")
    assert number(page.locator("p.px-answer").inner_text()) == printed == figures["trained_total"]["value"]
    # The page has counted it afresh from the records.
    expect(page.locator("#recount")).to_contain_text(f"由记录逐条重算得 {printed:,}，与报告一致")
    facts = page.locator("section[aria-labelledby=rule] dd")
    assert number(facts.filter(has_text="条").first.inner_text()) == figures["trained_total"]["entries"]
    page.locator("table tbody tr a[href*='/ledger/entry/']").first.click()
    expect(page.locator("h1")).to_contain_text("学时记录第")


def test_a_leader_reads_the_same_report_without_names(city: City):
    way = way_down()
    page = city.page("leader")
    page.goto(f"/reports/{way.city.code}/2017/")
    page.locator("a.paper-figure[href*='/trained_total/']").first.click()
    expect(page.locator("#recount")).to_contain_text("与报告一致")
    assert page.locator("a[href*='/coverage/person/']").count() == 0
    assert "姓名" not in page.locator("table thead").last.inner_text()
