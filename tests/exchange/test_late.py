"""Files with credits of a closed year: the preview says so, and a reason is asked for before anything is written."""

from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse

from peixun.exchange import tasks
from peixun.exchange.models import ImportJob, JobState
from peixun.ledger.models import CreditEntry, LateEntry
from peixun.ledger.operations import close_year
from peixun.notices.models import Message
from peixun.people.commands import Refused
from peixun.people.models import Account
from peixun.people.operations.enrolment import NewPerson, enrol
from tests.factories.rosters import number
from tests.factories.world import NOW, SYSTEM, account
from tests.ledger.importing.test_credits import records, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(world, tmp_path):
    """A file with one credit of 2017, which is closed."""
    person = NewPerson(
        name="李小1",
        organisation_id=world.organisations["T11a"],
        member_since=date(2010, 1, 1),
        citizen_number=number(1),
    )
    enrol([person], by=SYSTEM, at=NOW)
    close_year(world.root, 2017, figures={}, by=SYSTEM, at=NOW, today=date(2018, 1, 20))
    return records(tmp_path, row(1))


def test_a_job_asks_for_the_reason_and_notes_it(world, client, file):
    account("office", role="office", organisation=world.root)
    client.force_login(Account.objects.get(login="office"), backend="django.contrib.auth.backends.ModelBackend")
    with file.open("rb") as content:
        client.post(reverse("exchange:index"), {"key": "credits", "file": content})
    job = ImportJob.objects.get()
    tasks.plan_job.call(job.pk)
    address = reverse("exchange:job", args=[job.pk])
    assert "有 1 条属于已经关账的年度（2017）" in client.get(address).content.decode()
    refused = client.post(reverse("exchange:confirm", args=[job.pk]))
    assert refused.status_code == 422
    assert "请先写明补记原因" in refused.content.decode()
    client.post(reverse("exchange:confirm", args=[job.pk]), {"late_reason": "纸质登记漏录"})
    tasks.apply_job.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert LateEntry.objects.get().reason == "纸质登记漏录"


def test_the_command_asks_for_the_reason(file):
    with pytest.raises(Refused, match="--late-reason"):
        call_command("import", "credits", str(file))
    assert not CreditEntry.objects.exists()
    call_command("import", "credits", str(file), "--late-reason", "纸质登记漏录")
    assert LateEntry.objects.get().reason == "纸质登记漏录"


def test_whoever_brought_a_file_is_told_that_it_was_imported(world, client, file):
    office = account("office", role="office", organisation=world.root)
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    with file.open("rb") as content:
        client.post(reverse("exchange:index"), {"key": "credits", "file": content})
    job = ImportJob.objects.get()
    tasks.plan_job.call(job.pk)
    client.post(reverse("exchange:confirm", args=[job.pk]), {"late_reason": "纸质登记漏录"})
    tasks.apply_job.call(job.pk)
    [message] = Message.objects.filter(account=office)
    assert (message.kind, message.link) == ("import_done", reverse("exchange:job", args=[job.pk]))
