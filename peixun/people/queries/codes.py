"""Who may be given a one-time code by whom, and which code somebody means."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import is_password_usable
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from peixun.kernel.cells.phones import mask_phone
from peixun.people.models import Account, Grant, Identity, Membership, OneTimeCode, Organisation, Person, PersonAlias
from peixun.people.queries.numbers import numbers_of
from peixun.people.queries.scope import ROLE_PERMISSIONS, Actor, Permission, actor_of
from peixun.people.queries.signing import accounts_meant
from peixun.people.sealed_box import NumberUnreadable, digests

MOST_TRIES = 5
MOST_NAMESAKES = 20
"""So many open codes may a name or a number stand for; whoever shares it with more types the login."""


def code_digests(account_id: int, code: str) -> list[bytes]:
    """The keyed hashes of a code, of use for this account only; the one to be stored first."""
    return digests(f"code:{account_id}:{code}")


def open_codes(now: datetime) -> QuerySet[OneTimeCode]:
    """The codes with which somebody could sign in now."""
    return OneTimeCode.objects.filter(used_at=None, ended_at=None, expires_at__gt=now, tries__lt=MOST_TRIES)


def codes_meant(typed: str, *, now: datetime) -> list[OneTimeCode]:
    """The open codes of whoever is meant by a login, a number or a name; none where too many share it."""
    accounts = Account.objects.filter(accounts_meant(typed), is_active=True).values("pk")
    codes = list(open_codes(now).filter(account__in=accounts).select_related("account").order_by("pk"))
    return codes if len(codes) <= MOST_NAMESAKES else []


def grants_now_or_later(day: date) -> Q:
    """The condition on grants that hold on a day or will."""
    return Q(until__isnull=True) | Q(until__gt=day)


def within_reach(actor: Actor, accounts: Collection[int], *, day: date) -> set[int]:
    """Of these accounts, those that hold nothing, now or later, that the actor doesn't hold: no way leads up."""
    grants = Grant.objects.filter(grants_now_or_later(day), account__in=accounts)
    above = {g.account_id for g in grants.select_related("organisation") if not _covers(actor, g)}
    return set(accounts) - above - {actor.account_id or 0}


def _covers(actor: Actor, grant: Grant) -> bool:
    path = grant.organisation.path
    return actor.may(Permission.ISSUE_CODES, path) and holds_role(actor, grant.role, path)


def holds_role(actor: Actor, role: str, path: str) -> bool:
    """Whether the actor may do on this subtree all that a role may."""
    return all(actor.may(permission, path) for permission in ROLE_PERMISSIONS[role])


def still_in_order(code: OneTimeCode, *, day: date) -> bool:
    """Whether whoever issued a code could still issue it: its account may have been given more since then."""
    if code.issued_by_id is None:
        return True  # by the system itself
    issuer = Account.objects.filter(pk=code.issued_by_id, is_active=True).first()
    return issuer is not None and code.account_id in within_reach(actor_of(issuer, day=day), [code.account_id], day=day)


def members_on(day: date) -> QuerySet[Membership]:
    """Who is on the roll on a day, each human being once."""
    merged = PersonAlias.objects.filter(alias=OuterRef("person"))
    return Membership.objects.on(day).filter(~Exists(merged)).select_related("person", "organisation")


@dataclass(frozen=True, slots=True)
class Holder:
    """A member to whom a code may be given, or not."""

    person: Person
    account: Account | None
    open_until: datetime | None
    in_reach: bool

    @property
    def can_sign_in(self) -> bool:
        """Whether they have a password."""
        return self.account is not None and is_password_usable(self.account.password)

    @property
    def stopped(self) -> bool:
        """Whether their account was stopped."""
        return self.account is not None and not self.account.is_active

    @property
    def suggested(self) -> bool:
        """Whether they can't sign in and have no code for it either."""
        return not self.can_sign_in and self.open_until is None


def holders(branch: Organisation, *, by: Actor, day: date, now: datetime) -> list[Holder]:
    """The members of a branch as its page of codes lists them, in a fixed number of queries."""
    persons = [m.person for m in members_on(day).filter(organisation=branch).order_by("person__pinyin", "person_id")]
    accounts = {a.person_id: a for a in Account.objects.filter(person__in=persons)}
    ids = [a.pk for a in accounts.values()]
    reach = within_reach(by, ids, day=day)
    until = dict(open_codes(now).filter(account__in=ids).values_list("account_id", "expires_at"))
    found = []
    for person in persons:
        account = accounts.get(person.pk)
        known = account.pk if account else 0
        found.append(Holder(person, account, until.get(known), account is None or known in reach))
    return found


def phone_hints(person_ids: Collection[int]) -> dict[int, str]:
    """Masked mobile numbers with which these persons can sign in: those that nobody shares with them."""
    rows = list(Identity.objects.filter(person__in=person_ids, phone_lookup__isnull=False))
    shared = _shared(bytes(row.phone_lookup or b"") for row in rows)
    found = {}
    for row in rows:
        if bytes(row.phone_lookup or b"") not in shared and (hint := _hint(row)):
            found[row.person_id] = hint
    return found


def _shared(lookups: Iterable[bytes]) -> set[bytes]:
    counted = Identity.objects.filter(phone_lookup__in=set(lookups)).values("phone_lookup").annotate(n=Count("pk"))
    return {bytes(row["phone_lookup"] or b"") for row in counted.filter(n__gt=1)}


def _hint(identity: Identity) -> str:
    try:
        return mask_phone(numbers_of(identity)[1])
    except NumberUnreadable:
        return ""
