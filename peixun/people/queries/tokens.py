"""Reading a bearer token: one query, by the indexed hash, for every request of the API."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from peixun.kernel import bulk
from peixun.people.models import Account
from peixun.people.queries.scope import Actor, GrantedRole
from peixun.people.sealed_box import digests

LONGEST = 100
# One row a grant in force, or one without a grant. A token is found by its hash, so nothing is compared in Python.
SQL = """
    SELECT t.id, t.scopes, CAST(t.last_used_on AS text), a.id, a.person_id, g.role, g.organisation_id, o.path
    FROM people_token t
    JOIN people_account a ON a.id = t.account_id
    LEFT JOIN people_grant g ON g.account_id = a.id AND g.since <= %s AND (g.until IS NULL OR g.until > %s)
    LEFT JOIN people_organisation o ON o.id = g.organisation_id
    WHERE t.digest IN ({digests}) AND t.revoked_at IS NULL AND t.expires_at > %s AND a.is_active
    ORDER BY g.id
"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever carries a valid token. `last_used_on` is the ISO date of the last use before this one, or ""."""

    token_id: int
    scopes: frozenset[str]
    actor: Actor
    last_used_on: str


def is_platform(account: Account) -> bool:
    """Whether an account is a program's: nobody's own, and nobody has ever signed in with it or could."""
    return account.person_id is None and account.last_login is None and not account.has_usable_password()


def token_digests(text: str) -> list[bytes]:
    """The keyed hashes by which a token is found, the one to be stored first: tokens are random, so a fast hash is
    enough."""
    return digests(f"token:{text}")


def find_bearer(text: str, *, day: date, now: datetime) -> Bearer | None:
    """Who carries a token that is valid now, with the grants in force on a day; None for any other text."""
    if not text.isascii() or not 20 <= len(text) <= LONGEST:
        return None
    hashes = token_digests(text)
    with connection.cursor() as cursor:
        sql = SQL.format(digests=", ".join(["%s"] * len(hashes)))
        cursor.execute(sql, [day.isoformat(), day.isoformat(), *hashes, bulk.instant(now)])
        rows = cursor.fetchall()
    if not rows:
        return None
    token_id, scopes, last_used_on, account_id, person_id = rows[0][:5]
    grants = tuple(GrantedRole(role, organisation, path) for *_, role, organisation, path in rows if role)
    actor = Actor(account_id=account_id, person_id=person_id, system_user="", grants=grants)
    return Bearer(token_id, frozenset(scopes.split()), actor, last_used_on or "")
