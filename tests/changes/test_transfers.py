"""Transfers in two steps: proposed, accepted, refused, withdrawn, undone; what they change, and who may."""

from datetime import date, timedelta

import pytest

from peixun.changes import operations, queries
from peixun.changes.models import Transfer, TransferState
from peixun.changes.operations import AlreadyDecided, Proposal, TransferRefused
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.operations.previewing import preview
from peixun.coverage.queries.position import position
from peixun.people.models import AuditEntry, Membership, Post
from peixun.people.operations.memberships import transfer as move
from peixun.people.queries.scope import OutOfScope, actor_of, system_actor
from tests.factories.world import NOW, account, build_world, post

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
SYSTEM = system_actor()


@pytest.fixture
def world(db):
    return build_world(3)


def actor(world, code, role="secretary", login=""):
    return actor_of(account(login or f"{role}-{code}", role=role, organisation=world.organisation(code)), day=TODAY)


def proposal(world, *persons, to="T12a", on=TODAY, reason="工作调动"):
    return Proposal(tuple(world.persons[i] for i in persons), world.organisation(to), on, reason)


def propose(world, *persons, by, **more):
    return operations.propose(proposal(world, *persons, **more), today=TODAY, by=by, at=NOW)


def branch_of(person_id, day=TODAY):
    return Membership.objects.on(day).get(person=person_id).organisation.code


def test_the_leaving_branch_proposes_and_the_receiving_one_accepts(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    [one] = propose(world, 1, by=leaving)
    assert one.state == TransferState.PROPOSED
    assert branch_of(one.person_id) == "T11a"
    assert list(queries.to_receive(receiving)) == [one]
    assert list(queries.to_receive(leaving)) == []
    assert list(queries.waiting_elsewhere(leaving)) == [one]
    operations.accept([one], by=receiving, at=NOW)
    assert branch_of(one.person_id) == "T12a"
    assert branch_of(one.person_id, TODAY - timedelta(1)) == "T11a"
    one.refresh_from_db()
    assert (one.state, one.decided_by_id) == (TransferState.ACCEPTED, receiving.account_id)
    acts = AuditEntry.objects.filter(subject="person", subject_id=str(one.person_id)).values_list("action", flat=True)
    assert {"propose_transfer", "accept_transfer"} <= set(acts)


def test_an_office_above_both_transfers_at_once(world):
    [one] = propose(world, 1, by=actor(world, "C1", "office"))
    assert one.state == TransferState.ACCEPTED
    assert branch_of(one.person_id) == "T12a"


def test_a_secretary_who_leaves_gives_up_the_post_and_has_it_back_when_undone(world):
    office = actor(world, "C1", "office")
    [one] = propose(world, 0, by=office)
    held = Post.objects.get(person=one.person_id)
    assert held.until == TODAY
    operations.undo(one, note="选错了人", by=office, at=NOW)
    held.refresh_from_db()
    assert held.until is None
    assert branch_of(one.person_id) == "T11a"
    assert Membership.objects.filter(person=one.person_id).count() == 1
    assert one.state == TransferState.UNDONE


def test_undoing_is_refused_once_something_else_has_changed(world):
    office = actor(world, "R", "office")
    [one] = propose(world, 1, by=office, on=date(2018, 6, 1))
    move(one.person, to=world.organisation("T21a"), on=date(2018, 6, 20), by=SYSTEM, at=NOW)
    with pytest.raises(TransferRefused, match="不能撤销"):
        operations.undo(one, note="选错了人", by=office, at=NOW)
    one.refresh_from_db()
    assert one.state == TransferState.ACCEPTED
    assert branch_of(one.person_id) == "T21a"


def test_undoing_is_refused_when_the_branch_has_a_new_secretary(world):
    office = actor(world, "C1", "office")
    [one] = propose(world, 0, by=office, on=date(2018, 6, 1))
    Post.objects.create(
        person=world.person(2), organisation=world.organisation("T11a"), title="secretary", since=date(2018, 6, 2)
    )
    with pytest.raises(TransferRefused, match="新的书记"):
        operations.undo(one, note="选错了人", by=office, at=NOW)


def test_refused_and_withdrawn_ones_leave_the_member_where_they_are(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    first, second = propose(world, 1, 2, by=leaving)
    with pytest.raises(TransferRefused, match="原因"):
        operations.refuse(first, note=" ", by=receiving, at=NOW)
    operations.refuse(first, note="不是本村的", by=receiving, at=NOW)
    operations.withdraw(second, by=leaving, at=NOW)
    assert [branch_of(t.person_id) for t in (first, second)] == ["T11a", "T11a"]
    [again] = propose(world, 1, by=leaving, to="T12b")
    assert again.state == TransferState.PROPOSED


def test_of_two_who_decide_only_the_first_succeeds(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    [one] = propose(world, 1, by=leaving)
    mine, theirs = Transfer.objects.get(pk=one.pk), Transfer.objects.get(pk=one.pk)
    operations.withdraw(mine, by=leaving, at=NOW)
    with pytest.raises(AlreadyDecided):
        operations.accept([theirs], by=receiving, at=NOW)
    assert branch_of(one.person_id) == "T11a"


@pytest.mark.parametrize(
    ("persons", "more", "reason"),
    [
        ((1,), {"to": "T11a"}, "已在这个支部"),
        ((1,), {"on": date(2018, 7, 1)}, "不能晚于今天"),
        ((1,), {"on": date(2009, 1, 1)}, "转入现支部"),
        ((1,), {"to": "T12"}, "不能接收党员"),
        ((), {}, "请选择"),
    ],
)
def test_what_cannot_be_is_refused_in_words(world, persons, more, reason):
    with pytest.raises(TransferRefused, match=reason):
        propose(world, *persons, by=actor(world, "R", "office"), **more)
    assert not Transfer.objects.exists()


def test_a_member_under_way_is_not_proposed_again_and_nobody_of_the_list_is(world):
    leaving = actor(world, "T11a")
    propose(world, 1, by=leaving)
    with pytest.raises(TransferRefused, match="已在转接中"):
        propose(world, 1, 2, by=leaving, to="T12b")
    assert Transfer.objects.count() == 1


def test_nobody_transfers_outside_their_scope(world):
    with pytest.raises(OutOfScope):
        propose(world, 1, by=actor(world, "T12a"))
    leaving = actor(world, "T11a")
    [one] = propose(world, 1, by=leaving)
    with pytest.raises(OutOfScope):
        operations.accept([one], by=leaving, at=NOW)
    assert not queries.transfers_of(actor(world, "T21a")).exists()


def test_a_preview_says_what_comes_true_and_writes_nothing(world):
    for index in (1, 2):
        post(world, world.persons[index], on=date(2018, 3, 1), hours=32)
    rebuild(2018)
    office = actor(world, "C1", "office")
    before, after = (world.organisations[code] for code in ("T11a", "T12a"))
    effect = preview(
        lambda: propose(world, 1, 2, by=office), person_ids=[world.persons[1], world.persons[2]], day=TODAY
    )
    assert not Transfer.objects.exists()
    assert branch_of(world.persons[1]) == "T11a"
    told = {b: [(t.due, t.covered, t.fulfilled) for t in effect.of(b)] for b in effect.branches}
    assert told == {before: [(2, 2, 2), (0, 0, 0)], after: [(0, 0, 0), (2, 2, 2)]}

    def kept(code):
        count = position(world.organisation(code), year=2018, as_of=TODAY).total
        return (count.due, count.covered, count.fulfilled)

    was = {code: kept(code) for code in ("T11a", "T12a")}
    propose(world, 1, 2, by=office)
    refresh()
    for code, pk in (("T11a", before), ("T12a", after)):
        first, last = told[pk]
        assert kept(code) == tuple(w - f + n for w, f, n in zip(was[code], first, last, strict=True))
