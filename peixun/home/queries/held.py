"""What is held about a member, and who opened it: for the member's own eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from peixun.home.places import RANKING, Place
from peixun.kernel.clock import ZONE
from peixun.kernel.dated import holds
from peixun.ledger.models import CreditEntry
from peixun.people.models import Account, AuditEntry, Grant
from peixun.people.queries.trail import seen_by
from peixun.people.words import action_words

AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that the member's data was opened: by whom, in which role, and whether it was the member."""

    entry: AuditEntry
    what: str
    who: str
    role: str
    own: bool


def openings(person_ids: Sequence[int], *, limit: int | None = AT_MOST) -> list[Opening]:
    """Who opened the data of a person, the latest first. Two queries."""
    entries = list(seen_by(person_ids)[:limit])
    grants = _grants({entry.account_id for entry in entries if entry.account_id})
    return [_opening(entry, person_ids, grants) for entry in entries]


def _grants(accounts: Iterable[int]) -> list[Grant]:
    return list(Grant.objects.filter(account__in=accounts).select_related("organisation"))


def _opening(entry: AuditEntry, person_ids: Sequence[int], grants: Iterable[Grant]) -> Opening:
    account = entry.account
    own = account is not None and account.person_id in person_ids
    return Opening(
        entry=entry,
        what=action_words(entry.action, entry.subject),
        who=str(account) if account else entry.system_user,
        role="" if own else _role(entry, grants),
        own=own,
    )


def _role(entry: AuditEntry, grants: Iterable[Grant]) -> str:
    """The role in which somebody acted, with its organisation: of those held on the day, the one that reached there."""
    day = entry.at.astimezone(ZONE).date()
    held = [g for g in grants if g.account_id == entry.account_id and holds(g.since, g.until, day)]
    path = entry.organisation.path if entry.organisation else ""
    reaching = [g for g in held if path.startswith(g.organisation.path)] or held
    if not reaching:
        return ""
    grant = min(reaching, key=lambda g: (RANKING.index(g.role), g.organisation.path))
    place = Place(grant.role, grant.organisation)
    return f"{place.organisation.name} · {place.role_name}"


def credits_held(person_ids: Sequence[int]) -> QuerySet[CreditEntry]:
    """Every entry of the ledger about a person, cancelled ones and reversals too."""
    rows = CreditEntry.objects.filter(person__in=person_ids).select_related("activity__organiser")
    return rows.order_by("happened_on", "pk")


def accounts_of(person_ids: Sequence[int]) -> list[Account]:
    """The accounts of a person and of records merged into them."""
    return list(Account.objects.filter(person__in=person_ids).order_by("pk"))
