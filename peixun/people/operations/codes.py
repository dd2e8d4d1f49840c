"""Giving out one-time codes, and setting a password with one."""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from peixun.kernel.cells import clean_text
from peixun.people.models import Account, Grant, Membership, OneTimeCode, Person
from peixun.people.operations import audit
from peixun.people.queries.codes import (
    MOST_TRIES,
    code_digests,
    codes_meant,
    grants_now_or_later,
    members_on,
    open_codes,
    still_in_order,
    within_reach,
)
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope, Permission, system_actor

DIGITS = 8
VALID_DAYS = 7
MOST_AT_ONCE = 500
LETTERS = 6
_SEPARATORS = str.maketrans("", "", " -—·.")


class BeyondReach(Exception):
    """An account holds more than the issuer does, is the issuer's own, or was stopped; `names` says whose."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


class IssuedCode(NamedTuple):
    """A new code. `code` is the code itself, which nobody can read again."""

    person: Person
    branch: str
    login: str
    code: str
    expires_at: datetime

    @property
    def spoken(self) -> str:
        """The code in two groups, as it is printed and read aloud."""
        return _spoken(self.code)


class AccountCode(NamedTuple):
    """A new code for an account that was opened for work. `code` is the code itself, which nobody can read again."""

    login: str
    name: str
    code: str
    expires_at: datetime

    @property
    def spoken(self) -> str:
        """The code in two groups, as it is printed and read aloud."""
        return _spoken(self.code)


def _spoken(code: str) -> str:
    return f"{code[: DIGITS // 2]} {code[DIGITS // 2 :]}"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The account that has its new password."""

    account: Account


@transaction.atomic
def issue_codes(person_ids: Collection[int], *, by: Actor, at: datetime, day: date) -> list[IssuedCode]:
    """This operation will make a code for each person, ending an earlier one, with an account for those without.

    Raises OutOfScope for somebody who isn't on the roll of the issuer's subtree on the day, BeyondReach for an account
    that holds more than the issuer, is the issuer's own or was stopped, ValueError for more than 500. Nothing is
    written then.
    """
    if len(set(person_ids)) > MOST_AT_ONCE:
        raise ValueError(f"more than {MOST_AT_ONCE} codes at once")
    # Whoever issues to the same people at the same time waits here.
    list(Person.objects.select_for_update().filter(pk__in=person_ids).order_by("pk").values_list("pk"))
    members = list(members_on(day).filter(person__in=person_ids).order_by("person__pinyin", "person_id"))
    if {m.person_id for m in members} != set(person_ids):
        raise OutOfScope("not on the roll")
    for path in {m.organisation.path for m in members}:
        by.require(Permission.ISSUE_CODES, path)
    accounts = _accounts(members, by=by, day=day)
    OneTimeCode.objects.filter(account__in=accounts.values(), used_at=None, ended_at=None).update(ended_at=at)
    return [_issue(member, accounts[member.person_id], by=by, at=at) for member in members]


@transaction.atomic
def issue_account_code(account: Account, *, by: Actor, at: datetime, day: date) -> AccountCode:
    """This operation will make a code for an account that was opened for work, ending an earlier one.

    Raises BeyondReach for an account that holds nothing or more than the issuer, is the issuer's own or was stopped,
    and for a member's, whose codes come from their branch; the system itself may issue to any that is in use.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    held = Grant.objects.filter(grants_now_or_later(day), account=account).order_by("since").first()
    for_work = by.is_system or (account.person_id is None and held is not None)
    if not (for_work and account.is_active and account.pk in within_reach(by, [account.pk], day=day)):
        raise BeyondReach([str(account)])
    OneTimeCode.objects.filter(account=account, used_at=None, ended_at=None).update(ended_at=at)
    text, expires_at = _new_code(account, held.organisation_id if held else None, by=by, at=at)
    return AccountCode(account.login, str(account), text, expires_at)


def _accounts(members: Sequence[Membership], *, by: Actor, day: date) -> dict[int, Account]:
    """The accounts of members by person; those without one get one that has no password yet."""
    persons = {m.person_id: m.person for m in members}
    accounts = {a.person_id or 0: a for a in Account.objects.filter(person__in=persons)}
    reach = within_reach(by, [a.pk for a in accounts.values()], day=day)
    beyond = [persons[pk].name for pk, a in accounts.items() if a.pk not in reach or not a.is_active]
    if beyond:
        raise BeyondReach(beyond)
    for pk, person in persons.items():
        if pk not in accounts:
            accounts[pk] = Account.objects.create_account(
                login=new_login(person), person=person, display_name=person.name
            )
    return accounts


def new_login(person: Person) -> str:
    """A free login: initials and five digits, short enough for typing, and saying no more than the initials."""
    letters = "".join(c for c in person.initials.lower() if "a" <= c <= "z")[:LETTERS] or "dy"
    while Account.objects.filter(login=(login := f"{letters}{secrets.randbelow(10**5):05d}")).exists():
        pass
    return login


def _issue(member: Membership, account: Account, *, by: Actor, at: datetime) -> IssuedCode:
    text, expires_at = _new_code(account, member.organisation_id, by=by, at=at)
    return IssuedCode(member.person, member.organisation.name, account.login, text, expires_at)


def _new_code(account: Account, organisation_id: int | None, *, by: Actor, at: datetime) -> tuple[str, datetime]:
    """The text of a code that is stored as its digest, and when it expires."""
    text = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    code = OneTimeCode.objects.create(
        account=account,
        digest=code_digests(account.pk, text)[0],
        issued_by_id=by.account_id,
        issued_at=at,
        expires_at=at + timedelta(days=VALID_DAYS),
    )
    audit.record(
        by=by,
        at=at,
        action="issue_code",
        subject="account",
        subject_id=account.pk,
        organisation_id=organisation_id,
        code=code.pk,
        days=VALID_DAYS,
    )
    return text, code.expires_at


def redeem_code(who: str, code: str, password: str, *, at: datetime, day: date) -> Redeemed | None:
    """This operation will set the password of whoever holds this code, and so end their other sessions.

    `who` is a login, a mobile or citizen number, or a name. None for whatever isn't right: nobody of that name, no open
    code, a wrong one; a wrong one counts as a try. Raises ValidationError for a password that is too weak for this
    person; the code can then be used again.
    """
    digits = clean_text(code).translate(_SEPARATORS)[: DIGITS + 1]
    # Also when it is for nothing, so that the answer takes as long; and before the transaction, which others wait for.
    hashed = make_password(password)
    with transaction.atomic():
        meant = codes_meant(who, now=at)
        found = _matching(meant, digits)
        if found is None or not still_in_order(found, day=day):
            _count_try(meant, digits, at=at)
            return None
        validate_password(password, user=found.account)
        return _use(found, hashed, at=at)


def _matching(meant: Sequence[OneTimeCode], digits: str) -> OneTimeCode | None:
    """The code that was typed; each one is compared, in the same time whether it is right or wrong."""
    right = [c for c in meant if _is_right(c, digits)]
    return right[0] if len(right) == 1 else None


def _is_right(code: OneTimeCode, digits: str) -> bool:
    held = bytes(code.digest)
    # Each one is compared, whichever is right.
    return sum(hmac.compare_digest(held, digest) for digest in code_digests(code.account_id, digits)) > 0


def _use(code: OneTimeCode, hashed: str, *, at: datetime) -> Redeemed | None:
    if not open_codes(at).filter(pk=code.pk).update(used_at=at):
        return None  # somebody else was quicker
    account = code.account
    account.password = hashed
    account.save(update_fields=["password"])
    own = Actor(account_id=account.pk, person_id=account.person_id, system_user="", grants=())
    audit.record(
        by=own,
        at=at,
        action="redeem_code",
        subject="account",
        subject_id=account.pk,
        organisation_id=place_of_account(account.pk),
        code=code.pk,
    )
    return Redeemed(account)


def _count_try(meant: Sequence[OneTimeCode], digits: str, *, at: datetime) -> None:
    """Charge a wrong code to one of those that it could have been, so that namesakes don't end each other's codes."""
    number = int(digits) if digits.isdecimal() and digits.isascii() else 0
    charged = meant[number % len(meant)].pk if meant else 0
    counted = open_codes(at).filter(pk=charged).update(tries=F("tries") + 1)
    if counted and not open_codes(at).filter(pk=charged).exists():
        code = OneTimeCode.objects.get(pk=charged)
        audit.record(
            by=system_actor(),
            at=at,
            action="end_code",
            subject="account",
            subject_id=code.account_id,
            organisation_id=place_of_account(code.account_id),
            code=code.pk,
            tries=MOST_TRIES,
        )
