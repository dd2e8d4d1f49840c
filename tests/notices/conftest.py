"""A small city, kinds and a channel of the tests' own."""

from datetime import date

import pytest
from django.test import Client

from peixun.notices import channels, kinds, waiting
from peixun.notices.channels import Channel, NotDelivered
from peixun.people.models import Account
from peixun.people.queries.scope import actor_of
from tests.factories.world import account, build_world

TODAY = date(2018, 6, 30)


@pytest.fixture
def world(db):
    return build_world(3)


@pytest.fixture(autouse=True)
def registries(monkeypatch):
    """Registries that forget at the end of a test what it registered."""
    for module, name in ((kinds, "_registered"), (channels, "_registered"), (waiting, "_sources")):
        monkeypatch.setattr(module, name, dict(getattr(module, name)))
    kinds.register(
        kinds.Kind("invited", "入班通知", "请参加%(what)s", "带好笔记本，准时到。", printable=True),
        kinds.Kind("private", "私人", "您的%(what)s", "只给您看。"),
    )


class Phone:
    """A channel that keeps what it was given, and fails while it is told to."""

    def __init__(self):
        self.sent, self.failing, self.before = [], 0, lambda outgoing: None

    def send(self, outgoing):
        self.before(outgoing)
        if self.failing:
            self.failing -= 1
            raise NotDelivered("no line")
        self.sent.append(outgoing)


@pytest.fixture
def phone():
    made = Phone()
    channels.register(Channel("phone", reaches=set, send=made.send))
    return made


def actor(world, code, role="secretary", login="", person=None):
    made = account(login or f"{role}-{code}", role=role, organisation=world.organisation(code), person=person)
    return actor_of(made, day=TODAY)


def signed_in(login):
    client = Client()
    client.force_login(Account.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client
