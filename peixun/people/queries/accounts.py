"""Accounts and what they hold: whom an actor sees, whose account they manage, what they may give."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from peixun.people.models import Account, Grant, Organisation, Role, SignedIn
from peixun.people.queries.codes import grants_now_or_later, holds_role
from peixun.people.queries.scope import Actor, Permission

LISTED = 50


def manages(actor: Actor, account: Account, *, day: date) -> bool:
    """Whether an actor manages an account: not their own, and it holds nothing outside of their subtrees."""
    if actor.is_system:
        return True
    paths = list(
        Grant.objects.filter(grants_now_or_later(day), account=account).values_list("organisation__path", flat=True)
    )
    inside = all(actor.may(Permission.MANAGE_ACCOUNTS, path) for path in paths)
    return actor.account_id != account.pk and bool(paths) and inside


def givable_roles(actor: Actor, organisation: Organisation) -> list[str]:
    """The roles that an actor may give on an organisation: never more than they hold there themselves."""
    if not actor.may(Permission.GIVE_ROLES, organisation.path):
        return []
    return [role for role in Role.values if holds_role(actor, role, organisation.path)]


def accounts_seen(actor: Actor, *, day: date) -> QuerySet[Account]:
    """Accounts that hold something, now or later, within the subtrees where the actor gives roles or manages."""
    paths = [*actor.paths(Permission.GIVE_ROLES), *actor.paths(Permission.MANAGE_ACCOUNTS)]
    inside = Organisation.objects.under_any(paths)
    holding = Grant.objects.filter(grants_now_or_later(day), organisation__in=inside).values("account")
    return Account.objects.filter(pk__in=holding)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list, with those of its grants that the actor may see."""

    account: Account
    grants: list[Grant]


def account_lines(actor: Actor, *, day: date, name: str = "", after: int = 0) -> tuple[list[AccountLine], int]:
    """A page of accounts in the order of their ids, and the id after which the next page begins (0: none)."""
    accounts = accounts_seen(actor, day=day).filter(pk__gt=after).order_by("pk")
    if name:
        accounts = accounts.filter(Q(login__startswith=name.lower()) | Q(display_name__contains=name))
    rows = list(accounts[: LISTED + 1])
    grants = seen_grants(actor, [row.pk for row in rows], day=day)
    lines = [AccountLine(row, grants.get(row.pk, [])) for row in rows[:LISTED]]
    return lines, rows[LISTED - 1].pk if len(rows) > LISTED else 0


def seen_grants(actor: Actor, accounts: list[int], *, day: date) -> dict[int, list[Grant]]:
    """The grants of accounts within the actor's subtrees, those that hold or will hold; one query."""
    rows = (
        Grant.objects.filter(grants_now_or_later(day), account__in=accounts)
        .select_related("organisation")
        .order_by("organisation__path", "role", "since")
    )
    found: dict[int, list[Grant]] = {}
    for row in rows:
        path = row.organisation.path
        if actor.may(Permission.GIVE_ROLES, path) or actor.may(Permission.MANAGE_ACCOUNTS, path):
            found.setdefault(row.account_id, []).append(row)
    return found


def sessions_of(account_id: int) -> list[SignedIn]:
    """Where an account is signed in, the most recent first."""
    return list(SignedIn.objects.filter(account=account_id))
