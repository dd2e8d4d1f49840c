"""Changes of one person: recorded, previewed, refused in words, undone."""

from datetime import date

import pytest

from peixun.changes.models import ChangeKind, PersonChange
from peixun.changes.operations import AlreadyDecided, ChangeRefused, Wanted, record, undo_change
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.queries.position import position
from peixun.people.models import AuditEntry, Membership, Post, StatusPeriod
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, account, build_world, post

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
MAY = date(2018, 5, 1)


@pytest.fixture
def world(db):
    return build_world(3)


@pytest.fixture
def secretary(world):
    return actor_of(account("s", role="secretary", organisation=world.organisation("T11a")), day=TODAY)


def do(world, kind, index, by, **more):
    wanted = Wanted(kind, world.person(index), more.pop("on", MAY), **more)
    return record(wanted, today=TODAY, by=by, at=NOW)


def total(world, code="T11a"):
    refresh()
    found = position(world.organisation(code), year=2018, as_of=TODAY).total
    return (found.due, found.covered, found.fulfilled)


def test_a_lost_member_is_not_due_until_found_and_undoing_brings_each_step_back(world, secretary):
    rebuild(2018)
    assert total(world)[0] == 3
    lost = do(world, ChangeKind.LOST, 1, secretary)
    assert total(world)[0] == 2
    [row] = StatusPeriod.objects.filter(person=world.persons[1])
    found = do(world, ChangeKind.END, 1, secretary, on=date(2018, 6, 1), row=row.pk)
    assert total(world)[0] == 3
    undo_change(found, by=secretary, at=NOW)
    assert total(world)[0] == 2
    undo_change(lost, by=secretary, at=NOW)
    assert total(world)[0] == 3
    assert not StatusPeriod.objects.exists()
    assert PersonChange.objects.filter(undone_at__isnull=False).count() == 2


def test_what_came_after_must_be_undone_first(world, secretary):
    lost = do(world, ChangeKind.LOST, 1, secretary)
    do(world, ChangeKind.END, 1, secretary, on=date(2018, 6, 1), row=lost.row)
    with pytest.raises(ChangeRefused, match="不能撤销"):
        undo_change(lost, by=secretary, at=NOW)
    assert PersonChange.objects.get(pk=lost.pk).undone_at is None


def test_an_exemption_needs_a_reason_and_who_approved_it(world, secretary):
    with pytest.raises(ChangeRefused, match="批准人"):
        do(world, ChangeKind.EXEMPT, 1, secretary, reason="年老体弱")
    do(world, ChangeKind.EXEMPT, 1, secretary, reason="年老体弱", approved_by="镇党委", until=date(2018, 12, 31))
    assert StatusPeriod.objects.get().approved_by == "镇党委"
    with pytest.raises(ChangeRefused, match="已登记过"):
        do(world, ChangeKind.EXEMPT, 1, secretary, reason="再来", approved_by="镇党委", on=TODAY)


def test_posts_are_taken_up_and_left_and_a_branch_has_one_secretary(world, secretary):
    branch = world.organisation("T11a")
    with pytest.raises(ChangeRefused, match="冲突"):
        do(world, ChangeKind.APPOINT, 1, secretary, title="secretary", organisation=branch)
    held = Post.objects.get(person=world.persons[0])
    left = do(world, ChangeKind.LEAVE, 0, secretary, row=held.pk)
    taken = do(world, ChangeKind.APPOINT, 1, secretary, title="secretary", organisation=branch)
    with pytest.raises(ChangeRefused, match="新的书记"):
        undo_change(left, by=secretary, at=NOW)
    undo_change(taken, by=secretary, at=NOW)
    undo_change(left, by=secretary, at=NOW)
    held.refresh_from_db()
    assert held.until is None
    assert Post.objects.filter(organisation=branch).count() == 1


def test_a_post_changes_what_is_asked(world, secretary):
    post(world, world.persons[1], on=date(2018, 3, 1), hours=32)
    rebuild(2018)
    assert total(world) == (3, 1, 1)
    held = Post.objects.get(person=world.persons[0])
    do(world, ChangeKind.LEAVE, 0, secretary, row=held.pk)
    do(world, ChangeKind.APPOINT, 1, secretary, title="secretary", organisation=world.organisation("T11a"))
    assert total(world) == (3, 1, 0)  # 32 hours are enough for a member, not for a secretary


def test_probation_ends_and_can_be_taken_back(world, secretary):
    with pytest.raises(ChangeRefused, match="只有预备党员"):
        do(world, ChangeKind.FULL, 1, secretary)
    Membership.objects.filter(person=world.persons[1]).update(status="probationary")
    full = do(world, ChangeKind.FULL, 1, secretary)
    assert [m.status for m in Membership.objects.filter(person=world.persons[1])] == ["probationary", "full"]
    undo_change(full, by=secretary, at=NOW)
    [only] = Membership.objects.filter(person=world.persons[1])
    assert (only.status, only.until) == ("probationary", None)
    assert AuditEntry.objects.filter(action="take_back_full", subject_id=str(world.persons[1])).count() == 1


@pytest.mark.parametrize(("on", "reason"), [(date(2018, 7, 1), "不能晚于今天"), (date(1960, 1, 1), "出生日期")])
def test_impossible_days_are_refused(world, secretary, on, reason):
    with pytest.raises(ChangeRefused, match=reason):
        do(world, ChangeKind.FLOATING, 1, secretary, on=on)
    assert not StatusPeriod.objects.exists()


def test_nobody_records_or_undoes_outside_their_scope(world, secretary):
    elsewhere = actor_of(account("e", role="secretary", organisation=world.organisation("T12a")), day=TODAY)
    with pytest.raises(OutOfScope):
        do(world, ChangeKind.FLOATING, 1, elsewhere)
    made = do(world, ChangeKind.FLOATING, 1, secretary)
    with pytest.raises(OutOfScope):
        undo_change(made, by=elsewhere, at=NOW)
    with pytest.raises(OutOfScope):
        do(world, ChangeKind.APPOINT, 1, secretary, title="deputy", organisation=world.organisation("C1"))


def test_undone_twice_is_undone_once(world, secretary):
    made = do(world, ChangeKind.FLOATING, 1, secretary)
    again = PersonChange.objects.get(pk=made.pk)
    undo_change(made, by=secretary, at=NOW)
    with pytest.raises(AlreadyDecided):
        undo_change(again, by=secretary, at=NOW)
