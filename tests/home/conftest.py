"""Who signs in."""

import pytest
from django.test import Client

from peixun.coverage.operations import rebuild
from peixun.people.models import Account
from tests.factories.world import World, account

BACKEND = "django.contrib.auth.backends.ModelBackend"
ROLES = ("office", "leader", "auditor", "administrator", "class_manager", "secretary")


def signed_in(who: Account) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


@pytest.fixture
def city(world: World) -> World:
    """The small city with its figures kept, and one account for each role on the first county."""
    rebuild(2018)
    county = world.organisation("C1")
    for role in ROLES:
        account(role, role=role, organisation=county)
    account("branch", role="secretary", organisation=world.organisation("T11a"), person=world.person(0))
    account("member", person=world.person(1))
    account("nobody")
    return world


@pytest.fixture
def as_role(city: World):
    """`as_role("office")`: a browser with that login signed in."""
    return lambda login: signed_in(Account.objects.get(login=login))
