"""A city with credits, and who looks at it."""

from datetime import date

import pytest
from django.test import Client

from peixun.coverage import operations
from peixun.people.models import Account
from tests.factories.world import World, account, build_world, post

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def city(db) -> World:
    """Everybody but the members of T22b has 2 hours in 2017; the secretary of T11a has fulfilled."""
    world = build_world(members=3)
    for index, person in enumerate(world.persons[:-3]):
        on = date(2017, 1 + index % 12, 5)
        tier = "city_key" if index % 2 else "county"
        post(world, person, on=on, hours=2, tier=tier, delivery="online" if index % 3 else "offline")
    post(world, world.persons[0], on=date(2017, 3, 1), hours=60, kind="class")
    for year in (2017, 2018):
        operations.rebuild(year)
    account("city", role="office", organisation=world.root)
    account("county", role="office", organisation=world.organisation("C1"))
    account("leader", role="leader", organisation=world.root)
    account("auditor", role="auditor", organisation=world.root)
    account("secretary", role="secretary", organisation=world.organisation("T11a"), person=world.person(0))
    account("member", person=world.person(1))
    return world


@pytest.fixture
def as_login(city):
    """`as_login("county")`: a browser with that account signed in."""

    def sign_in(login: str) -> Client:
        client = Client()
        client.force_login(Account.objects.get(login=login), backend=BACKEND)
        return client

    return sign_in
