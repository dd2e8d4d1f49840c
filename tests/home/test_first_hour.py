"""From an empty database to the first report, as docs/first-hour.md says: commands, then pages."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from peixun.coverage.operations import refresh
from peixun.exchange.models import ImportJob, JobState
from peixun.exchange.operations.jobs import run_apply, run_plan
from peixun.people.models import Account, Membership, Organisation, Person
from peixun.people.queries.scope import actor_of
from tests.factories.rosters import number
from tests.factories.world import NOW
from tests.home.conftest import signed_in
from tests.ledger.importing import test_credits as credits
from tests.people.importing import test_members as members
from tests.people.importing import test_organisations as organisations
from tests.people.importing import test_posts as posts

pytestmark = pytest.mark.django_db

PASSWORD = "黄河-铜城-2018"
TODAY = date(2018, 6, 30)
VILLAGE = organisations.VILLAGE[1]


@pytest.fixture(autouse=True)
def _a_real_installation(settings, tmp_path):
    """Not the demo, whose first hour is over."""
    settings.DEMO = False
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def codes(capsys, db) -> dict[str, str]:
    """The codes of the first accounts after `peixun setup`."""
    call_command("setup", "--name", "中共白银市委员会", "--code", "6204", "--format", "json")
    return {account["login"]: account["code"] for account in json.loads(capsys.readouterr().out)["accounts"]}


def enter(login: str, code: str) -> Client:
    """A browser in which a login code was used at the door."""
    client = Client()
    answer = client.post(
        "/sign-in/code/", {"who": login, "code": code, "new_password1": PASSWORD, "new_password2": PASSWORD}
    )
    assert answer.status_code == 302
    return client


def next_step(client: Client) -> str:
    """What the guide names next; it is the first page as long as there is something."""
    assert client.get("/").url == "/guide/"
    return str(client.get("/guide/").context["next"].title)


def take_in(client: Client, key: str, path: Path) -> None:
    """Upload, check and confirm a file on screen, with the worker's part done here."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    assert client.post("/import/", {"key": key, "file": file}).status_code == 302
    job = ImportJob.objects.latest("id")
    who = actor_of(Account.objects.get(login="office"), day=TODAY)
    run_plan(job, actor=who, today=TODAY, at=NOW)
    assert client.post(f"/import/{job.pk}/confirm/", {}).status_code == 302
    job.refresh_from_db()
    run_apply(job, actor=who, today=TODAY, at=NOW)
    job.refresh_from_db()
    assert (job.state, job.bad) == (JobState.DONE, 0), job.preview


def test_an_office_comes_from_nothing_to_its_first_report(codes, tmp_path):
    office = enter("office", codes["office"])

    assert next_step(office) == "导入党组织"
    page = office.get("/guide/").content.decode()
    assert 'href="/import/templates/organisations.xlsx"' in page
    assert office.get("/import/templates/organisations.xlsx").status_code == 200
    empty = office.get("/coverage/6204/").content.decode()
    assert "这里没有应训人员" in empty
    assert 'href="/guide/"' in empty
    tree = organisations.roster(tmp_path, organisations.TOWN, organisations.VILLAGE)
    take_in(office, "organisations", tree)

    assert next_step(office) == "导入党员"
    take_in(office, "members", members.roster(tmp_path, *(members.row(i, 所在党支部=VILLAGE) for i in (1, 2))))
    assert Membership.objects.count() == 2

    assert next_step(office) == "导入任职"
    take_in(office, "posts", posts.roster(tmp_path, [number(1), VILLAGE, "书记", "2016-01-01", "", "", "王小1"]))

    assert next_step(office) == "让书记能登录"
    secretary = Person.objects.get(name="王小1")
    office.post(
        f"/people/organisations/{VILLAGE}/roles/give/",
        {"person": secretary.pk, "role": "secretary", "since": TODAY.isoformat()},
    )
    assert next_step(office) == "让书记能登录"
    slips = office.post(f"/branch/{VILLAGE}/codes/", {"person": secretary.pk})
    login = Account.objects.get(person=secretary).login
    assert login in slips.content.decode()

    assert next_step(office) == "导入学时"
    row = credits.row(1, 姓名="王小1", 日期="2018-05-20", 组织单位代码="6204")
    take_in(office, "credits", credits.records(tmp_path, row))
    refresh()
    total = office.get("/coverage/6204/?year=2018").context["at"].total
    assert (total.due, total.covered) == (2, 1)

    assert next_step(office) == "第一份报告"
    report = office.get("/reports/6204/2018/report.docx")
    assert report.status_code == 200
    assert report.getvalue().startswith(b"PK")

    assert office.get("/").url == "/coverage/6204/"
    done = office.get("/guide/").content.decode()
    assert "这几步都做完了" in done
    assert "首页不再显示" not in done


def test_the_administrator_sees_the_same_steps_without_what_only_an_office_may_do(codes):
    admin = enter("admin", codes["admin"])
    steps = {str(step.title): step for step in admin.get("/guide/").context["steps"]}
    assert steps["导入党员"].url
    assert not steps["让书记能登录"].url
    assert not steps["第一份报告"].url
    assert "由干训科的账号来做" in admin.get("/guide/").content.decode()


def test_whoever_knows_the_way_puts_the_guide_away_on_this_device(codes):
    office = enter("office", codes["office"])
    assert office.get("/guide/put-away/").status_code == 405
    assert office.post("/guide/put-away/").url == "/"
    assert office.get("/").url == "/coverage/6204/"
    assert "首页不再显示" not in office.get("/guide/").content.decode()
    assert 'href="/guide/"' in office.get("/help/").content.decode()
    assert signed_in(Account.objects.get(login="office")).get("/").url == "/guide/"


def test_an_office_below_the_root_and_the_demo_begin_with_coverage(city, as_role, settings):
    assert as_role("office").get("/").url == "/coverage/C1/"
    settings.DEMO = True
    call_command("account", "open", "top", "--org", "R")
    assert signed_in(Account.objects.get(login="top")).get("/").url == "/coverage/R/"


@pytest.mark.parametrize("login", ["leader", "auditor", "class_manager", "secretary", "member", "nobody"])
def test_the_guide_is_for_those_who_import(as_role, login):
    assert as_role(login).get("/guide/").status_code == 404
    assert as_role(login).post("/guide/put-away/").status_code == 404


def test_the_guide_looks_at_its_own_subtree_alone(city, as_role):
    """What the other county has doesn't count as done here."""
    Organisation.objects.filter(code__startswith="T1").update(path="x/")
    steps = {str(step.title): step.done for step in as_role("office").get("/guide/").context["steps"]}
    assert steps == {
        "上级单位": True,
        "导入党组织": False,
        "导入党员": False,
        "导入任职": False,
        "让书记能登录": True,  # on the county itself
        "导入学时": False,
        "第一份报告": False,
    }
