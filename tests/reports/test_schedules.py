"""Scheduled exports: once each, as the owner and never beyond, also when workers die and clocks are set back."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook

from peixun.coverage.operations import refresh
from peixun.notices.models import Message
from peixun.people.models import Account, Audience, AuditEntry
from peixun.people.queries.scope import OutOfScope, actor_of
from peixun.reports import operations
from peixun.reports.models import Exported, Outcome, Schedule, ScheduledFile, ScheduleState
from peixun.reports.operations import NewSchedule, ScheduleRefused, expire_files, make_schedule, run_due, running
from peixun.reports.operations.scheduling import AT_MOST
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.records import YearRecords
from peixun.reports.rules import last_month_end, next_after
from tests.factories.world import World, account

BACKEND = "django.contrib.auth.backends.ModelBackend"
SATURDAY = date(2018, 6, 30)
MONDAY = date(2018, 7, 2)
NIGHT = datetime(2018, 7, 1, 22, 0, tzinfo=UTC)
EVERY_UNIT = {"rows": "units", "columns": ["due", "covered"], "audience": "", "tier": ""}


def scheduled(
    world: World, code: str = "C1", what: str = "statistics", *, owner: Account | None = None, **fields: object
) -> Schedule:
    """A schedule of the office of an organisation, every Monday from the 2nd of July on."""
    refresh()
    owner = owner or account(f"office-{code}-{what}", role="office", organisation=world.organisation(code))
    wanted = {"chosen": EVERY_UNIT if what == "statistics" else {}, "rhythm": "weekly", "day": 1, **fields}
    new = NewSchedule(world.organisation(code), what, **wanted)
    return make_schedule(new, today=SATURDAY, by=actor_of(owner, day=SATURDAY), at=NIGHT)


@pytest.mark.parametrize(
    ("rhythm", "day", "after", "due"),
    [
        ("weekly", 1, "2018-06-30", "2018-07-02"),
        ("weekly", 6, "2018-06-30", "2018-07-07"),
        ("weekly", 7, "2018-12-31", "2019-01-06"),
        ("monthly", 1, "2018-06-30", "2018-07-01"),
        ("monthly", 31, "2018-01-31", "2018-02-28"),
        ("monthly", 31, "2018-02-28", "2018-03-31"),
        ("monthly", 30, "2020-01-30", "2020-02-29"),
        ("monthly", 31, "2018-12-31", "2019-01-31"),
        ("monthly", 5, "2018-12-05", "2019-01-05"),
    ],
)
def test_the_next_day(rhythm, day, after, due):
    assert next_after(rhythm, day, date.fromisoformat(after)) == date.fromisoformat(due)


def test_the_end_of_the_month_before():
    assert last_month_end(date(2019, 1, 1)) == date(2018, 12, 31)
    assert last_month_end(date(2018, 3, 31)) == date(2018, 2, 28)


@pytest.mark.parametrize("what", [one.value for one in Exported])
def test_a_due_run_makes_one_file_tells_the_owner_and_leaves_traces(city, what):
    schedule = scheduled(city, what=what)
    assert schedule.next_run == MONDAY
    assert run_due(today=SATURDAY, at=NIGHT) == 0
    assert run_due(today=MONDAY, at=NIGHT) == 1
    assert run_due(today=MONDAY, at=NIGHT + timedelta(hours=1)) == 0
    file = ScheduledFile.objects.get()
    schedule.refresh_from_db()
    assert (schedule.next_run, schedule.outcome, schedule.tries) == (date(2018, 7, 9), Outcome.DONE, 0)
    assert (file.as_of, file.due_on, file.size) == (MONDAY, MONDAY, len(file.data))
    assert "第1县委" in file.name
    message = Message.objects.get(account=schedule.owner)
    assert (message.kind, message.link) == ("scheduled_file_ready", "/reports/schedules/")
    assert file.name in message.text
    assert AuditEntry.objects.filter(account=schedule.owner, action="run", subject="schedule").count() == 1
    left = {"statistics": ("export", "statistical_table"), "gaps": ("export", "gaps")}
    action, subject = left.get(what, ("draft", "work_report"))
    assert AuditEntry.objects.get(action=action, subject=subject).account == schedule.owner


def test_the_table_is_the_one_of_the_page_and_the_list_that_of_the_scope(city):
    scheduled(city)
    scheduled(city, what="gaps")
    run_due(today=MONDAY, at=NIGHT)
    gaps, table = ScheduledFile.objects.order_by("-schedule_id")
    rows = list(load_workbook(BytesIO(bytes(table.data))).worksheets[0].iter_rows(min_row=3, values_only=True))
    year = YearRecords(city.organisation("C1"), 2018, MONDAY)
    figures = Figures(year)
    total = [figures[key].figure.numerator.value for key in ("members_total", "trained_total")]
    assert list(rows[0][1:]) == total
    names = {
        r[0] for r in load_workbook(BytesIO(bytes(gaps.data))).worksheets[0].iter_rows(min_row=3, values_only=True)
    }
    inside = {city.person(i).name for i in range(20)}
    assert names
    assert names <= inside


def test_up_to_the_end_of_the_month_before_also_over_new_year(city):
    scheduled(city, up_to="month_end", rhythm="monthly", day=1)
    assert run_due(today=date(2019, 1, 1), at=NIGHT) == 1
    assert ScheduledFile.objects.get().as_of == date(2018, 12, 31)


def test_a_lost_role_stops_it_and_says_so(city):
    schedule = scheduled(city)
    schedule.owner.grants.update(until=date(2018, 7, 1))
    assert run_due(today=MONDAY, at=NIGHT) == 0
    schedule.refresh_from_db()
    assert (schedule.state, schedule.outcome) == (ScheduleState.STOPPED, Outcome.FAILED)
    assert not ScheduledFile.objects.exists()
    assert Message.objects.get(account=schedule.owner).kind == "schedule_stopped"
    assert AuditEntry.objects.filter(action="stop", subject="schedule").count() == 1
    with pytest.raises(ScheduleRefused, match="没有导出这项内容的权限"):
        operations.resume_schedule(schedule, today=MONDAY, by=actor_of(schedule.owner, day=MONDAY), at=NIGHT)
    schedule.owner.grants.update(until=None)
    operations.resume_schedule(schedule, today=MONDAY, by=actor_of(schedule.owner, day=MONDAY), at=NIGHT)
    assert run_due(today=date(2018, 7, 9), at=NIGHT) == 1


def test_a_role_that_was_moved_elsewhere_does_not_export_the_old_place(city):
    schedule = scheduled(city)
    schedule.owner.grants.update(organisation=city.organisation("C2"))
    assert run_due(today=MONDAY, at=NIGHT) == 0
    assert not ScheduledFile.objects.exists()


def test_an_account_that_was_stopped_exports_nothing(city):
    schedule = scheduled(city)
    Account.objects.filter(pk=schedule.owner_id).update(is_active=False)
    assert run_due(today=MONDAY, at=NIGHT) == 0
    schedule.refresh_from_db()
    assert schedule.state == ScheduleState.STOPPED


class Killed(BaseException):
    """A process that ends in the middle."""


def test_a_worker_that_dies_is_followed_by_another_after_the_lease(city, monkeypatch):
    schedule = scheduled(city)
    real = running.make

    def die(*args: object, **more: object) -> None:
        raise Killed

    monkeypatch.setattr(running, "make", die)
    with pytest.raises(Killed):
        run_due(today=MONDAY, at=NIGHT)
    monkeypatch.setattr(running, "make", real)
    assert run_due(today=MONDAY, at=NIGHT + timedelta(minutes=10)) == 0
    assert run_due(today=MONDAY, at=NIGHT + running.LEASE) == 1
    schedule.refresh_from_db()
    assert (schedule.tries, ScheduledFile.objects.count(), Message.objects.count()) == (0, 1, 1)


def test_one_that_always_dies_is_given_up_and_said(city, monkeypatch):
    schedule = scheduled(city)

    def die(*args: object, **more: object) -> None:
        raise Killed

    monkeypatch.setattr(running, "make", die)
    for number in range(running.TRIES):
        with pytest.raises(Killed):
            run_due(today=MONDAY, at=NIGHT + number * running.LEASE)
    assert run_due(today=MONDAY, at=NIGHT + running.TRIES * running.LEASE) == 0
    schedule.refresh_from_db()
    assert (schedule.outcome, schedule.state, schedule.next_run) == ("failed", "active", date(2018, 7, 9))
    assert "多次中断" in Message.objects.get().text


def test_one_that_breaks_lets_the_others_run(city, monkeypatch):
    broken = scheduled(city, "C2")
    scheduled(city)
    real = running.make

    def sometimes(run: running.Run, **more: object) -> object:
        if run.schedule.pk == broken.pk:
            raise RuntimeError("broken")
        return real(run, **more)

    monkeypatch.setattr(running, "make", sometimes)
    assert run_due(today=MONDAY, at=NIGHT) == 1
    for number in range(1, running.TRIES):
        assert run_due(today=MONDAY, at=NIGHT + number * running.LEASE) == 0
    broken.refresh_from_db()
    assert (broken.outcome, broken.next_run) == ("failed", date(2018, 7, 9))
    assert Message.objects.filter(account=broken.owner, kind="scheduled_file_failed").count() == 1


def test_two_workers_at_once_make_one_file(city, monkeypatch):
    """The second comes while the first is at work; and one that was too slow keeps nothing."""
    scheduled(city)
    real = running.make

    def meanwhile(run: running.Run, **more: object) -> object:
        monkeypatch.setattr(running, "make", real)
        assert run_due(today=MONDAY, at=NIGHT + timedelta(minutes=1)) == 0
        assert run_due(today=MONDAY, at=NIGHT + running.LEASE) == 1
        return real(run, **more)

    monkeypatch.setattr(running, "make", meanwhile)
    assert run_due(today=MONDAY, at=NIGHT) == 0
    assert (ScheduledFile.objects.count(), Message.objects.count()) == (1, 1)


def test_paused_in_the_middle_keeps_nothing(city, monkeypatch):
    schedule = scheduled(city)
    real = running.make

    def meanwhile(run: running.Run, **more: object) -> object:
        operations.pause_schedule(schedule, by=actor_of(schedule.owner, day=MONDAY), at=NIGHT)
        return real(run, **more)

    monkeypatch.setattr(running, "make", meanwhile)
    assert run_due(today=MONDAY, at=NIGHT) == 0
    assert not ScheduledFile.objects.exists()


def test_a_clock_set_back_doubles_nothing_and_one_ahead_loses_nothing(city):
    schedule = scheduled(city)
    assert run_due(today=MONDAY, at=NIGHT) == 1
    assert run_due(today=SATURDAY, at=NIGHT - timedelta(days=2)) == 0
    assert run_due(today=MONDAY, at=NIGHT) == 0
    assert ScheduledFile.objects.count() == 1
    assert run_due(today=date(2019, 3, 4), at=NIGHT + timedelta(days=245)) == 1
    assert run_due(today=date(2018, 7, 9), at=NIGHT + timedelta(days=7)) == 0
    schedule.refresh_from_db()
    assert schedule.next_run <= date(2018, 7, 16)
    assert run_due(today=date(2018, 7, 16), at=NIGHT + timedelta(days=14)) == 1
    twin = ScheduledFile.objects.first()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_weeks_without_a_worker_are_made_up_once(city):
    scheduled(city)
    assert run_due(today=date(2018, 8, 1), at=NIGHT) == 1
    assert run_due(today=date(2018, 8, 1), at=NIGHT + timedelta(days=1)) == 0
    assert Schedule.objects.get().next_run == date(2018, 8, 6)
    assert ScheduledFile.objects.get().as_of == date(2018, 8, 1)


def test_an_audience_that_is_gone_is_said(city):
    scheduled(city, chosen={**EVERY_UNIT, "audience": "firsts"})
    Audience.objects.filter(key="firsts").delete()
    assert run_due(today=MONDAY, at=NIGHT) == 0
    assert "培训对象已经删除" in Message.objects.get().text


def test_files_expire(city):
    scheduled(city)
    run_due(today=MONDAY, at=NIGHT)
    assert expire_files(at=NIGHT + timedelta(days=89)) == 0
    assert expire_files(at=NIGHT + timedelta(days=90)) == 1
    assert Schedule.objects.count() == 1


def test_who_may_set_up_what(city):
    leader = account("leader", role="leader", organisation=city.organisation("C1"))
    scheduled(city, owner=leader)
    with pytest.raises(OutOfScope):
        scheduled(city, what="gaps", owner=leader)
    with pytest.raises(OutOfScope):
        scheduled(city, "C2", owner=leader)
    with pytest.raises(ScheduleRefused, match="同样的定期导出"):
        scheduled(city, owner=leader)
    for number in range(1, AT_MOST):
        scheduled(city, owner=leader, rhythm="monthly", day=number)
    with pytest.raises(ScheduleRefused, match="最多"):
        scheduled(city, owner=leader, what="figures")
    assert Schedule.objects.count() == AT_MOST


def browser(who: Account) -> Client:
    """A browser with an account signed in."""
    cache.clear()
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client


@pytest.fixture
def county(city) -> Client:
    """The county's office."""
    refresh()
    return browser(account("county", role="office", organisation=city.organisation("C1")))


def test_from_a_table_to_its_file_and_away(county, city):
    assert "还没有定期导出" in county.get("/reports/schedules/").text
    page = county.get("/reports/C1/2018/statistics/?rows=audiences&columns=due").text
    link = re.search(r'href="(/reports/schedules/new/C1/[^"]*)"', page)[1].replace("&amp;", "&")
    form = county.get(link)
    assert "每行一个培训对象，1列" in form.text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", form.text)
    done = county.post(link, {"what": "statistics", "up_to": "run", "rhythm": "monthly", "monthday": "31"})
    assert done.status_code == 302
    schedule = Schedule.objects.get()
    assert (schedule.chosen["rows"], schedule.chosen["columns"], schedule.day) == ("audiences", ["due"], 31)
    assert run_due(today=schedule.next_run, at=NIGHT) == 1
    file = ScheduledFile.objects.get()
    page = county.get("/reports/schedules/").text
    assert f"/reports/schedules/files/{file.pk}/" in page
    got = county.get(f"/reports/schedules/files/{file.pk}/")
    assert got.content == bytes(file.data)
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(action="download", subject="scheduled_file").count() == 1
    assert county.post(f"/reports/schedules/{schedule.pk}/pause/").status_code == 302
    assert "已暂停" in county.get("/reports/schedules/").text
    assert run_due(today=date(2018, 12, 31), at=NIGHT) == 0
    county.post(f"/reports/schedules/{schedule.pk}/resume/")
    assert Schedule.objects.get().state == "active"
    assert "以及已导出的 1 个文件" in county.get("/reports/schedules/").text
    county.post(f"/reports/schedules/{schedule.pk}/delete/")
    assert not Schedule.objects.exists()
    assert not ScheduledFile.objects.exists()
    acts = AuditEntry.objects.filter(subject="schedule").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["make", "run", "pause", "resume", "delete"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"rhythm": "monthly"}, "请填写每月几日"),
        ({"rhythm": "monthly", "monthday": "32"}, "31"),
        ({"rhythm": "daily"}, "daily"),
        ({"rhythm": "weekly", "weekday": "8"}, "8"),
        ({"rhythm": "weekly", "weekday": "1", "what": "people"}, "people"),
        ({"rhythm": "weekly", "weekday": "1", "up_to": "ever"}, "ever"),
    ],
)
def test_bad_input_is_refused_in_plain_words(county, data, words):
    page = county.post("/reports/schedules/new/C1/", {"what": "figures", "up_to": "run", **data})
    assert (page.status_code, words in page.text) == (422, True)
    assert not Schedule.objects.exists()


def test_others_see_and_touch_nothing(county, city):
    schedule = scheduled(city)
    run_due(today=MONDAY, at=NIGHT)
    file = ScheduledFile.objects.get()
    assert "还没有定期导出" in county.get("/reports/schedules/").text
    assert county.get(f"/reports/schedules/files/{file.pk}/").status_code == 404
    for act in ("pause", "resume", "delete"):
        assert county.post(f"/reports/schedules/{schedule.pk}/{act}/").status_code == 404
    assert county.get("/reports/schedules/new/C2/").status_code == 404
    secretary = browser(account("s", role="secretary", organisation=city.organisation("T11a")))
    assert secretary.get("/reports/schedules/").status_code == 404


def test_a_file_is_closed_once_the_right_is_lost(city):
    schedule = scheduled(city)
    run_due(today=MONDAY, at=NIGHT)
    client = browser(schedule.owner)
    schedule.owner.grants.update(organisation=city.organisation("C2"))
    page = client.get(f"/reports/schedules/files/{ScheduledFile.objects.get().pk}/")
    assert (page.status_code, "没有这项内容的权限" in page.text) == (422, True)
    assert not AuditEntry.objects.filter(subject="scheduled_file").exists()


def test_the_list_is_read_in_few_queries(county, city, django_assert_max_num_queries):
    for number in range(1, 6):
        owner = Account.objects.get(login="county")
        scheduled(city, owner=owner, rhythm="monthly", day=number)
    run_due(today=date(2018, 7, 5), at=NIGHT)
    with django_assert_max_num_queries(14):
        page = county.get("/reports/schedules/")
    assert page.text.count(".xlsx") == 5
