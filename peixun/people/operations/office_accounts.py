"""Accounts that are opened for work: of an office, an auditor, an administrator; a member's comes with a login code."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people.models import Account
from peixun.people.operations import audit
from peixun.people.operations.granting import NewGrant, give_role
from peixun.people.queries.scope import Actor, Permission

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,59}")
LONGEST_NAME = 60


class AccountRefused(Exception):
    """An account can't be opened like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account with the role that it is opened for; `name` is shown on pages and in the trail."""

    login: str
    name: str
    grant: NewGrant


@transaction.atomic
def open_account(new: NewAccount, *, by: Actor, at: datetime, day: date) -> Account:
    """This operation will open an account without a password and give it its role.

    Raises OutOfScope for an organisation where the actor gives no roles, AccountRefused for a login that is taken or
    can't be typed everywhere, GrantRefused for a role that can't be given like that. Nothing is written then.
    """
    by.require(Permission.GIVE_ROLES, new.grant.organisation.path)
    if not _LOGIN.fullmatch(new.login):
        raise AccountRefused(_("账号要用小写字母开头，3 到 60 位，只含小写字母、数字、点、横线和下划线"))
    if len(new.name) > LONGEST_NAME:
        raise AccountRefused(_("显示名称最多 %(most)s 个字") % {"most": LONGEST_NAME})
    fresh = {"display_name": new.name, "password": make_password(None)}
    account, made = Account.objects.get_or_create(login=new.login, defaults=fresh)
    if not made:
        raise AccountRefused(_("账号“%(login)s”已有人使用，请换一个") % {"login": new.login})
    audit.record(
        by=by,
        at=at,
        action="open",
        subject="account",
        subject_id=account.pk,
        organisation_id=new.grant.organisation.pk,
    )
    give_role(account, new.grant, by=by, at=at, day=day)
    return account
