"""Issuing and revoking bearer tokens."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from peixun.people.models import Account, Token, TokenScope
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.tokens import token_digests

PREFIX = "pxt_"
"""Begins every token, so that one that was left in a file is recognised as what it is."""
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. `text` is the token itself, which nobody can read again."""

    token: Token
    text: str


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
    if not account.is_active:
        raise ValueError("the account is inactive")
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"days out of range: {days}")
    chosen = [scope.value for scope in TokenScope if scope in scopes]
    if not chosen or len(chosen) != len(set(scopes)):
        raise ValueError(f"unknown scopes: {scopes}")
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        account=account,
        label=label,
        digest=token_digests(text)[0],
        scopes=" ".join(chosen),
        issued_at=at,
        expires_at=at + timedelta(days=days),
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
        days=days,
    )
    return IssuedToken(token, text)


@transaction.atomic
def revoke_token(token: Token, *, by: Actor, at: datetime) -> bool:
    """This operation will end a token at once; False when it was revoked already.

    Raises OutOfScope unless it is one's own, or one manages accounts where its account is granted something.
    """
    if not (by.is_system or by.account_id == token.account_id or _manages(by, token.account)):
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


def note_use(token_id: int, *, on: date) -> None:
    """This operation will note the day on which a token was last used."""
    Token.objects.filter(pk=token_id).update(last_used_on=on)
