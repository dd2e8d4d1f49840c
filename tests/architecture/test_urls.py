"""Every address as every role: nothing outside a scope is there, nothing outside of it can be changed, nothing breaks.

The walk reads the addresses from the resolver and what each should answer from the table in `addresses.py`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import orjson
import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client

from peixun.catalog.models import RequirementPack
from peixun.changes.models import ChangeKind, OrganisationChange, OrganisationChangeKind, PersonChange, Transfer
from peixun.changes.operations import OrganisationWanted, change_organisation, record
from peixun.changes.operations import Wanted as WantedChange
from peixun.claims.models import Claim
from peixun.claims.operations import Filing, file
from peixun.coverage.operations import rebuild
from peixun.exchange.models import ImportJob, JobState
from peixun.ledger.models import CreditEntry, YearClosing
from peixun.notices.models import Message
from peixun.people.models import Account, Audience, Grant, NotSamePerson, Organisation, Person, PersonAlias, TokenScope
from peixun.people.operations.organisations import NewOrganisation
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import Actor, actor_of, system_actor
from peixun.reports.models import IssuedReport, Schedule, ScheduledFile
from peixun.reports.operations import Wanted, issue
from peixun.rulebook.models import PackDraft, Trial
from tests.architecture.addresses import (
    ADDRESSES,
    CHOSEN,
    NEVER,
    OBJECTS,
    ROLES,
    ROUTES,
    Place,
    everything,
    fill,
    query_of,
)
from tests.factories.world import NOW, World, account, build_world, post

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
    places = {text: _place(world, text, keeper) for stands in STANDS.values() for text in stands}
    own = _place(world, "T11a T11a", keeper, nth=1)
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
            _with_own(own if role == "member" else places[inside], who),
            [*(_with_own(places[text], keeper) for text in outside), NOWHERE],
        )
    return asked


def _place(world: World, text: str, keeper: Account, *, nth: int = 2) -> Place:
    """An organisation with a person of a branch, their entry, what it was earned from, and a file on its way in."""
    code, branch = text.split()
    person_id = world.persons[world.branches.index(branch) * 5 + nth]
    entry = CreditEntry.objects.filter(person=person_id).first() or post(
        world, person_id, on=date(2018, 3, 1), hours=4, organiser_id=world.organisations[branch]
    )
    job = ImportJob.objects.create(
        key="members",
        state=JobState.PLANNED,
        account=keeper,
        scope=[world.organisation(code).path],
        file_name="党员.xlsx",
        folder=uuid4().hex,
        created_at=NOW,
        bad=1,
        skip_bad=True,
    )
    job.path.mkdir(parents=True)
    job.errors.write_bytes(b"")
    grant = _grant(world, code)
    other, alias = (world.persons[world.branches.index(branch) * 5 + n] for n in (3, 4))
    draft_id, trial_id, pack_id, audience = _rules(world, code, f"C{branch[1]}" if code == "R" else code)
    return Place(
        code,
        branch,
        person_id=person_id,
        entry_id=entry.pk,
        activity_id=entry.activity_id,
        job_id=job.pk,
        transfer_id=_transfer(world, branch, person_id),
        change_id=_change(person_id),
        organisation_change_id=_organisation_change(world, code),
        account_id=grant.account_id,
        grant_id=grant.pk,
        report_id=_issued(world, code),
        closing_id=_closing(world, code),
        claim_id=_claim(person_id),
        other_id=other,
        alias_id=alias,
        apart_id=_pairs(other, alias),
        draft_id=draft_id,
        trial_id=trial_id,
        pack_id=pack_id,
        audience=audience,
    )


def _grant(world: World, code: str) -> Grant:
    """A role that somebody holds on the organisation."""
    holder = Account.objects.filter(login=f"holder-{code}").first() or account(f"holder-{code}")
    place = world.organisation(code)
    return Grant.objects.get_or_create(account=holder, organisation=place, role="secretary", since=date(2018, 1, 1))[0]


def _organisation_change(world: World, code: str) -> int:
    """A committee that was founded below the organisation, or a new name of a branch."""
    place = world.organisation(code)
    if place.holds_members:
        wanted = OrganisationWanted(OrganisationChangeKind.CHANGE, place, DAY, changes={"short_name": code})
    else:
        new = NewOrganisation(f"{code}X", "新设党总支", "general_branch", "grassroots", code, DAY)
        wanted = OrganisationWanted(OrganisationChangeKind.FOUND, place, DAY, new=new)
    known = OrganisationChange.objects.filter(organisation__code__in=[code, f"{code}X"], kind=wanted.kind).first()
    made = known or change_organisation(wanted, today=DAY, by=system_actor(), at=NOW)
    return made.pk


def _pairs(other: int, alias: int) -> int:
    """Two records merged, and (which no installation has) the same two kept apart."""
    PersonAlias.objects.get_or_create(alias_id=alias, defaults={"person_id": other, "merged_at": NOW})
    return NotSamePerson.objects.get_or_create(
        first_id=other, second_id=alias, defaults={"reason": "两个人", "marked_at": NOW}
    )[0].pk


def _rules(world: World, code: str, below: str) -> tuple[int, int, int, str]:
    """A draft, a trial of an audience, and an audience of an organisation; a pack of one that has no one below it
    who might copy from it."""
    owner = world.organisation(code)
    draft = PackDraft.objects.create(kind="requirement", owner=owner, made_at=NOW, changed_at=NOW)
    audience, _ = Audience.objects.get_or_create(
        key=f"of-{code}", defaults={"name": f"对象{code}", "owner": owner, "bit": Audience.objects.count()}
    )
    trial = Trial.objects.create(owner=owner, wanted={"key": audience.key, "name": "对象", "rule": {}}, made_at=NOW)
    pack, _ = RequirementPack.objects.get_or_create(
        owner=world.organisation(below),
        since=date(2000, 1, 1),
        defaults={"key": "old", "name": "旧要求", "source": "测试", "until": date(2001, 1, 1)},
    )
    return draft.pk, trial.pk, pack.pk, audience.key


def _claim(person_id: int) -> int:
    """Hours that the person says are missing, with a scan; the branch has let its time pass."""
    known = Claim.objects.filter(person=person_id).first()
    if known is not None:
        return known.pk
    filing = Filing(Person.objects.get(pk=person_id), Decimal(2), date(2018, 6, 5), title="七一主题党日")
    oneself = Actor(account_id=None, person_id=person_id, system_user="", grants=())
    return file(filing, scans=[b"%PDF-1.4\n%%EOF"], today=DAY, by=oneself, at=NOW).pk


def _closing(world: World, code: str) -> int:
    """A closing of the organisation, of a year for which nothing else here is posted."""
    return YearClosing.objects.get_or_create(
        organisation=world.organisation(code),
        year=2016,
        defaults={
            "closed_at": NOW,
            "seal_number": 0,
            "head": bytes(32),
            "last_entry": 0,
            "figures": {"due": 1, "covered": 0, "fulfilled": 0, "person_times": 0, "quarters": 0},
        },
    )[0].pk


def _issued(world: World, code: str) -> int:
    """A report of last year that was issued for the organisation."""
    wanted = Wanted(world.organisation(code), 2017, date(2017, 12, 31), DAY)
    known = IssuedReport.objects.filter(organisation=wanted.organisation).first()
    return (known or issue(wanted, by=system_actor(), at=NOW)).pk


def _change(person_id: int) -> int:
    """Something that was recorded about the person."""
    known = PersonChange.objects.filter(person=person_id).first()
    if known is not None:
        return known.pk
    wanted = WantedChange(ChangeKind.FLOATING, Person.objects.get(pk=person_id), date(2018, 5, 1))
    return record(wanted, today=DAY, by=system_actor(), at=NOW).pk


def _transfer(world: World, branch: str, person_id: int) -> int:
    """A transfer on its way to a neighbour that is no inner place of a role for which this branch is an outer one."""
    to = "T12b" if branch == "T11b" else branch[:-1] + {"a": "b", "b": "a"}[branch[-1]]
    return Transfer.objects.get_or_create(
        person_id=person_id,
        state="proposed",
        defaults={
            "leaving": world.organisation(branch),
            "receiving": world.organisation(to),
            "on": DAY,
            "proposed_at": NOW,
        },
    )[0].pk


def _with_own(place: Place, who: Account) -> Place:
    """The place, with what belongs to an account alone."""
    file = _scheduled(place.code, who)
    return replace(place, message_id=_message(who), file_id=file.pk, schedule_id=file.schedule_id)


def _scheduled(code: str, who: Account) -> ScheduledFile:
    """A file of a schedule of an account."""
    schedule = Schedule.objects.create(
        owner=who,
        organisation=Organisation.objects.get(code=code),
        what="statistics",
        chosen={"rows": "units", "columns": ["due"], "audience": "", "tier": ""},
        rhythm="weekly",
        day=1,
        next_run=DAY,
        not_before=NOW,
        made_at=NOW,
    )
    return ScheduledFile.objects.create(
        schedule=schedule,
        due_on=DAY,
        as_of=DAY,
        name="a.xlsx",
        content_type="text/plain",
        data=b"a",
        size=1,
        made_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )


def _message(who: Account) -> int:
    """A message with a time to somebody."""
    times = {"created_at": NOW, "starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}
    return Message.objects.get_or_create(account=who, kind="weekly_tasks", key="k", defaults=times)[0].pk


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
