"""Signing in through another system: who is meant, linked once, ended again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peixun.people.models import Account, ExternalLogin
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope


class LinkRefused(Exception):
    """An account can't be linked like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom another system vouches for. `login` is the account that it names, "" where that isn't to be trusted."""

    issuer: str
    subject: str
    login: str = ""


@transaction.atomic
def account_vouched(who: Vouched, *, at: datetime) -> Account | None:
    """This operation will return the active account of whoever was vouched for, and note the day of use.

    Somebody who isn't linked yet is linked to the account that the other system names, where it is trusted to; None
    for anybody else.
    """
    known = ExternalLogin.objects.filter(issuer=who.issuer, subject=who.subject).select_related("account").first()
    if known is None and who.login:
        named = Account.objects.filter(login=who.login, is_active=True).first()
        free = named is not None and not ExternalLogin.objects.filter(account=named, issuer=who.issuer).exists()
        known = _link(named, who, by=_oneself(named), at=at) if named is not None and free else None
    if known is None or not known.account.is_active:
        return None
    ExternalLogin.objects.filter(pk=known.pk).update(used_at=at)
    return known.account


@transaction.atomic
def link(account: Account, who: Vouched, *, by: Actor, at: datetime) -> ExternalLogin:
    """This operation will link one's own account with who one is in another system.

    Raises OutOfScope for somebody else's account, LinkRefused when either is linked already.
    """
    if by.account_id != account.pk:
        raise OutOfScope("somebody else's account")
    try:
        with transaction.atomic():
            return _link(account, who, by=by, at=at)
    except IntegrityError as error:
        raise LinkRefused(_("这个统一身份认证账号已关联了别的账号，或者您已关联过另一个")) from error


@transaction.atomic
def unlink(row: ExternalLogin, *, by: Actor, at: datetime) -> None:
    """This operation will end a link of one's own account.

    Raises OutOfScope for somebody else's, LinkRefused when nothing else is left to sign in with.
    """
    if by.account_id != row.account_id:
        raise OutOfScope("somebody else's account")
    if not row.account.has_usable_password():
        raise LinkRefused(_("您还没有设密码，取消关联后就不能登录了。请先用登录码设一个密码"))
    row.delete()
    place = place_of_account(row.account_id)
    audit.record(by=by, at=at, action="unlink", subject="account", subject_id=row.account_id, organisation_id=place)


def _link(account: Account, who: Vouched, *, by: Actor, at: datetime) -> ExternalLogin:
    row = ExternalLogin.objects.create(account=account, issuer=who.issuer, subject=who.subject, linked_at=at)
    place = place_of_account(account.pk)
    audit.record(by=by, at=at, action="link", subject="account", subject_id=account.pk, organisation_id=place)
    return row


def _oneself(account: Account) -> Actor:
    return Actor(account_id=account.pk, person_id=account.person_id, system_user="", grants=())
