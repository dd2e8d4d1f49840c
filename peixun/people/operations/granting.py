"""Roles given and ended, accounts stopped and resumed: by whoever may, and never more than they hold themselves."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import Account, Grant, Organisation, Person, Role
from peixun.people.operations import audit
from peixun.people.operations.codes import new_login
from peixun.people.operations.sessions import end_sessions
from peixun.people.queries.accounts import givable_roles, manages
from peixun.people.queries.codes import members_on
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope, Permission, actor_of


class GrantRefused(Exception):
    """A role can't be given or ended like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A role on an organisation from `since` until `until` (the first day no more; None: open)."""

    role: str
    organisation: Organisation
    since: date
    until: date | None = None


@transaction.atomic
def account_of(person: Person, *, by: Actor, at: datetime, day: date) -> Account:
    """This operation will return a member's account, made without a password where there is none.

    Raises OutOfScope for somebody who isn't on the roll of a subtree where the actor gives roles.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    member = members_on(day).filter(person=person).first()
    if member is None or not by.may(Permission.GIVE_ROLES, member.organisation.path):
        raise OutOfScope("not on the roll")
    account = Account.objects.filter(person=person).first()
    if account is None:
        account = Account.objects.create_account(login=new_login(person), person=person, display_name=person.name)
        audit.record(
            by=by,
            at=at,
            action="open",
            subject="account",
            subject_id=account.pk,
            organisation_id=member.organisation_id,
        )
    return account


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A program of another platform: its login, its name, and the organisation whose files it may bring and read."""

    login: str
    name: str
    organisation: Organisation


@transaction.atomic
def open_platform(new: NewPlatform, *, by: Actor, at: datetime, day: date) -> Account:
    """This operation will open an account without a person or a password, as an office on an organisation.

    Raises what `give_role` raises, and GrantRefused for a login that is taken.
    """
    if Account.objects.filter(login=new.login).exists():
        raise GrantRefused(_("账号“%(login)s”已有人使用，请换一个") % {"login": new.login})
    account = Account.objects.create_account(login=new.login, display_name=new.name)
    audit.record(
        by=by, at=at, action="open", subject="account", subject_id=account.pk, organisation_id=new.organisation.pk
    )
    give_role(account, NewGrant(Role.OFFICE, new.organisation, day), by=by, at=at, day=day)
    return account


@transaction.atomic
def give_role(account: Account, new: NewGrant, *, by: Actor, at: datetime, day: date) -> Grant:
    """This operation will give an account a role on an organisation and all below it, for a time.

    Raises OutOfScope for an organisation where the actor gives no roles or for the actor's own account, GrantRefused
    for a role that holds more than the actor does, for days that don't fit, and for a role that is held already.
    """
    organisation = new.organisation
    if account.pk == by.account_id or not (by.is_system or by.may(Permission.GIVE_ROLES, organisation.path)):
        raise OutOfScope("roles are given to others, within one's subtrees")
    if not by.is_system and new.role not in givable_roles(by, organisation):
        raise GrantRefused(_("不能授予超出自己权限的角色"))
    _check_days(account, new, by=by, day=day)
    Account.objects.select_for_update().get(pk=account.pk)
    same = Grant.objects.within(new.since, new.until or date.max)
    if same.filter(account=account, role=new.role, organisation=organisation).exists():
        raise GrantRefused(_("这个账号在这段时间里已有这一角色"))
    grant = Grant.objects.create(
        account=account, role=new.role, organisation=organisation, since=new.since, until=new.until
    )
    audit.record(
        by=by,
        at=at,
        action="give_role",
        subject="account",
        subject_id=account.pk,
        organisation_id=organisation.pk,
        role=str(Role(new.role).value),
        on=new.since.isoformat(),
        until=new.until.isoformat() if new.until else "",
    )
    hooks.role_changed.fire(_change(grant, on=new.since, given=True), by=by, at=at)
    return grant


def _change(grant: Grant, *, on: date, given: bool) -> hooks.RoleChange:
    place = grant.organisation
    return hooks.RoleChange(grant.pk, grant.account_id, str(Role(grant.role).value), place.pk, str(place), on, given)


def _check_days(account: Account, new: NewGrant, *, by: Actor, day: date) -> None:
    if not account.is_active:
        raise GrantRefused(_("这个账号已停用，先恢复再授予角色"))
    if new.organisation.closed_on is not None and new.organisation.closed_on <= day:
        raise GrantRefused(_("“%(name)s”已经撤销") % {"name": new.organisation.name})
    if new.since < day:
        raise GrantRefused(_("开始日期不能早于今天"))
    if new.until is not None and new.until <= new.since:
        raise GrantRefused(_("结束日期要晚于开始日期"))
    last = _own_end(by, new, day=day)
    if last is not None and (new.until is None or new.until > last):
        raise GrantRefused(_("您自己的角色到 %(day)s 为止，授予别人的不能更晚") % {"day": f"{last:%Y-%m-%d}"})


def _own_end(by: Actor, new: NewGrant, *, day: date) -> date | None:
    """The day on which the actor's own grants no longer cover the role there; None while one of them is open."""
    if by.account_id is None:
        return None
    own = Grant.objects.on(day).filter(account=by.account_id, until__isnull=False).order_by("until")
    for until in own.values_list("until", flat=True):
        if until is not None and new.role not in givable_roles(_after(by, until), new.organisation):
            return until
    return None


def _after(by: Actor, day: date) -> Actor:
    return actor_of(Account.objects.get(pk=by.account_id or 0), day=day)


@transaction.atomic
def end_role(grant: Grant, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end a role on a day, so that it no longer holds on that day.

    Whoever could give it may end it, and whoever manages accounts there. Raises OutOfScope for others, GrantRefused
    when it has ended already.
    """
    path = grant.organisation.path
    may = grant.role in givable_roles(by, grant.organisation) or by.may(Permission.MANAGE_ACCOUNTS, path)
    if not (by.is_system or may) or grant.account_id == by.account_id:
        raise OutOfScope("somebody else's grant")
    if grant.until is not None and grant.until <= on:
        raise GrantRefused(_("这个角色已经结束"))
    ended = _change(grant, on=on, given=False)
    if grant.since >= on:
        grant.delete()  # it never held: the trail tells of it
    else:
        grant.until = on
        grant.save(update_fields=["until"])
    audit.record(
        by=by,
        at=at,
        action="end_role",
        subject="account",
        subject_id=grant.account_id,
        organisation_id=grant.organisation_id,
        role=grant.role,
        on=on.isoformat(),
    )
    hooks.role_changed.fire(ended, by=by, at=at)


@transaction.atomic
def set_active(account: Account, *, active: bool, by: Actor, at: datetime, day: date) -> None:
    """This operation will stop an account, which ends its sessions at once, or let it go on.

    Raises OutOfScope unless the actor manages it.
    """
    if not manages(by, account, day=day):
        raise OutOfScope("the account isn't within reach")
    account.is_active = active
    account.save(update_fields=["is_active"])
    if active:
        audit.record(
            by=by,
            at=at,
            action="resume",
            subject="account",
            subject_id=account.pk,
            organisation_id=place_of_account(account.pk),
        )
    else:
        end_sessions(account.pk, by=by, at=at)
        audit.record(
            by=by,
            at=at,
            action="stop",
            subject="account",
            subject_id=account.pk,
            organisation_id=place_of_account(account.pk),
        )
