"""The rules on screen."""

from datetime import date

import pytest
from django.test import Client

from peixun.catalog.models import CreditPack, RequirementPack
from peixun.catalog.operations import install_rules
from peixun.catalog.shipped import CREDIT_PACK_B
from peixun.people.models import Account
from tests.factories.world import NOW, SYSTEM, account


@pytest.fixture
def as_login(world):
    """`as_login("county")`: a browser with that account signed in."""
    RequirementPack.objects.all().delete()
    CreditPack.objects.all().delete()
    install_rules(world.root, by=SYSTEM, at=NOW)
    account("county", role="office", organisation=world.organisation("C1"))
    account("secretary", role="secretary", organisation=world.organisation("T21a"))
    account("member", person=world.person(1))
    account("nobody")

    def sign_in(login: str) -> Client:
        client = Client()
        client.force_login(Account.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def test_packs_in_force_stand_first_with_dates_and_source(as_login):
    page = as_login("county").get("/rules/")
    packs = [(shown.pack.key, shown.state) for shown, _ in page.context["requirement_packs"]]
    assert packs == [
        ("city-2014-2018", "now"),
        ("plan-2019-2023", "future"),
        ("plan-2024-2028", "future"),
        ("plan-2009-2013", "past"),
    ]
    text = page.content.decode()
    assert "2014年1月1日至2018年12月31日" in text
    assert "2024年1月1日起" in text
    assert "《2009—2013年全国党员教育培训工作规划》" in text


def test_requirements_conversions_and_caps_stand_in_tables(as_login):
    text = as_login("secretary").get("/rules/").content.decode()
    for words in ("书记和班子成员集中学习培训", "或 12 天", "线上至少 50 学时", "脱产培训班", "支部集中学习、集中收看"):
        assert words in text


def test_a_countys_own_pack_shows_there_and_not_next_door(as_login, world):
    install_rules(world.organisation("C1"), by=SYSTEM, at=NOW, packs=(CREDIT_PACK_B,))
    assert "单位内训每班最多 18 学时" in as_login("county").get("/rules/").content.decode()
    assert "单位内训每班最多 18 学时" not in as_login("secretary").get("/rules/").content.decode()


def test_who_has_no_place_sees_nothing(as_login):
    assert as_login("nobody").get("/rules/").status_code == 404
    assert as_login("member").get("/rules/").status_code == 200


def test_without_packs_the_page_says_so(as_login):
    RequirementPack.objects.all().delete()
    assert "还没有学时要求" in as_login("county").get("/rules/").content.decode()


def test_the_page_takes_the_same_queries_however_many_packs(as_login, world, django_assert_max_num_queries):
    client = as_login("county")
    with django_assert_max_num_queries(20):
        client.get("/rules/")
    assert date(2018, 6, 30) == client.get("/rules/").context["today"]


def test_who_trains_whom_stands_in_a_third_part(as_login):
    page = as_login("county").get("/rules/")
    packs = [(shown.pack.key, shown.state) for shown in page.context["responsibility_packs"]]
    assert packs == [("duties-city-2009-2023", "now"), ("duties-2024-2028", "future")]
    assert "村党组织班子成员" in page.content.decode()
