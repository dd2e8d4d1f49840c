"""Issuing and revoking bearer tokens."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from peixun.kernel import clock
from peixun.people.models import Account, Token, TokenKind, TokenScope
from peixun.people.operations import audit
from peixun.people.queries.codes import within_reach
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.tokens import is_platform, token_digests

PREFIX = "pxt_"
"""Begins every token, so that one that was left in a file is recognised as what it is."""
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. `text` is the token itself, which nobody can read again."""

    token: Token
    text: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is asked for: so many days, these scopes, for what."""

    days: int
    scopes: tuple[str, ...]
    label: str


@transaction.atomic
def issue_token(
    account: Account,
    *,
    days: int,
    by: Actor,
    at: datetime,
    scopes: Collection[str] = (TokenScope.READ,),
    label: str = "",
) -> IssuedToken:
    """This operation will make a token for an account, valid for `days` days (1 to 366).

    Raises OutOfScope unless the account issues it for itself or the system does, ValueError for an account that is
    inactive, days out of range or an unknown scope.
    """
    if not (by.is_system or by.account_id == account.pk):
        raise OutOfScope("a token is issued for oneself")
    return _make(account, NewToken(days, tuple(scopes), label), TokenKind.ACCOUNT, by=by, at=at)


def _make(account: Account, new: NewToken, kind: TokenKind, *, by: Actor, at: datetime) -> IssuedToken:
    if not account.is_active:
        raise ValueError("the account is inactive")
    if not 1 <= new.days <= LONGEST_DAYS:
        raise ValueError(f"days out of range: {new.days}")
    chosen = [scope.value for scope in TokenScope if scope in new.scopes]
    if not chosen or len(chosen) != len(set(new.scopes)):
        raise ValueError(f"unknown scopes: {new.scopes}")
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        kind=kind,
        account=account,
        label=new.label,
        digest=token_digests(text)[0],
        scopes=" ".join(chosen),
        issued_at=at,
        expires_at=at + timedelta(days=new.days),
    )
    audit.record(
        by=by,
        at=at,
        action="issue",
        subject="token",
        subject_id=token.pk,
        organisation_id=place_of_account(account.pk),
        account=account.pk,
        scopes=chosen,
        days=new.days,
    )
    return IssuedToken(token, text)


@transaction.atomic
def give_token(account: Account, new: NewToken, *, by: Actor, at: datetime, day: date) -> IssuedToken:
    """This operation will make a token on screen: for oneself, or for a platform that holds no more than oneself.

    Raises OutOfScope for anybody else's account, ValueError as `issue_token` does.
    """
    if by.account_id == account.pk:
        return _make(account, new, TokenKind.ACCOUNT, by=by, at=at)
    # A token for an account that people work with would act in their name.
    if not is_platform(account) or account.pk not in within_reach(by, [account.pk], day=day):
        raise OutOfScope("somebody else's account")
    return _make(account, new, TokenKind.PLATFORM, by=by, at=at)


@transaction.atomic
def revoke_token(token: Token, *, by: Actor, at: datetime) -> bool:
    """This operation will end a token at once; False when it was revoked already.

    Raises OutOfScope unless it is one's own, one manages accounts where its account is granted something, or it is a
    platform's that holds no more than oneself.
    """
    mine = by.account_id == token.account_id
    if not (by.is_system or mine or _manages(by, token.account) or _answers_for(by, token.account, at)):
        raise OutOfScope("somebody else's token")
    if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        return False
    audit.record(
        by=by,
        at=at,
        action="revoke",
        subject="token",
        subject_id=token.pk,
        organisation_id=place_of_account(token.account_id),
        account=token.account_id,
    )
    return True


def _manages(by: Actor, account: Account) -> bool:
    granted = account.grants.values_list("organisation__path", flat=True)
    return any(by.may(Permission.MANAGE_ACCOUNTS, path) for path in granted)


def _answers_for(by: Actor, account: Account, at: datetime) -> bool:
    day = at.astimezone(clock.ZONE).date()
    return account.person_id is None and account.pk in within_reach(by, [account.pk], day=day)


def note_use(token_id: int, *, on: date) -> None:
    """This operation will note the day on which a token was last used."""
    Token.objects.filter(pk=token_id).update(last_used_on=on)
