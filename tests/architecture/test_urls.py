"""Every address as every role: nothing outside a scope is there, nothing outside of it can be changed, nothing breaks.

The walk reads the addresses from the resolver and what each should answer from the table in `addresses.py`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import orjson
import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client

from peixun.coverage.operations import rebuild
from peixun.people.models import Account, TokenScope
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import actor_of
from tests.architecture.addresses import ADDRESSES, CHOSEN, OBJECTS
from tests.architecture.asked import NEVER, ROLES, Place, everything
from tests.architecture.places import place_of, with_own
from tests.architecture.routes import ROUTES, fill, query_of
from tests.factories.world import World, account, build_world

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
DAY = date(2018, 6, 30)
NOWHERE = everything("NOWHERE", 999_999)
# Where each role stands, as organisation and branch: first inside, then outside: the nearest neighbour, what lies
# above (with a branch that isn't one's own), the far side.
STANDS: dict[str, tuple[str, ...]] = {
    "member": ("T11a T11a", "T11a T11a", "T21a T21a"),
    "secretary": ("T11a T11a", "T11b T11b", "T11 T12a", "T21a T21a"),
    "class_manager": ("C1 T11b", "R T21a", "C2 T22a", "T21a T21a"),
    "township": ("T11 T11b", "T12 T12a", "C1 T12b", "T21a T21a"),
    "county": ("C1 T12a", "R T21a", "C2 T22a", "T21a T21a"),
    "city": ("R T21a",),
    "leader": ("C1 T11a", "R T21a", "C2 T22a", "T21a T21a"),
    "auditor": ("C1 T11a", "R T21a", "C2 T22a", "T21a T21a"),
    "administrator": ("C1 T11a", "R T21a", "C2 T22a", "T21a T21a"),
    "elsewhere": ("C2 T22b", "R T11a", "C1 T12a", "T11a T11a"),
}
GRANTED = {"township": "office", "county": "office", "city": "office", "elsewhere": "office"}


KNOWN = sorted(ROUTES.keys() & ADDRESSES.keys())
SCOPED = [
    (name, method)
    for name in KNOWN
    if OBJECTS & set(ROUTES[name][1]) or ADDRESSES[name].names_something
    for method, served in (("GET", ADDRESSES[name].get), ("POST", ADDRESSES[name].post))
    if served != NEVER
]


@dataclass
class Asked:
    """One role with its session and its token, something inside its scope and things outside of it."""

    role: str
    session: str
    token: str
    inside: Place
    outside: list[Place]

    def ask(self, method: str, name: str, place: Place) -> int:
        """The status that the role is answered."""
        rule = ADDRESSES[name]
        address = fill(name, place) + query_of(name, place)
        body = rule.body(place) if method == "POST" else None
        client = Client()  # a new one each time: signing out must not last
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        if name.startswith("api:"):
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            return client.generic(
                method, address, _json(body) if body else b"", content_type="application/json", headers=headers
            ).status_code
        return (client.post(address, body) if method == "POST" else client.get(address)).status_code


def _json(body: object) -> bytes:
    return orjson.dumps(body)


class Undone(Exception):
    """Ends what the tests did."""


@pytest.fixture(scope="module")
def everybody(django_db_setup, django_db_blocker) -> Iterator[dict[str, Asked]]:
    """The small city with an account for every role, undone at the end of the file."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                yield _people(build_world())
                raise Undone
        except Undone:
            pass


def _people(world: World) -> dict[str, Asked]:
    keeper = account("keeper")
    places = {text: place_of(world, text, keeper) for stands in STANDS.values() for text in stands}
    own = place_of(world, "T11a T11a", keeper, nth=1)
    rebuild(2018)
    asked = {}
    for role in ROLES:
        inside, *outside = STANDS[role]
        person = {"member": world.person(1), "secretary": world.person(0)}.get(role)
        here = None if role == "member" else world.organisation(inside.split()[0])
        who = account(role, role=GRANTED.get(role, role) if here else "", organisation=here, person=person)
        asked[role] = Asked(
            role,
            _session(who),
            _token(who),
            with_own(own if role == "member" else places[inside], who),
            [*(with_own(places[text], keeper) for text in outside), NOWHERE],
        )
    return asked


def _session(who: Account) -> str:
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _token(who: Account) -> str:
    made = issue_token(who, days=30, by=actor_of(who, day=DAY), at=datetime.now(UTC), scopes=tuple(TokenScope))
    return made.text


def state() -> dict[str, str]:
    """A digest of every table that a request could change, but for sessions and the days of tokens."""
    found = {}
    for model in apps.get_models():
        if model._meta.label in {"sessions.Session", "people.Token"}:
            continue
        rows = model._base_manager.order_by("pk").values_list()
        found[model._meta.label] = hashlib.sha256(repr([[_plain(v) for v in row] for row in rows]).encode()).hexdigest()
    return found


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_every_address_stands_in_the_table():
    missing = sorted(ROUTES.keys() - ADDRESSES.keys())
    assert missing == [], (
        f"add a line for {missing} to tests/architecture/addresses.py: who is answered what inside their scope, and "
        "what the query and the body need; outside of a scope everything must answer 404 without a word for it"
    )
    gone = sorted(ADDRESSES.keys() - ROUTES.keys())
    assert gone == [], f"take {gone} out of tests/architecture/addresses.py: these addresses are no more"
    arguments = {argument for _route, taken in ROUTES.values() for argument in taken}
    assert arguments <= OBJECTS | CHOSEN.keys(), (
        "an address takes an argument that this test doesn't know: if it names something that may lie outside of a "
        "scope, add it to Place and OBJECTS, else to CHOSEN"
    )


@pytest.mark.parametrize("name", KNOWN)
def test_whoever_has_not_signed_in_enters_nothing_but_the_public_pages(everybody, name):
    nobody = Client()
    address = fill(name, everybody["county"].inside)
    before = state()
    for method in (nobody.get, nobody.post):
        response = method(address)
        if ADDRESSES[name].public:
            assert response.status_code in {200, 302, 404, 405, 503}
            assert not response.headers.get("Location", "").startswith("/sign-in/?next=")
        elif name.startswith("api:"):
            assert response.status_code in {401, 405}
        else:
            assert response.status_code == 302
            assert response.url.startswith("/sign-in/?next=")
    assert state() == before


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", KNOWN)
def test_inside_its_scope_each_role_is_answered_as_the_table_says(everybody, name, method):
    rule = ADDRESSES[name]
    expected = rule.get if method == "GET" else rule.post
    for role, asked in everybody.items():
        if role != ROLES[-1] and (expected == NEVER or rule.public):
            continue  # the same for everybody: once is enough
        with transaction.atomic():
            status = asked.ask(method, name, asked.inside)
            transaction.set_rollback(True)
        assert status == expected.for_role(role), (role, fill(name, asked.inside))


@pytest.mark.parametrize(("name", "method"), SCOPED)
def test_outside_its_scope_nothing_is_there_and_nothing_changes(everybody, name, method):
    rule = ADDRESSES[name]
    served = rule.get if method == "GET" else rule.post
    before = state()
    for role, asked in everybody.items():
        admitted = role in served.to
        # Whoever is turned away at home knocks at one strange door only.
        for place in asked.outside if admitted else asked.outside[-2:-1]:
            status = asked.ask(method, name, place)
            expected = rule.outside if admitted and method == "POST" else served.otherwise
            assert status == expected, (role, fill(name, place), rule.query.format(code=place.code))
    assert state() == before
