"""Audiences on screen: counted, saved, refused without people, deleted only when unused; their trial comes true."""

from datetime import date

import pytest
from django.test import Client

from peixun.coverage.models import PersonYear
from peixun.coverage.operations import rebuild
from peixun.people.models import Audience
from peixun.people.queries.scope import OutOfScope, actor_of
from peixun.rulebook.models import Trial
from peixun.rulebook.operations.audiences import WantedAudience, delete, save
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries.audiences import people_by_audience, taken_by
from tests.factories.world import NOW, account, build_world, post

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world(db):
    made = build_world(3)
    for person in made.persons:
        post(made, person, on=date(2018, 3, 1), hours=40)
    rebuild(2018)
    return made


@pytest.fixture
def city(world):
    who = account("city", role="office", organisation=world.root)
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


def office(world, code):
    return actor_of(account(f"o-{code}", role="office", organisation=world.organisation(code)), day=TODAY)


def test_people_are_counted_by_the_same_rules_as_everywhere(world, django_assert_num_queries):
    assert people_by_audience(TODAY, world.root) == {"members": 24, "secretaries": 8}
    assert people_by_audience(TODAY, world.organisation("C1")) == {"members": 12, "secretaries": 4}
    count, some = taken_by({"posts": ["secretary"]}, TODAY, world.organisation("T11"))
    assert (count, len(some)) == (2, 2)


def test_nobody_is_refused_unless_it_is_intended(world):
    by = office(world, "C1")
    nobody = {"sectors": ["school"]}
    with pytest.raises(RulesRefused, match="今天没有人"):
        save(WantedAudience("教师", nobody), owner=world.organisation("C1"), today=TODAY, by=by, at=NOW)
    assert Audience.objects.count() == 2
    made = save(WantedAudience("教师", nobody, empty=True), owner=world.organisation("C1"), today=TODAY, by=by, at=NOW)
    assert made.bit == 2
    with pytest.raises(OutOfScope):
        delete(made, by=office(world, "C2"), at=NOW)
    delete(made, by=by, at=NOW)
    assert Audience.objects.count() == 2


def test_one_in_use_is_not_deleted_and_not_changed_from_below(world):
    used = Audience.objects.get(key="members")
    with pytest.raises(RulesRefused, match="还在这些规则里使用"):
        delete(used, by=office(world, "R"), at=NOW)
    Audience.objects.filter(pk=used.pk).update(owner=world.organisation("C1"))
    wanted = WantedAudience("党员", {"statuses": ["full"]}, key="members", reason="改")
    with pytest.raises(RulesRefused, match="也在用"):
        save(wanted, owner=world.organisation("C1"), today=TODAY, by=office(world, "C1"), at=NOW)


def test_changing_one_in_use_shows_first_what_comes_true(world, city):
    assert (
        city.post("/rulebook/audiences/secretaries/", {"name": "支部书记", "save": "1", "tags": "没有"}).status_code
        == 302
    )
    trial = Trial.objects.get()
    assert Audience.objects.get(key="secretaries").rule == {"posts": ["secretary"]}
    [found] = trial.result
    assert (found["before"][2], found["after"][2]) == (16, 24)
    page = f"/rulebook/trials/{trial.pk}/"
    assert "不达标变为达标" in city.get(page).content.decode()
    refused = city.post(page)
    assert refused.status_code == 422
    city.post("/rulebook/audiences/secretaries/", {"name": "支部书记", "save": "1", "tags": "没有", "empty": "on"})
    last = Trial.objects.first()
    assert city.post(f"/rulebook/trials/{last.pk}/", {"reason": "更正"}).status_code == 302
    rebuild(2018)
    assert PersonYear.objects.filter(year=2018, fulfilled=True).count() == 24


def test_pages_count_with_and_without_scripts(world, city):
    listed = city.get("/rulebook/audiences/").content.decode()
    assert "支部书记" in listed
    assert "24" in listed
    typed = {"name": "书记", "posts": ["secretary"], "under": "C1", "count": "1"}
    assert '<strong class="px-num">4</strong>' in city.post("/rulebook/audiences/new/", typed).content.decode()
    part = city.post("/rulebook/audiences/new/", typed, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    wrong = city.post("/rulebook/audiences/new/", {**typed, "under": "不存在"})
    assert wrong.status_code == 422
    assert "没有这些党组织" in wrong.content.decode()
    assert city.post("/rulebook/audiences/new/", {**typed, "save": "1"}).status_code == 302
    made = Audience.objects.get(name="书记")
    assert made.rule == {"posts": ["secretary"], "under": [world.organisations["C1"]]}
