"""What other rooms tell: roles, imports, closings, rules; and the duties of the whole year."""

from datetime import date
from uuid import uuid4

import pytest

from peixun.catalog.models import CreditPack, RequirementPack, ResponsibilityPack
from peixun.coverage.operations import rebuild
from peixun.coverage.operations.closing import close_year, reopen_year
from peixun.exchange.models import ImportJob, JobState
from peixun.exchange.operations import jobs
from peixun.notices import kinds
from peixun.notices.models import Message
from peixun.notices.operations import remind
from peixun.notices.queries.tasks import has_tasks, tasks
from peixun.people.models import Account
from peixun.people.operations.granting import NewGrant, end_role, give_role
from peixun.rulebook.operations.telling import tell_published
from tests.factories.world import NOW, account
from tests.notices.conftest import TODAY, actor, signed_in

pytestmark = pytest.mark.django_db


def told(account_id):
    return [(m.kind, m.title) for m in Message.objects.filter(account=account_id).order_by("pk")]


def job(world, by, **fields):
    return ImportJob.objects.create(
        key="members", account_id=by.account_id, scope=[world.organisation("C1").path], file_name="党员.xlsx",
        folder=uuid4().hex, created_at=NOW, **fields,
    )  # fmt: skip


def test_an_account_is_told_of_its_roles_in_words(world):
    county, new = actor(world, "C1", "office"), account("new", person=world.person(3))
    by = {"by": county, "at": NOW}
    grant = give_role(new, NewGrant("secretary", world.organisation("T11a"), TODAY), day=TODAY, **by)
    assert told(new.pk) == [("role_given", "您已是11a村党支部的支部书记")]
    end_role(grant, on=date(2018, 7, 15), **by)
    assert told(new.pk)[1] == ("role_ended", "您在11a村党支部的支部书记角色结束")
    assert "2018年7月15日" in Message.objects.get(kind="role_ended").text
    assert told(county.account_id) == []


def test_whoever_brought_a_file_is_told_how_it_ended(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    office = actor(world, "C1", "office")
    jobs.fail(job(world, office, state=JobState.APPLYING), at=NOW)
    jobs.cancel(job(world, office, state=JobState.PLANNED), at=NOW)
    assert told(office.account_id) == [("import_failed", "“党员.xlsx”没有导入")]
    assert "程序出了错" in Message.objects.get().text


def test_an_administrator_sees_their_own_files_waiting_and_nothing_else(world):
    admin = actor(world, "C1", "administrator")
    job(world, admin, state=JobState.PLANNED)
    assert has_tasks(admin)
    assert [one.kind for one in tasks(admin, day=TODAY).own] == ["confirm_import"]
    page = signed_in("administrator-C1").get("/tasks/")
    assert (page.status_code, page.content.decode().count('href="/tasks/"')) == (200, 1)


def test_a_closing_tells_the_offices_below_and_so_does_reopening(world):
    rebuild(2017)
    county, township = actor(world, "C1", "office"), actor(world, "T11", "office")
    branch, other = actor(world, "T11a"), actor(world, "C2", "office")
    words = {"today": TODAY, "by": county, "at": NOW}
    closing = close_year(world.organisation("C1"), 2017, **words)
    reopen_year(closing, reason="成批漏报", **words)
    assert [kind for kind, _title in told(township.account_id)] == ["year_closed", "year_reopened"]
    assert "成批漏报" in Message.objects.get(kind="year_reopened").text
    assert told(branch.account_id) == told(other.account_id) == told(county.account_id) == []


def test_published_rules_are_told_to_the_offices_below(world):
    county, township = actor(world, "C1", "office"), actor(world, "T11", "office")
    other = actor(world, "C2", "office")
    pack = RequirementPack.objects.create(
        owner=world.organisation("C1"), key="p", name="2018年学时要求", source="x", since=date(2018, 7, 1)
    )
    tell_published(pack, today=TODAY, by=county, at=NOW)
    [(kind, title)] = told(township.account_id)
    assert (kind, title.endswith("发布了“2018年学时要求”")) == ("rules_published", True)
    assert told(other.account_id) == []


def test_the_years_missing_are_a_standing_duty_of_nobody_else_and_no_reminder(world):
    # A pack without a duty leaves everybody to the nearest committee.
    ResponsibilityPack.objects.create(
        owner=world.root, key="duties", name="培训责任", source="内部规定", since=date(2018, 1, 1)
    )
    rebuild(2018)
    township = actor(world, "T11", "office")
    actor(world, "T12", "office")
    [one] = tasks(township, day=TODAY, whole_year=True).standing
    assert (one.kind, one.url) == ("year_task", "/coverage/T11/tasks/")
    assert one.title == f"{one.count} 人今年未训，由本单位补训"
    assert one.title in signed_in("office-T11").get("/tasks/").content.decode()
    assert tasks(township, day=TODAY).standing == []
    assert remind(day=date(2018, 7, 2), at=NOW) == 0


def test_preferences_offer_only_what_one_may_get(world):
    member = account("plain", person=world.person(4))
    page = signed_in("plain").get("/messages/preferences/").content.decode()
    assert "申诉已认可" in page
    assert "导入已完成" not in page
    secretary = actor(world, "T11a")
    assert "claim_to_answer" in {kind.key for kind in kinds.known_to(secretary)}
    assert "year_closed" not in {kind.key for kind in kinds.known_to(secretary)}
    assert Account.objects.filter(pk=member.pk).exists()


def test_packs_of_each_kind_are_told_though_they_have_the_same_number(world):
    county, township = actor(world, "C1", "office"), actor(world, "T11", "office")
    for model in (RequirementPack, CreditPack, ResponsibilityPack):
        model.objects.filter(pk=7001).delete()
        pack = model.objects.create(
            pk=7001, owner=world.organisation("C1"), key="p", name=model.__name__, source="x", since=date(2018, 7, 1)
        )
        tell_published(pack, today=TODAY, by=county, at=NOW)
    assert len(told(township.account_id)) == 3


def test_a_message_that_lacks_what_its_words_name_can_still_be_opened(world):
    reader = actor(world, "T11", "office")
    for index, parameters in enumerate(({}, {"on": "someday"}, {"on": None})):
        Message.objects.create(
            account_id=reader.account_id, kind="rules_published", key=str(index), parameters=parameters, created_at=NOW
        )
    client = signed_in("office-T11")
    listed = client.get("/messages/")
    assert (listed.status_code, "旧消息" in listed.content.decode()) == (200, True)
    assert client.get(f"/messages/{Message.objects.first().pk}/").status_code == 200
