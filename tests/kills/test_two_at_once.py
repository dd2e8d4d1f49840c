"""Two people at once, each with a connection of their own: one wins, the other is told in plain words, nobody hangs.

What SQLite does with its one writer is the same in kind: the second comes after the first. So these run on PostgreSQL.
"""

import threading
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, connections

from peixun.catalog.models import RequirementPack
from peixun.changes import operations as changes
from peixun.changes.models import OrganisationChangeKind, Transfer, TransferState
from peixun.changes.operations import ChangeRefused, OrganisationWanted, Proposal, TransferRefused
from peixun.changes.operations import duplicates as merging
from peixun.claims import operations as claims
from peixun.claims.models import Claim
from peixun.claims.operations import ClaimRefused, Filing, Ruling
from peixun.coverage.operations import rebuild, refresh
from peixun.ledger.models import CreditEntry, YearClosing
from peixun.ledger.operations import verify
from peixun.ledger.operations.closing import ClosingRefused, close_year
from peixun.people.models import Grant, Membership, OneTimeCode, Organisation, PersonAlias, SpareCode
from peixun.people.operations.codes import issue_codes, redeem_code
from peixun.people.operations.factors import renew_spare_codes, take_code
from peixun.people.operations.granting import GrantRefused, NewGrant, give_role
from peixun.people.queries.scope import Actor, actor_of
from peixun.reports.models import IssuedReport
from peixun.reports.operations import IssueRefused, Wanted, issue
from peixun.rulebook.operations import publishing
from peixun.rulebook.operations.drafts import RulesRefused, begin, save
from tests.factories.world import NOW, account, build_world, post
from tests.kills.standing import YEARS, kept_is_right

pytestmark = pytest.mark.postgres
TODAY = date(2018, 6, 30)
ROUNDS = 3
"""How often each pair meets: who comes first is for chance to say."""


@pytest.fixture(scope="session")
def template(django_db_setup, django_db_blocker):
    """The name of a migrated, empty database; made here when no other test of the run has asked for one."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: the second always comes after the first")
    name = connection.settings_dict["NAME"]
    if name.startswith("test_"):
        yield name
        return
    with django_db_blocker.unblock():
        yield connection.creation.create_test_db(verbosity=0, autoclobber=True)
        connection.creation.destroy_test_db(name, verbosity=0)


@pytest.fixture
def own_database(template, django_db_blocker):
    """A copy of the test database, thrown away afterwards: the ledger's guards let nobody empty its tables."""
    there, name = connection.settings_dict, f"{template}_met"
    with django_db_blocker.unblock():
        connections.close_all()
        run_on_server(f'DROP DATABASE IF EXISTS "{name}"')
        run_on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        there["NAME"] = name
        try:
            yield
        finally:
            connections.close_all()
            there["NAME"] = template
            run_on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_on_server(statement):
    """Run one statement beside every database of the tests."""
    there = connection.settings_dict
    server = {"host": there["HOST"], "port": there["PORT"] or 5432, "user": there["USER"]}
    with psycopg.connect(**server, password=there["PASSWORD"], dbname="postgres", autocommit=True) as link:
        link.execute(statement)


@pytest.fixture
def world(own_database):
    made = build_world(4)
    for year in YEARS:
        rebuild(year)
    return made


def at_once(*works):
    """Do all at the same moment; what each returned or raised, in order."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(index, work):
        try:
            with connection.cursor() as cursor:  # connected before the start, so that both really meet
                cursor.execute("SELECT 1")
            barrier.wait(20)
            outcomes[index] = work()
        except Exception as error:  # noqa: BLE001 - judged by whoever asks
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "somebody waits for ever"
    return outcomes


def told(outcomes, refusal):
    """The words for those who came too late; whoever else raised something broke down."""
    lost = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, refusal) for one in lost), lost
    assert all(any("一" <= c <= "鿿" for c in str(one)) for one in lost), lost
    return lost


def one_wins(refusal, *works):
    """Exactly one does it."""
    outcomes = at_once(*works)
    assert len(told(outcomes, refusal)) == len(works) - 1, outcomes
    return outcomes


def actor(world, code, role="office", login=""):
    made = account(login or f"{role}-{code}", role=role, organisation=world.organisation(code))
    return actor_of(made, day=TODAY)


def propose(world, by, *persons, to="T12a", on=TODAY):
    wanted = Proposal(tuple(world.persons[i] for i in persons), world.organisation(to), on)
    return changes.propose(wanted, today=TODAY, by=by, at=NOW)


def branch_of(person_id):
    return Membership.objects.get(person=person_id, until=None).organisation.code


def test_a_transfer_is_accepted_once(world):
    leaving, receiving = actor(world, "T11a", "secretary"), actor(world, "T12a", "secretary")
    for person in range(1, 1 + ROUNDS):
        [one] = propose(world, leaving, person)
        works = [lambda pk=one.pk: changes.accept([Transfer.objects.get(pk=pk)], by=receiving, at=NOW)] * 2
        one_wins(TransferRefused, *works)
        assert branch_of(one.person_id) == "T12a"
        assert Membership.objects.filter(person=one.person_id).count() == 2


def test_accepted_by_one_and_withdrawn_by_the_other(world):
    leaving, receiving = actor(world, "T11a", "secretary"), actor(world, "T12a", "secretary")
    for person in range(1, 1 + ROUNDS):
        [one] = propose(world, leaving, person)
        one_wins(
            TransferRefused,
            lambda pk=one.pk: changes.accept([Transfer.objects.get(pk=pk)], by=receiving, at=NOW),
            lambda pk=one.pk: changes.withdraw(Transfer.objects.get(pk=pk), by=leaving, at=NOW),
        )
        one.refresh_from_db()
        assert (one.state == TransferState.ACCEPTED) == (branch_of(one.person_id) == "T12a")


def test_bulk_transfers_that_share_people_never_hang(world):
    office = actor(world, "R")
    people = [1, 2, 3]
    for to in ("T12a", "T21a", "T22a"):
        outcomes = one_wins(
            TransferRefused,
            lambda to=to: propose(world, office, *people, to=to),
            lambda to=to: propose(world, office, *reversed(people), to=f"{to[:-1]}b"),
        )
        there = {branch_of(world.persons[i]) for i in people}
        assert there == ({to} if not isinstance(outcomes[0], Exception) else {f"{to[:-1]}b"})
        for one in Transfer.objects.filter(state=TransferState.ACCEPTED):
            changes.undo(one, note="选错了人", by=office, at=NOW)
    kept_is_right()


def test_people_who_change_places_at_once(world):
    office = actor(world, "R")
    told(
        at_once(
            lambda: propose(world, office, 1, 2, to="T12a"),
            lambda: propose(world, office, 9, 10, to="T11a"),
        ),
        (),
    )
    assert {branch_of(world.persons[i]) for i in (1, 2)} == {"T12a"}
    assert {branch_of(world.persons[i]) for i in (9, 10)} == {"T11a"}
    kept_is_right()


def test_a_transfer_is_undone_once(world):
    office = actor(world, "C1")
    for person in range(1, 1 + ROUNDS):
        [one] = propose(world, office, person)
        works = [lambda pk=one.pk: changes.undo(Transfer.objects.get(pk=pk), note="选错了人", by=office, at=NOW)] * 2
        one_wins(TransferRefused, *works)
        assert branch_of(one.person_id) == "T11a"
        assert Membership.objects.filter(person=one.person_id).count() == 1


def merger(world, one, other, by):
    wanted = OrganisationWanted(
        OrganisationChangeKind.MERGE, world.organisation(one), TODAY, other=world.organisation(other)
    )
    return changes.change_organisation(wanted, today=TODAY, by=by, at=NOW)


def test_two_branches_merged_into_each_other(world):
    office = actor(world, "R")
    one_wins(
        ChangeRefused, lambda: merger(world, "T11a", "T12a", office), lambda: merger(world, "T12a", "T11a", office)
    )
    left = Organisation.objects.filter(code__in=["T11a", "T12a"], closed_on=None).get()
    assert Membership.objects.filter(organisation=left, until=None).count() == 8
    kept_is_right()


def test_two_committees_moved_below_each_other(world):
    """Each goes below a part of the other: no row is the same, and together they would make a ring."""
    office = actor(world, "R")

    def move(what, below):
        wanted = OrganisationWanted(
            OrganisationChangeKind.MOVE, world.organisation(what), TODAY, other=world.organisation(below)
        )
        return changes.change_organisation(wanted, today=TODAY, by=office, at=NOW)

    one_wins(ChangeRefused, lambda: move("C1", "T21"), lambda: move("C2", "T11"))
    for organisation in Organisation.objects.exclude(parent=None).select_related("parent"):
        assert organisation.path.startswith(organisation.parent.path)
    kept_is_right()


def test_a_transfer_into_a_branch_that_is_merged_away(world):
    leaving, receiving, office = (
        actor(world, "T11a", "secretary"),
        actor(world, "T12a", "secretary"),
        actor(world, "R"),
    )
    [one] = propose(world, leaving, 1)
    outcomes = at_once(
        lambda: changes.accept([Transfer.objects.get(pk=one.pk)], by=receiving, at=NOW),
        lambda: merger(world, "T12a", "T12b", office),
    )
    told(outcomes, (TransferRefused, ChangeRefused))
    one.refresh_from_db()
    assert one.state in {TransferState.ACCEPTED, TransferState.WITHDRAWN}
    closed = Organisation.objects.exclude(closed_on=None)
    assert not Membership.objects.filter(organisation__in=closed, until=None).exists()
    kept_is_right()


def test_a_proposal_to_a_branch_that_is_merged_away(world):
    leaving, office = actor(world, "T11a", "secretary"), actor(world, "R")
    told(
        at_once(lambda: propose(world, leaving, 1), lambda: merger(world, "T12a", "T12b", office)),
        (TransferRefused, ChangeRefused),
    )
    closed = Organisation.objects.exclude(closed_on=None)
    assert not Transfer.objects.filter(state=TransferState.PROPOSED, receiving__in=closed).exists()


def test_two_records_merged_into_each_other(world):
    office = actor(world, "R")
    one, other = world.person(1), world.person(9)

    def merge(alias, into):
        return merging.merge(alias, into=into, today=TODAY, by=office, at=NOW)

    one_wins(TransferRefused, lambda: merge(one, other), lambda: merge(other, one))
    assert PersonAlias.objects.count() == 1
    kept_is_right()


def test_a_merger_of_records_is_undone_once(world):
    office = actor(world, "R")
    row = merging.merge(world.person(1), into=world.person(9), today=TODAY, by=office, at=NOW)
    works = [lambda: merging.undo_merge(PersonAlias.objects.get(pk=row.pk), by=office, at=NOW)] * 2
    outcomes = at_once(*works)
    assert len(told(outcomes, (TransferRefused, PersonAlias.DoesNotExist))) == 1


def test_a_claim_is_granted_once(world):
    member = actor_of(account("member", person=world.person(1)), day=TODAY)
    offices = [actor(world, "T11", login=f"office-{i}") for i in range(2)]
    for day in range(1, 1 + ROUNDS):
        on = date(2018, 6, day)
        filing = Filing(world.person(1), title="党日", activity_kind="theme_day", hours=Decimal(2), happened_on=on)
        claim = claims.file(filing, today=TODAY, by=member, at=NOW)
        late = NOW + timedelta(days=16)

        def grant(by, pk=claim.pk, on=on, late=late):
            claims.grant(Claim.objects.get(pk=pk), Ruling(Decimal(2), on), today=TODAY, by=by, at=late)

        one_wins(ClaimRefused, lambda g=grant: g(offices[0]), lambda g=grant: g(offices[1]))
        assert CreditEntry.objects.filter(person=world.persons[1], happened_on=on).count() == 1
    kept_is_right()


def test_a_report_is_issued_once(world):
    post(world, world.persons[1], on=date(2017, 5, 4), hours=2)
    refresh()
    wanted = Wanted(world.root, 2017, date(2017, 12, 31), TODAY)
    offices = [actor(world, "R", login=f"r{i}") for i in range(2)]
    one_wins(IssueRefused, *[lambda by=by: issue(wanted, by=by, at=NOW) for by in offices])
    assert IssuedReport.objects.get().number == 1
    assert verify().intact


def test_a_year_is_closed_once_while_somebody_posts(world):
    offices = [actor(world, "C1", login=f"c{i}") for i in range(2)]
    here = world.organisation("C1")

    def close(by):
        return close_year(here, 2017, figures={"due": 1}, by=by, at=NOW, today=TODAY)

    outcomes = at_once(
        lambda: close(offices[0]),
        lambda: close(offices[1]),
        lambda: post(world, world.persons[30], on=date(2018, 5, 4), hours=2),
    )
    assert len(told(outcomes, ClosingRefused)) == 1
    assert YearClosing.objects.count() == 1
    assert CreditEntry.objects.count() == 1
    assert verify().intact


@pytest.mark.parametrize(("one", "other"), [("2018-07-01", "2018-07-01"), ("2018-07-01", "2018-09-01")])
def test_of_two_packs_of_one_owner_none_overlap(world, one, other):
    offices = [actor(world, "C1", login=f"c{i}") for i in range(2)]
    drafts = []
    for by, since in zip(offices, (one, other), strict=True):
        draft = begin("requirement", world.organisation("C1"), by=by, at=NOW)
        row = {"audience": "members", "name": "党员", "period": "year", "min_hours": "16", "within": []}
        content = {
            "name": "县里的要求",
            "since": since,
            "last": "2018-12-31",
            "source": "县委组〔2018〕1号",
            "note": "",
        }
        save(draft, {**content, "requirements": [row]}, version=1, by=by, at=NOW)
        drafts.append(draft)

    def publish(draft, by):
        return publishing.publish(
            draft, version=draft.version, confirmed=publishing.Confirmed(), today=TODAY, by=by, at=NOW
        )

    one_wins(RulesRefused, *[lambda d=d, by=by: publish(d, by) for d, by in zip(drafts, offices, strict=True)])
    assert RequirementPack.objects.filter(owner=world.organisation("C1")).count() == 1


def test_a_role_is_given_once(world):
    someone = account("someone")
    new = NewGrant("secretary", world.organisation("T11a"), TODAY)
    givers = [actor(world, "R", login=f"a{i}") for i in range(2)]
    one_wins(GrantRefused, *[lambda by=by: give_role(someone, new, by=by, at=NOW, day=TODAY) for by in givers])
    assert Grant.objects.filter(account=someone).count() == 1


def test_a_login_code_is_redeemed_once(world):
    secretary = actor(world, "T11a", "secretary")
    [issued] = issue_codes([world.persons[1]], by=secretary, at=NOW, day=TODAY)
    outcomes = at_once(
        *[
            lambda word=word: redeem_code(issued.login, issued.code, word, at=NOW, day=TODAY)
            for word in ("yellow-river-1", "yellow-river-2")
        ]
    )
    told(outcomes, ())
    assert sorted(one is None for one in outcomes) == [False, True]
    assert OneTimeCode.objects.get().used_at == NOW
    redeemed = next(one for one in outcomes if one)
    winner = ("yellow-river-1", "yellow-river-2")[outcomes.index(redeemed)]
    redeemed.account.refresh_from_db()
    assert redeemed.account.check_password(winner)


def test_a_spare_code_is_taken_once(world):
    made = account("someone")
    own = Actor(account_id=made.pk, person_id=None, system_user="", grants=())
    code = renew_spare_codes(made, by=own, at=NOW)[0]
    assert sorted(at_once(*[lambda: take_code(made, code, at=NOW)] * 3)) == [False, False, True]
    assert SpareCode.objects.filter(used_at=None).count() == 7
