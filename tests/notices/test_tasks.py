"""What waits for whom, the weekly reminder, and what transfers tell."""

from datetime import date, timedelta

import pytest

from peixun.changes import operations as changes
from peixun.changes.operations import Proposal
from peixun.exchange.models import ImportJob, JobState
from peixun.notices.models import Message, Preference, Weekday
from peixun.notices.operations import remind
from peixun.notices.queries.tasks import tasks
from peixun.people.models import Account
from tests.factories.world import NOW, account
from tests.notices.conftest import TODAY, actor, signed_in

pytestmark = pytest.mark.django_db
MONDAY = date(2018, 7, 2)


def propose(world, index, by, to="T12a"):
    proposal = Proposal((world.persons[index],), world.organisation(to), TODAY, "工作调动")
    [one] = changes.propose(proposal, today=TODAY, by=by, at=NOW)
    return one


def told(by_or_id):
    account_id = getattr(by_or_id, "account_id", by_or_id)
    return [(m.kind, m.title) for m in Message.objects.filter(account=account_id).order_by("pk")]


def test_a_transfer_tells_who_receives_then_who_proposed_and_the_member(world):
    leaving, receiving, office = actor(world, "T11a"), actor(world, "T12a"), actor(world, "C1", "office")
    member = account("m", person=world.person(1))
    one = propose(world, 1, leaving)
    name = one.person.name
    assert told(receiving) == [("transfer_proposed", f"{name} 转入12a村党支部，等待接收")]
    assert told(office) == told(leaving) == told(member.pk) == []
    changes.accept([one], by=receiving, at=NOW)
    assert told(leaving) == [("transfer_accepted", f"{name} 的转接已接收")]
    assert told(member.pk) == [("transferred", "您的组织关系已转到12a村党支部")]
    assert "2018年6月30日" in Message.objects.get(kind="transferred").text
    changes.undo(one, note="办错了", by=receiving, at=NOW)
    assert told(member.pk)[1:] == [("transfer_undone", "您的组织关系仍在11a村党支部")]


def test_a_refusal_tells_the_reason_to_whoever_proposed(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    one = propose(world, 1, leaving)
    changes.refuse(one, note="不是本支部的人", by=receiving, at=NOW)
    assert "不是本支部的人" in Message.objects.get(account=leaving.account_id).text


def test_done_in_one_step_only_the_member_is_told(world):
    office = actor(world, "C1", "office")
    actor(world, "T12a")
    member = account("m", person=world.person(1))
    propose(world, 1, office)
    assert list(Message.objects.values_list("account", "kind")) == [(member.pk, "transferred")]


def test_each_sees_what_is_theirs_and_those_above_a_sum(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    county, elsewhere = actor(world, "C1", "office"), actor(world, "C2", "office")
    propose(world, 1, leaving)
    propose(world, 2, leaving)
    [own] = tasks(receiving, day=TODAY).own
    assert (own.kind, own.count, own.url) == ("receive", 2, "/changes/")
    assert tasks(receiving, day=TODAY).lines[0][1] == "12a村党支部"
    assert tasks(leaving, day=TODAY).own == tasks(leaving, day=TODAY).below == []
    above = tasks(county, day=TODAY)
    assert (above.own, [(w.kind, w.count) for w in above.below]) == ([], [("receive", 2)])
    assert tasks(elsewhere, day=TODAY).below == []
    assert tasks(receiving, day=TODAY, within=world.organisation("T21a").path).own == []
    assert len(tasks(receiving, day=TODAY, within=world.organisation("C1").path).own) == 1


def test_files_wait_for_whoever_brought_them(world):
    office, other = actor(world, "C1", "office"), actor(world, "C1", "office", login="other")
    job = ImportJob.objects.create(
        key="members", state=JobState.PLANNED, account_id=office.account_id, scope=[world.organisation("C1").path],
        file_name="党员.xlsx", folder="f", created_at=NOW,
    )  # fmt: skip
    [own] = tasks(office, day=TODAY).own
    assert (own.title, own.url) == ("确认导入“党员.xlsx”", f"/import/{job.pk}/")
    assert tasks(other, day=TODAY).own == []
    job.missing.create(person_id=world.persons[0], place="x")
    ImportJob.objects.update(state=JobState.DONE)
    [own] = tasks(office, day=TODAY).own
    assert (own.kind, own.count) == ("missing_people", 1)


def test_the_list_takes_the_same_queries_however_much_waits(world, django_assert_max_num_queries):
    county, leaving = actor(world, "C1", "office"), actor(world, "C2", "office")
    propose(world, 12, leaving, to="T11a")
    with django_assert_max_num_queries(7) as few:
        tasks(county, day=TODAY)
    for index, to in ((13, "T11b"), (14, "T12a"), (15, "T12b")):
        propose(world, index, leaving, to=to)
    with django_assert_max_num_queries(len(few)):
        assert [w.count for w in tasks(county, day=TODAY).own] == [1, 1, 1, 1]


def test_the_reminder_comes_once_a_week_on_ones_day_and_only_with_something_to_do(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    propose(world, 1, leaving)
    Message.objects.all().delete()
    assert remind(day=TODAY, at=NOW) == 0  # a Saturday
    assert remind(day=MONDAY, at=NOW) == 1
    assert remind(day=MONDAY, at=NOW) == 0
    [(kind, title)] = told(receiving)
    assert (kind, title) == ("weekly_tasks", "本周有 1 项待办")
    assert told(leaving) == []
    Preference.objects.create(account_id=receiving.account_id, weekday=Weekday.THURSDAY)
    assert remind(day=MONDAY + timedelta(3), at=NOW) == 0  # the same week
    assert remind(day=MONDAY + timedelta(7), at=NOW) == 0  # not one's day
    assert remind(day=MONDAY + timedelta(10), at=NOW) == 1
    assert len(told(receiving)) == 2


def test_those_above_are_not_reminded_of_what_others_have_to_do(world):
    leaving = actor(world, "T11a")
    actor(world, "T12a")
    county = actor(world, "C1", "office")
    propose(world, 1, leaving)
    Message.objects.all().delete()
    remind(day=MONDAY, at=NOW)
    assert told(county) == []


def test_pages_show_what_waits(world):
    leaving, receiving = actor(world, "T11a"), actor(world, "T12a")
    propose(world, 1, leaving)
    client = signed_in("secretary-T12a")
    for address in ("/tasks/", "/branch/T12a/", "/coverage/T12a/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "接收转入的党员" in answer.content.decode(), address
    assert "接收转入的党员" not in signed_in("secretary-T11a").get("/tasks/").content.decode()
    assert Account.objects.filter(pk=receiving.account_id).exists()
    account("nobody")
    assert signed_in("nobody").get("/tasks/").status_code == 404
