"""The first page by role, navigation, and the change from one place to another."""

from datetime import date

import pytest

from peixun.people.models import Account, Grant
from tests.factories.world import post
from tests.home.conftest import signed_in


@pytest.mark.parametrize(
    ("login", "leads_to"),
    [
        ("office", "/coverage/C1/"),
        ("auditor", "/coverage/C1/"),
        ("administrator", "/coverage/C1/"),
        ("secretary", "/branch/"),
        ("branch", "/branch/"),
        ("member", "/me/"),
    ],
)
def test_each_role_starts_where_its_work_is(as_role, login, leads_to):
    assert as_role(login).get("/").url == leads_to


def test_a_leader_sees_in_one_sentence_whether_everybody_is_covered(city, as_role):
    post(city, city.persons[0], on=date(2018, 3, 1), hours=4)
    page = as_role("leader").get("/").content.decode()
    assert "应训 20 人，已训 1 人" in page
    assert "<strong>19 人</strong>" in page
    assert "11镇党委" in page


def test_a_class_manager_starts_with_links(as_role):
    page = as_role("class_manager").get("/").content.decode()
    assert 'href="/search/"' in page


def test_an_account_without_grants_and_person_is_told_so(as_role):
    assert "账号还没有授权" in as_role("nobody").get("/").content.decode()


@pytest.mark.parametrize(
    ("login", "shown", "hidden"),
    [
        ("office", {"覆盖情况", "查人", "报告", "导入"}, {"支部"}),
        ("leader", {"首页", "覆盖情况", "报告"}, {"查人", "导入"}),
        ("auditor", {"覆盖情况", "查人", "报告"}, {"导入"}),
        ("class_manager", {"首页", "覆盖情况", "查人"}, {"导入", "报告"}),
        ("branch", {"支部", "覆盖情况", "查人"}, {"导入", "报告", "下级单位"}),
    ],
)
def test_navigation_shows_only_what_the_role_may_open(as_role, login, shown, hidden):
    titles = {link.title for link in as_role(login).get("/places/").context["shell"].navigation}
    assert shown <= titles
    assert not hidden & titles


@pytest.mark.parametrize("login", ["office", "leader", "auditor", "administrator", "class_manager", "branch", "member"])
def test_no_place_is_dead(as_role, login):
    client = as_role(login)
    shell = client.get("/places/").context["shell"]
    for link in [*shell.navigation, *shell.places]:
        assert client.get(link.url, follow=True).status_code == 200, link.url


def test_somebody_with_several_grants_changes_between_them(city, as_role):
    who = Account.objects.get(login="office")
    Grant.objects.create(account=who, role="office", organisation=city.organisation("C2"), since=date(2010, 1, 1))
    client = signed_in(who)
    assert client.get("/").url == "/coverage/C1/"
    places = client.get("/places/").context["places"]
    assert [p.organisation.code for p in places] == ["C1", "C2"]
    client.post("/places/choose/", {"place": places[1].key})
    assert client.get("/").url == "/coverage/C2/"


def test_a_place_that_one_does_not_have_cannot_be_chosen(city, as_role):
    client = as_role("office")
    client.post("/places/choose/", {"place": f"office:{city.organisation('C2').pk}"})
    assert client.get("/").url == "/coverage/C1/"


def test_a_grant_that_has_ended_leads_nowhere(city, as_role):
    Grant.objects.filter(account__login="office").update(until=date(2018, 6, 30))
    assert "账号还没有授权" in as_role("office").get("/").content.decode()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/people/organisations/C1/roles/give/", "账号"),
        ("/people/organisations/C1/platform/", "账号"),
        ("/people/organisations/C1/", "下级单位"),
        ("/rulebook/", "规则"),
        ("/search/", "查人"),
        ("/people/tokens/", None),
    ],
)
def test_a_page_lights_up_the_place_it_belongs_to_and_no_other(as_role, address, place):
    shell = as_role("office").get(address).context["shell"]
    assert [link.title for link in shell.navigation if link.current] == ([place] if place else [])


def test_the_places_needed_less_often_are_in_a_menu(as_role):
    shell = as_role("office").get("/rulebook/").context["shell"]
    assert [link.title for link in shell.more] == ["规则", "账号"]
    assert shell.in_more
    assert len(shell.bar) == 8
    few = as_role("branch").get("/search/").context["shell"]
    assert few.more == []
    assert few.bar == few.navigation
