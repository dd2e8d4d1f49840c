"""The entries behind a figure, on screen."""

import pytest

from peixun.coverage.views import entries as view


@pytest.mark.parametrize("query", ["", "&cut=tier:city_key", "&cut=delivery:online", "&audience=secretaries"])
def test_the_recomputed_figure_agrees(as_login, query):
    answer = as_login("city").get(f"/coverage/R/entries/?year=2017{query}")
    recount = answer.context["recount"]
    assert recount["agrees"]
    assert recount["figure"].entries == len(answer.context["lines"])
    assert "两者一致" in answer.content.decode()


def test_pages_lead_forth_and_back(as_login, monkeypatch):
    monkeypatch.setattr(view, "PAGE", 10)
    client = as_login("city")
    first = client.get("/coverage/R/entries/?year=2017")
    second = client.get(first.context["older_url"])
    third = client.get(second.context["older_url"])
    ids = [[line.entry_id for line in page.context["lines"]] for page in (first, second, third)]
    assert [len(page) for page in ids] == [10, 10, 2]
    assert len({pk for page in ids for pk in page}) == 22
    assert third.context["older_url"] == ""
    back = client.get(third.context["newer_url"])
    assert [line.entry_id for line in back.context["lines"]] == ids[1]


def test_a_large_figure_is_recomputed_after_the_page(as_login, monkeypatch):
    monkeypatch.setattr(view, "AT_ONCE", 3)
    client = as_login("city")
    page = client.get("/coverage/R/entries/?year=2017")
    assert page.context["recount"] is None
    assert "part=recount" in page.context["recount_url"]
    part = client.get(page.context["recount_url"], headers={"HX-Request": "true"})
    assert part.context["recount"]["agrees"]
    assert part.content.decode().lstrip().startswith('<section id="recount"')


def test_a_cut_that_does_not_exist_is_passed_over(as_login):
    answer = as_login("city").get("/coverage/R/entries/?year=2017&cut=person__name:x")
    assert answer.context["figure"].cut == ""


def test_the_page_takes_the_same_queries_however_many_entries(as_login, django_assert_max_num_queries):
    client = as_login("city")
    client.get("/coverage/R/entries/?year=2017")
    with django_assert_max_num_queries(27):
        client.get("/coverage/R/entries/?year=2017")
