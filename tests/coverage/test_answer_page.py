"""The answer page and the tree: figures first, gaps first, within scope."""

import re

import pytest
from django.urls import reverse

from peixun.coverage.models import StaleBranch

EMPHASIS = re.compile(r"<[^>]+>|\s")


def plain(answer) -> str:
    """The page's words without markup and blanks."""
    return EMPHASIS.sub("", answer.content.decode())


def test_the_sentence_gives_the_figures_and_each_opens_what_it_counted(as_login):
    client = as_login("city")
    answer = client.get("/coverage/R/?year=2017")
    assert "全市应训24人，已训21人，覆盖87.5%，还差3人；达标1人。" in plain(answer)
    people = answer.context["urls"]
    assert client.get(people["uncovered"]).context["total"] == 3
    assert client.get(people["fulfilled"]).context["total"] == 1
    assert client.get(people["due"]).context["total"] == 24
    assert client.get(people["entries"]).context["recount"]["agrees"]


def test_what_is_worst_comes_first(as_login):
    answer = as_login("city").get("/coverage/R/?year=2017")
    assert [row.name for row in answer.context["worst"]] == ["第2县委", "第1县委"]
    assert answer.context["children"][0].count.missing == 3


def test_an_audience_narrows_every_figure(as_login):
    answer = as_login("city").get("/coverage/R/?year=2017&audience=secretaries")
    assert "全市支部书记应训8人，已训7人" in plain(answer)
    assert [row.count.due for row in answer.context["children"]] == [4, 4]
    assert [m.due for _, m in answer.context["trend_rows"]] == [8] * 12
    assert answer.context["dimensions"] == []


def test_a_tier_counts_those_whom_it_reached(as_login):
    answer = as_login("city").get("/coverage/R/?year=2017&tier=city_key")
    assert "全市应训24人，参加市级重点培训的10人，占41.6%。" in plain(answer)
    assert sum(row.count.covered for row in answer.context["children"]) == 10
    client = as_login("city")
    assert client.get(answer.context["urls"]["entries"]).context["recount"]["figure"].people == 10


def test_an_audience_and_a_tier_together_are_refused_in_words(as_login):
    answer = as_login("city").get("/coverage/R/?year=2017&tier=city_key&audience=secretaries")
    assert answer.context["looking"].tier == ""
    assert "不能与培训对象同时筛选" in answer.content.decode()


@pytest.mark.parametrize("query", ["year=nonsense", "year=1800", "as_of=2018-12-31", "audience=nobody", "tier=x"])
def test_filters_that_make_no_sense_fall_back_to_this_year(as_login, query):
    answer = as_login("city").get(f"/coverage/R/?{query}")
    assert answer.status_code == 200
    assert (answer.context["at"].year, answer.context["at"].as_of.isoformat()) == (2018, "2018-06-30")


def test_an_earlier_day_shows_what_held_then(as_login):
    answer = as_login("city").get("/coverage/R/?year=2017&as_of=2017-03-31")
    assert "截至2017年3月31日" in answer.content.decode()
    assert answer.context["at"].total.covered < 21
    assert (
        as_login("city").get(answer.context["urls"]["uncovered"]).context["total"] == answer.context["at"].total.missing
    )


def test_a_branch_lists_its_people(as_login):
    answer = as_login("secretary").get("/coverage/T11a/?year=2017")
    assert [m.row.covered for m in answer.context["missing_people"]] == [True, True]
    assert answer.context["missing_people"][0].owed[0].hours == "30.00"


def test_a_leader_sees_figures_and_no_names(as_login, city):
    client = as_login("leader")
    answer = client.get("/coverage/R/?year=2017")
    assert answer.context["urls"]["due"] == ""
    assert client.get("/coverage/R/people/").status_code == 404
    branch = client.get("/coverage/T11a/?year=2017")
    entries = client.get("/coverage/T11a/entries/?year=2017")
    for page in (branch, entries, client.get("/coverage/R/tree/?year=2017&open=T11a")):
        assert city.person(1).name not in page.content.decode()
    assert entries.context["recount"]["agrees"]


@pytest.mark.parametrize("page", ["answer", "tree", "people", "people-export", "entries"])
def test_outside_ones_scope_there_is_nothing(as_login, page):
    address = reverse(f"coverage:{page}", args=["C2"])
    assert as_login("county").get(address).status_code == 404
    assert as_login("member").get(address).status_code == 404
    assert as_login("city").get(address).status_code == 200


def test_the_room_opens_on_ones_own_organisation(as_login):
    assert as_login("county").get("/coverage/")["Location"] == "/coverage/C1/"
    assert as_login("member").get("/coverage/").status_code == 404


def test_another_organisation_is_found_by_name_or_code_within_scope(as_login):
    client = as_login("county")
    assert client.get("/coverage/C1/?find=T11&year=2017")["Location"] == "/coverage/T11/?year=2017"
    several = client.get("/coverage/C1/?find=镇党委")
    assert [f["name"] for f in several.context["found"]] == ["11镇党委", "12镇党委"]
    assert "没有找到" in client.get("/coverage/C1/?find=第2县").content.decode()


def test_figures_that_lag_say_so(as_login, city):
    StaleBranch.objects.create(branch=city.root, year=2017, persons=True)
    assert "数字还在更新" in as_login("city").get("/coverage/R/?year=2017").content.decode()


def test_the_path_starts_at_the_top_of_ones_scope(as_login):
    path = as_login("county").get("/coverage/T11/").context["path"]
    assert [place["name"] for place in path] == ["第1县委", "11镇党委"]


def test_the_tree_opens_along_one_line_down_to_people(as_login):
    client = as_login("city")
    top = client.get("/coverage/R/tree/?year=2017").context["top"]
    assert [(n.name, n.is_open) for n in top.children] == [("第2县委", False), ("第1县委", False)]
    opened = client.get("/coverage/R/tree/?year=2017&open=T22b").context["top"]
    county = opened.children[0]
    branch = county.children[0].children[0]
    assert (county.is_open, branch.is_open, len(branch.people)) == (True, True, 3)
    assert not any(person.covered for person in branch.people)
    assert "open=T22" in branch.toggle_url


def test_htmx_gets_the_tree_alone(as_login):
    answer = as_login("city").get("/coverage/R/tree/?open=C1", headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<section id="tree"')
    assert "HX-Request" in answer["Vary"]


def test_a_tree_is_not_opened_outside_ones_scope(as_login):
    top = as_login("county").get("/coverage/C1/tree/?open=T22").context["top"]
    assert not any(node.is_open for node in top.children)


def test_the_answer_takes_the_same_queries_however_many_children(as_login, django_assert_max_num_queries):
    client = as_login("city")
    client.get("/coverage/R/?year=2017")
    with django_assert_max_num_queries(16):
        client.get("/coverage/R/?year=2017")
