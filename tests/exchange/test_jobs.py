"""Imports on screen: upload, preview, confirm, decide."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from peixun.exchange import progress as telling
from peixun.exchange import tasks
from peixun.exchange.models import ImportJob, JobState, MissingPerson
from peixun.exchange.operations import expire
from peixun.exchange.operations.jobs import MOST_ATTEMPTS, run_apply, run_plan
from peixun.people.models import Account, AuditEntry, Grant, Membership, Person, StatusPeriod
from peixun.people.queries.scope import actor_of
from tests.factories.rosters import number, workbook
from tests.factories.world import FOUNDED, NOW
from tests.people.importing.test_members import HEAD, row

TODAY = date(2018, 6, 30)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def account(world, code, role="office", login=""):
    made = Account.objects.create_account(login=login or f"{code}-{role}")
    Grant.objects.create(account=made, role=role, organisation=world.organisation(code), since=FOUNDED)
    return made


@pytest.fixture
def office(world, client):
    """The county's office, signed in."""
    made = account(world, "C1")
    client.force_login(made)
    return made


def upload(client, tmp_path, *rows, key="members"):
    path = workbook(tmp_path / "roster.xlsx", HEAD, *rows)
    file = SimpleUploadedFile("党员名册.xlsx", path.read_bytes())
    answer = client.post(reverse("exchange:index"), {"key": key, "file": file})
    assert answer.status_code == 302
    return ImportJob.objects.latest("id")


def page(client, job):
    answer = client.get(reverse("exchange:job", args=[job.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_previewed_confirmed_and_written(office, client, tmp_path):
    job = upload(client, tmp_path, row(1), row(2))
    assert job.state == JobState.QUEUED
    assert "等待开始" in page(client, job)
    tasks.plan_job.call(job.pk)
    assert "新增 <strong>2</strong>" in page(client, job)
    assert not Person.objects.filter(name="王小1").exists()
    client.post(reverse("exchange:confirm", args=[job.pk]))
    tasks.apply_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.new) == (JobState.DONE, 2)
    assert Person.objects.filter(name="王小1").exists()
    assert "已经导入" in page(client, job)
    assert "党员名册.xlsx" in client.get(reverse("exchange:index")).content.decode()
    assert AuditEntry.objects.get(action="import").account_id == office.pk


def test_bad_rows_are_shown_downloaded_and_left_out_only_on_purpose(office, client, tmp_path):
    job = upload(client, tmp_path, row(1), row(2, 公民身份号码="620402198005010011"))
    tasks.plan_job.call(job.pk)
    shown = page(client, job)
    assert "6204**********0011" in shown
    assert "620402198005010011" not in shown
    answer = client.post(reverse("exchange:confirm", args=[job.pk]))
    assert (answer.status_code, "不能导入的行" in answer.content.decode()) == (422, True)
    book = client.get(reverse("exchange:errors", args=[job.pk]))
    assert book.status_code == 200
    assert book.content[:2] == b"PK"
    assert AuditEntry.objects.filter(action="download_errors").exists()
    client.post(reverse("exchange:confirm", args=[job.pk]), {"skip_bad": "on"})
    tasks.apply_job.call(job.pk)
    assert Person.objects.filter(name="王小1").exists()
    assert not Person.objects.filter(name="王小2").exists()


def test_what_changed_after_the_preview_is_asked_again(office, client, tmp_path):
    job = upload(client, tmp_path, row(1), row(2))
    other = upload(client, tmp_path, row(1))
    for each in (job, other):
        tasks.plan_job.call(each.pk)
        client.post(reverse("exchange:confirm", args=[each.pk]))
    tasks.apply_job.call(other.pk)
    tasks.apply_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.new, job.unchanged) == (JobState.PLANNED, 1, 1)
    assert "再看一遍" in page(client, job)


def test_missing_people_wait_for_a_decision(office, client, world, tmp_path):
    job = upload(client, tmp_path, row(1))
    tasks.plan_job.call(job.pk)
    assert "在册而不在文件中的人（5 人）" in page(client, job)
    client.post(reverse("exchange:confirm", args=[job.pk]))
    tasks.apply_job.call(job.pk)
    rows = list(MissingPerson.objects.filter(job=job))
    assert len(rows) == 5
    address = reverse("exchange:missing", args=[job.pk])
    assert "逐一决定" in page(client, job)
    choices = dict(zip(rows, ("keep", "left", "lost", "died", ""), strict=True))
    client.post(address, {f"choice-{r.pk}": choice for r, choice in choices.items()})
    ended = Membership.objects.filter(until=TODAY).values_list("person_id", "ended_by")
    assert set(ended) == {(rows[1].person_id, "left"), (rows[3].person_id, "died")}
    assert StatusPeriod.objects.get().person_id == rows[2].person_id
    assert MissingPerson.objects.filter(choice="").count() == 1
    assert "还有 1 人没有决定" in client.get(address).content.decode()


def test_a_decision_about_somebody_who_moved_out_of_scope_is_none(office, client, world, tmp_path):
    job = upload(client, tmp_path, row(1))
    tasks.plan_job.call(job.pk)
    client.post(reverse("exchange:confirm", args=[job.pk]))
    tasks.apply_job.call(job.pk)
    missing = MissingPerson.objects.filter(job=job).first()
    Membership.objects.filter(person=missing.person_id).update(organisation=world.organisation("T21a"))
    answer = client.post(reverse("exchange:missing", args=[job.pk]), {f"choice-{missing.pk}": "left"})
    assert answer.status_code == 404
    assert Membership.objects.get(person=missing.person_id).until is None


def test_progress_is_polled_and_ends_with_the_outcome(office, client, tmp_path):
    job = upload(client, tmp_path, row(1))
    address = reverse("exchange:progress", args=[job.pk])
    telling.Teller(job.path)(2000, 8000)
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.PLANNING)
    assert "2000" in client.get(address).content.decode().replace(",", "")
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    tasks.plan_job.call(job.pk)
    answer = client.get(address)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_job_is_cancelled_before_and_while_it_runs(office, client, tmp_path):
    job = upload(client, tmp_path, row(1))
    client.post(reverse("exchange:cancel", args=[job.pk]))
    tasks.plan_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    running = upload(client, tmp_path, row(1))
    actor = actor_of(office, day=TODAY)
    run_plan(running, actor=actor, today=TODAY, at=NOW)
    ImportJob.objects.filter(pk=running.pk).update(state=JobState.CONFIRMED)
    running.refresh_from_db()
    original = telling.forget
    try:
        telling.forget = telling.ask_to_stop  # somebody presses the button as soon as it runs
        run_apply(running, actor=actor, today=TODAY, at=NOW)
    finally:
        telling.forget = original
    running.refresh_from_db()
    assert running.state == JobState.CANCELLED
    assert not Person.objects.filter(name="王小1").exists()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 20])
def test_a_hostile_file_ends_in_a_refusal(office, client, content):
    file = SimpleUploadedFile("x.xlsx", content or b" ")
    client.post(reverse("exchange:index"), {"key": "members", "file": file})
    job = ImportJob.objects.latest("id")
    tasks.plan_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.REFUSED
    assert "没有写入任何内容" in page(client, job)


def test_an_error_in_the_program_leaves_nobody_waiting(office, client, tmp_path, monkeypatch):
    job = upload(client, tmp_path, row(1))
    monkeypatch.setattr("peixun.kernel.imports.plan_file", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.plan_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_database_that_went_away_is_no_fault_of_the_file(office, client, tmp_path, monkeypatch):
    job = upload(client, tmp_path, row(1))

    def away(*_args, **_more):
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr("peixun.kernel.imports.plan_file", away)
        with pytest.raises(OperationalError):
            tasks.plan_job.call(job.pk)
    DBTaskResult.objects.all().delete()
    assert (tasks.resume_jobs(), queued(job)) == (1, ["plan_job"])
    tasks.plan_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.PLANNED


def test_too_large_a_file_and_an_unknown_kind_are_refused_at_once(office, client, settings):
    settings.UPLOAD_LIMIT = 10
    file = SimpleUploadedFile("x.xlsx", b"x" * 11)
    answer = client.post(reverse("exchange:index"), {"key": "members", "file": file})
    assert answer.status_code == 422
    answer = client.post(reverse("exchange:index"), {"key": "secrets", "file": SimpleUploadedFile("x", b"x")})
    assert answer.status_code == 422
    assert not ImportJob.objects.exists()


def test_a_request_that_declares_too_much_is_refused_unread(office, client, settings):
    settings.UPLOAD_LIMIT = -1024 * 1024
    answer = client.post(reverse("exchange:index"), {"key": "members", "file": SimpleUploadedFile("x", b"x")})
    assert answer.status_code == 400
    assert not ImportJob.objects.exists()


def test_others_see_a_job_only_when_their_scope_covers_it(office, client, world, tmp_path):
    job = upload(client, tmp_path, row(1))
    names = ["job", "progress", "missing", "errors"]
    for code, role, status in (
        ("C2", "office", 404),
        ("T11", "office", 404),
        ("C1", "secretary", 404),
        ("R", "office", 200),
    ):
        client.force_login(account(world, code, role, login=f"x{code}{role}"))
        for name in names[:1] if status == 200 else names:
            assert client.get(reverse(f"exchange:{name}", args=[job.pk])).status_code == status, (code, role, name)
        for name in ("confirm", "cancel"):
            if status == 404:
                assert client.post(reverse(f"exchange:{name}", args=[job.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("exchange:index")).status_code == 302


def test_who_may_import_nowhere_finds_nothing(world, client):
    client.force_login(account(world, "T11a", "secretary"))
    assert client.get(reverse("exchange:index")).status_code == 404
    assert client.get(reverse("exchange:template", args=["members"])).status_code == 404


@pytest.mark.parametrize("key", ["organisations", "members", "posts", "credits"])
def test_templates_hold_the_headings(office, client, key, tmp_path):
    from openpyxl import load_workbook  # noqa: PLC0415

    from peixun.kernel import imports  # noqa: PLC0415

    path = tmp_path / "t.xlsx"
    path.write_bytes(client.get(reverse("exchange:template", args=[key])).content)
    assert [cell.value for cell in load_workbook(path).active[1]] == list(imports.importer(key).headings.names)


def test_files_go_after_30_days_and_the_counts_stay(office, client, tmp_path):
    job = upload(client, tmp_path, row(1), row(2, 手机号码="1"))
    tasks.plan_job.call(job.pk)
    assert expire(at=timezone.now()) == 0
    assert expire(at=timezone.now() + timedelta(days=31)) == 1
    job.refresh_from_db()
    assert not job.path.exists()
    assert (job.preview, job.rows, job.bad) == ({}, 2, 1)
    assert "已经删除" in page(client, job)


def queued(job):
    rows = DBTaskResult.objects.filter(status="READY").values_list("task_path", "args_kwargs")
    return [path.rpartition(".")[2] for path, given in rows if given["args"] == [job.pk]]


def test_a_job_whose_process_died_is_taken_up_again_and_written_once(office, client, tmp_path):
    job = upload(client, tmp_path, row(1), row(2))
    DBTaskResult.objects.all().delete()
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.PLANNING)
    assert (tasks.resume_jobs(), queued(job)) == (1, ["plan_job"])
    assert tasks.resume_jobs() == 0  # it waits already
    tasks.plan_job.call(job.pk)
    client.post(reverse("exchange:confirm", args=[job.pk]))
    DBTaskResult.objects.all().delete()
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.APPLYING)
    assert (tasks.resume_jobs(), queued(job)) == (1, ["apply_job"])
    for _twice in range(2):
        tasks.apply_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.new) == (JobState.DONE, 2)
    assert Person.objects.filter(name__startswith="王小").count() == 2
    assert AuditEntry.objects.filter(action="import").count() == 1


def test_a_job_that_somebody_works_on_is_left_alone(office, client, tmp_path):
    job = upload(client, tmp_path, row(1))
    DBTaskResult.objects.all().delete()
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.APPLYING)
    with telling.hold(job.path):
        assert tasks.resume_jobs() == 0
    job.refresh_from_db()
    assert job.state == JobState.APPLYING


def test_a_job_that_ends_its_process_again_and_again_is_given_up(office, client, tmp_path):
    job = upload(client, tmp_path, row(1))
    for _attempt in range(MOST_ATTEMPTS):
        ImportJob.objects.filter(pk=job.pk).update(state=JobState.PLANNING)
        telling.count_attempt(job.path, JobState.PLANNING)
    tasks.resume_jobs()
    job.refresh_from_db()
    assert (job.state, "多次中断" in job.reason) == (JobState.FAILED, True)
    assert "多次中断" in page(client, job)


def test_what_breaks_off_while_it_writes_has_written_nothing(office, client, tmp_path, monkeypatch):
    job = upload(client, tmp_path, row(1))
    tasks.plan_job.call(job.pk)
    client.post(reverse("exchange:confirm", args=[job.pk]))

    def ended(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(MissingPerson.objects, "bulk_create", ended)
    with pytest.raises(KeyboardInterrupt):
        tasks.apply_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not Person.objects.filter(name="王小1").exists()
    assert not AuditEntry.objects.filter(action="import").exists()


def test_the_stored_file_is_no_part_of_any_address(office, client, tmp_path):
    job = upload(client, tmp_path, row(1))
    assert number(1) not in page(client, job)
    assert job.folder not in page(client, job)
