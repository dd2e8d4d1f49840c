"""The list of persons behind a count: paging, search, what each owes, export."""

import io

import pytest
from openpyxl import load_workbook

from peixun.coverage.views import people as view
from peixun.people.models import AuditEntry


def names(answer) -> list[str]:
    """The names on a page."""
    return [line.row.name for line in answer.context["lines"]]


@pytest.mark.parametrize(
    ("state", "total"), [("due", 24), ("covered", 21), ("uncovered", 3), ("fulfilled", 1), ("unfulfilled", 23)]
)
def test_the_count_above_the_list_is_the_figure(as_login, state, total):
    answer = as_login("city").get(f"/coverage/R/people/?year=2017&state={state}")
    assert (answer.context["total"], len(answer.context["lines"])) == (total, total)


def test_pages_follow_each_other_and_lead_back(as_login, monkeypatch):
    monkeypatch.setattr(view, "PAGE", 5)
    client, pages = as_login("city"), []
    url = "/coverage/R/people/?year=2017&state=due"
    while url:
        answer = client.get(url)
        pages.append(names(answer))
        last, url = answer, answer.context["older_url"]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 4]
    assert len({name for page in pages for name in page}) == 24
    back = client.get(last.context["newer_url"])
    assert names(back) == pages[-2]
    first = client.get(back.context["newer_url"])
    assert names(first) == pages[-3]


def test_one_person_is_found_by_name_pinyin_or_initials(as_login, city):
    client, person = as_login("city"), city.person(4)
    for text in (person.name, person.pinyin, person.initials):
        found = client.get("/coverage/R/people/", {"year": 2017, "q": text})
        assert person.name in names(found)
        assert found.context["total"] == len(found.context["lines"])


def test_each_line_says_what_is_owed(as_login):
    answer = as_login("secretary").get("/coverage/T11a/people/?year=2017&state=unfulfilled")
    assert [o.hours for line in answer.context["lines"] for o in line.owed] == ["30.00", "30.00"]
    assert "党员32学时：还差 30 学时" in answer.content.decode()


def test_the_list_takes_the_same_queries_however_long_it_is(as_login, django_assert_max_num_queries):
    client = as_login("city")
    client.get("/coverage/R/people/?year=2017")
    with django_assert_max_num_queries(13):
        client.get("/coverage/R/people/?year=2017")


def test_the_workbook_holds_what_one_sees(as_login):
    client = as_login("county")
    answer = client.get("/coverage/C1/people/export/?year=2017&state=covered&audience=secretaries")
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("姓名", "所在党支部", "党支部代码")
    listed = client.get("/coverage/C1/people/?year=2017&state=covered&audience=secretaries")
    assert [row[0] for row in rows[2:]] == names(listed)
    assert rows[2][3] == 62.0
    assert rows[3][9] == "党员32学时：还差 30 学时；书记56学时：还差 54 学时、集中培训 1 次"
    trace = AuditEntry.objects.get(action="export")
    assert (trace.subject_id, trace.detail["rows"]) == ("C1", 4)


def test_a_long_list_streams_as_csv(as_login, monkeypatch):
    monkeypatch.setattr(view, "MOST_IN_WORKBOOK", 3)
    answer = as_login("county").get("/coverage/C1/people/export/?year=2017")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("姓名,所在党支部")
    assert len(text.splitlines()) == 13


def test_only_who_may_export_exports(as_login):
    assert as_login("auditor").get("/coverage/R/people/?year=2017").context["export_url"] == ""
    assert as_login("auditor").get("/coverage/R/people/export/").status_code == 404


def test_an_empty_list_says_what_to_do(as_login):
    answer = as_login("city").get("/coverage/T11a/people/?year=2017&state=uncovered")
    assert "没有符合条件的人" in answer.content.decode()
