"""`peixun setup` and `peixun account`: an empty installation gets those who begin, and nothing is done twice."""

import json

import pytest
from django.core.management import call_command

from peixun.catalog.models import RequirementPack
from peixun.people.commands import Refused
from peixun.people.models import Account, Audience, AuditEntry, Grant, OneTimeCode, Organisation

pytestmark = pytest.mark.django_db

ROOT = ("--name", "中共白银市委员会", "--short-name", "白银市委", "--code", "6204")
NEW = "黄河-铜城-2018"


def run(capsys, *arguments: str) -> dict:
    """What a command answers as JSON."""
    call_command(*arguments, "--format", "json")
    return json.loads(capsys.readouterr().out)


def redeem(client, login: str, code: str):
    """The answer at the door to a login code."""
    return client.post(
        "/sign-in/code/", {"who": login, "code": code, "new_password1": NEW, "new_password2": NEW, "password": NEW}
    )


def test_setting_up_founds_the_root_with_rules_and_two_accounts(capsys, db):
    told = run(capsys, "setup", *ROOT)
    root = Organisation.objects.get()
    assert (root.code, root.short_name, root.kind, root.level) == ("6204", "白银市委", "committee", "city")
    assert RequirementPack.objects.filter(owner=root).exists()
    assert Audience.objects.filter(owner=root).exists()
    held = set(Grant.objects.values_list("account__login", "role", "organisation"))
    assert held == {("admin", "administrator", root.pk), ("office", "office", root.pk)}
    assert [account["login"] for account in told["accounts"]] == ["admin", "office"]
    assert not any(account.has_usable_password() for account in Account.objects.all())
    acts = set(AuditEntry.objects.filter(organisation=root).values_list("action", "subject"))
    assert {("found", "organisation"), ("open", "account"), ("give_role", "account"), ("issue_code", "account")} <= acts
    codes = [account["code"] for account in told["accounts"]]
    assert not any(code in str(entry.detail) for entry in AuditEntry.objects.all() for code in codes)


def test_each_of_the_first_accounts_enters_with_its_code_once(capsys, db, client):
    told = run(capsys, "setup", *ROOT)
    office = told["accounts"][1]
    assert redeem(client, "office", office["code"]).status_code == 302
    assert client.session["_auth_user_id"] == str(Account.objects.get(login="office").pk)
    client.post("/sign-out/")
    assert redeem(client, "office", office["code"]).status_code != 302


def test_setting_up_twice_is_refused_and_changes_nothing(capsys, db):
    run(capsys, "setup", *ROOT)
    before = AuditEntry.objects.count()
    with pytest.raises(Refused, match="不用再设置"):
        call_command("setup", *ROOT)
    assert (Organisation.objects.count(), Account.objects.count(), AuditEntry.objects.count()) == (1, 2, before)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--name", "白银", "--code", "6204"), "请写全称"),
        (("--name", "白银市某村党支部", "--code", "6204"), "不能是党支部"),
        (("--name", "中共白银市委员会", "--code", " "), "全称和代码"),
        ((*ROOT, "--founded", "2999-01-01"), "将来"),
        ((*ROOT, "--admin", "王"), "小写字母"),
        ((*ROOT, "--admin", "same", "--office", "same"), "已有人使用"),
        ((*ROOT, "--as", "somebody"), "系统身份"),
    ],
)
def test_a_wrong_beginning_is_refused_in_words_with_nothing_half_written(db, arguments, words):
    with pytest.raises(Refused, match=words):
        call_command("setup", *arguments)
    assert not Organisation.objects.exists()
    assert not Account.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_account_is_opened_for_an_office_below(capsys, city):
    told = run(capsys, "account", "open", "huining", "--name", "会宁干训科", "--org", "C1")
    account = Account.objects.get(login="huining")
    assert (str(account), told["name"]) == ("会宁干训科", "会宁干训科")
    assert account.grants.get().organisation.code == "C1"
    again = run(capsys, "account", "code", "huining")
    assert again["code"] != told["code"]
    assert OneTimeCode.objects.filter(account=account, used_at=None, ended_at=None).count() == 1


def test_an_office_opens_accounts_within_its_scope_and_never_above_itself(capsys, city):
    assert run(capsys, "account", "open", "town", "--org", "T11", "--as", "office")["login"] == "town"
    for place in ("C2", "R", "NOWHERE", ""):
        with pytest.raises(Refused, match="不在管理范围内"):
            call_command("account", "open", "other", "--org", place, "--as", "office")
    with pytest.raises(Refused, match="不能授予超出"):
        call_command("account", "open", "other", "--org", "T11", "--role", "administrator", "--as", "office")
    for login in ("secretary", "auditor", "member"):
        with pytest.raises(Refused, match="发登录码"):
            call_command("account", "code", login, "--as", "branch")
    assert not Account.objects.filter(login="other").exists()


def test_no_code_leads_upwards(city):
    """Whoever may give codes to offices below can't take over one that holds more, nor their own, nor a member's."""
    call_command("account", "open", "top", "--org", "R")
    call_command("account", "open", "town", "--org", "T11")
    for login in ("top", "office", "administrator", "member", "nobody"):
        with pytest.raises(Refused, match="发登录码"):
            call_command("account", "code", login, "--as", "office")
    with pytest.raises(Refused, match="发登录码"):
        call_command("account", "code", "office", "--as", "town")
    call_command("account", "code", "town", "--as", "office")


def test_a_stopped_account_gets_no_code(city):
    Account.objects.filter(login="leader").update(is_active=False)
    with pytest.raises(Refused, match="已停用"):
        call_command("account", "code", "leader")


def test_before_setting_up_no_account_can_be_opened(db):
    with pytest.raises(Refused, match="peixun setup"):
        call_command("account", "open", "office", "--org", "6204")
