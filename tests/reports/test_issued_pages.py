"""Pages of issued reports: issuing, reading, comparing; scope."""

import hashlib
import re
from datetime import date

import pytest
from django.test import Client

from peixun.coverage.operations import refresh
from peixun.people.models import AuditEntry
from peixun.reports.models import IssuedReport
from tests.factories.world import World, account, post

BACKEND = "django.contrib.auth.backends.ModelBackend"
ISSUE = "/reports/R/2017/issue/?as_of=2017-12-31"


def browser(city: World, role: str, code: str = "R") -> Client:
    """A browser with a role signed in."""
    client = Client()
    who = account(f"{role}-{code}", role=role, organisation=city.organisation(code))
    client.force_login(who, backend=BACKEND)
    return client


@pytest.fixture
def office(city) -> Client:
    """The city's office."""
    refresh()
    return browser(city, "office")


def test_from_the_draft_to_the_second_version(office, city):
    assert "出具第 1 版" in office.get("/reports/R/2017/").text
    made = office.post(ISSUE, {"note": "送审"})
    assert made.status_code == 302
    page = office.get(made.url)
    assert "送审" in page.text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)
    report = IssuedReport.objects.get()
    file = office.get(f"{made.url}report.docx")
    assert file.content == bytes(report.document)
    assert hashlib.sha256(file.content).hexdigest() in page.text
    assert "没有差异" in office.get(f"{made.url}now/").text
    late = post(city, city.persons[12], on=date(2017, 10, 9), hours=6, title="迟报的讲座")
    refresh()
    now = office.get(f"{made.url}now/").text
    assert "现在的数字与第 1 版不同" in now
    assert f"/ledger/entry/{late.pk}/" in now
    assert "出新版" in now
    second = office.post(ISSUE, {"note": "补登"})
    page = office.get(second.url).text
    assert "与第 1 版的差异" in page
    assert "迟报的讲座" in page
    assert "之后已出新版" in office.get(made.url).text
    assert office.get(f"{made.url}report.docx").content == file.content
    rows = office.get("/reports/issued/").text
    assert rows.index(second.url) < rows.index(made.url)
    assert AuditEntry.objects.filter(subject="issued_report").count() == 4


def test_refusals_in_plain_words(office):
    office.post(ISSUE)
    again = office.post(ISSUE)
    assert (again.status_code, "不必出新版" in again.text) == (422, True)
    for day, words in (("2016-12-31", "不在所选年度内"), ("x", "")):
        page = office.post(f"/reports/R/2017/issue/?as_of={day}")
        assert page.status_code == 422
        assert words in page.text
    assert office.post(ISSUE, {"note": "长" * 201}).status_code == 422
    assert office.get(ISSUE).status_code == 405
    assert IssuedReport.objects.count() == 1


def test_who_reads_and_who_does_not(office, city):
    url = office.post(ISSUE).url
    leader = browser(city, "leader")
    page = leader.get(url)
    assert page.status_code == 200
    assert "出具第 1 版" not in leader.get("/reports/R/2018/").text
    assert leader.post(ISSUE).status_code == 404
    county = browser(city, "office", "C1")
    for address in (url, f"{url}now/", f"{url}report.docx"):
        assert county.get(address).status_code == 404
        assert browser_of(city).get(address).status_code == 404
    assert county.post(ISSUE).status_code == 404
    assert "还没有出具过正式报告" in county.get("/reports/issued/").text


def browser_of(city: World) -> Client:
    """A secretary's browser, new each time."""
    client = Client()
    number = AuditEntry.objects.count()
    who = account(f"s{number}-{id(client)}", role="secretary", organisation=city.root)
    client.force_login(who, backend=BACKEND)
    return client


def test_leaders_see_no_links_to_entries(office, city):
    url = office.post(ISSUE).url
    late = post(city, city.persons[12], on=date(2017, 10, 9), hours=6)
    refresh()
    page = browser(city, "leader").get(f"{url}now/").text
    assert f"第 {late.pk} 号" in page
    assert "/ledger/entry/" not in page
    assert city.person(12).name not in page


def test_a_damaged_file_is_not_handed_out(office, monkeypatch):
    url = office.post(ISSUE).url
    monkeypatch.setattr("peixun.reports.operations.issuing.is_intact", lambda report: False)
    page = office.get(f"{url}report.docx")
    assert (page.status_code, "与出具时的摘要不符" in page.text) == (409, True)


def test_the_list_is_read_in_few_queries(office, django_assert_max_num_queries):
    for day in range(1, 4):
        office.post(f"/reports/R/2017/issue/?as_of=2017-12-0{day}")
    with django_assert_max_num_queries(12):
        page = office.get("/reports/issued/")
    assert page.text.count("第 1 版") == 3
