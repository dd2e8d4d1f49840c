"""What stands already about the persons of a file: facts, encrypted numbers, memberships, statuses."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from django.db import models
from django.db.models import QuerySet

from peixun.kernel import bulk
from peixun.people.models import Identity, Membership, Person, StatusKind, StatusPeriod
from peixun.people.sealed_box import lookup, open_box

ModelT = TypeVar("ModelT", bound=models.Model)

AT_ONCE = 5000
FACT_NAMES = (
    "name",
    "gender",
    "birth_date",
    "ethnicity",
    "education",
    "occupation",
    "joined_party_on",
    "full_member_on",
)


class KnownIdentity(NamedTuple):
    """A person's encrypted numbers as stored."""

    salt: bytes
    key_number: int
    phone_lookup: bytes | None
    landline: bytes | None
    address: bytes | None

    def differences(self, *, phone: str | None, landline: str | None, address: str | None) -> dict[str, str]:
        """Which of the given values differ; a number is compared by its keyed hash, the others are decrypted."""
        found: dict[str, str] = {}
        if phone and lookup("phone", phone) != self.phone_lookup:
            found["phone"] = phone
        if not (landline or address):
            return found
        box = open_box(self.salt, self.key_number)
        others = (("landline", landline, self.landline), ("address", address, self.address))
        return found | {
            name: told for name, told, stored in others if told and (stored is None or box.open(stored) != told)
        }


class KnownMembership(NamedTuple):
    """An open membership."""

    organisation_id: int
    status: str
    since: date


class KnownStatus(NamedTuple):
    """A dated status; `until` is None while it lasts."""

    id: int
    since: date
    until: date | None
    reason: str


@dataclass
class Known:
    """All of it, by person id."""

    facts: dict[int, tuple[object, ...]] = field(default_factory=dict)
    identities: dict[int, KnownIdentity] = field(default_factory=dict)
    memberships: dict[int, KnownMembership] = field(default_factory=dict)
    left: dict[int, date] = field(default_factory=dict)
    statuses: dict[tuple[int, str], list[KnownStatus]] = field(default_factory=lambda: defaultdict(list))


def load(person_ids: Collection[int]) -> Known:
    """Everything about these persons in a handful of queries for each 5,000 of them."""
    known = Known()
    for chunk in bulk.chunks(sorted(person_ids), AT_ONCE):
        for pk, *facts in _of(Person.objects.all(), "pk", chunk).values_list("pk", *FACT_NAMES):
            known.facts[pk] = tuple(facts)
        _load_identities(chunk, known)
        _load_memberships(chunk, known)
        rows = _of(StatusPeriod.objects.all(), "person", chunk).filter(kind__in=[StatusKind.LOST, StatusKind.FLOATING])
        for person_id, kind, pk, since, until, reason in rows.order_by("since").values_list(
            "person_id", "kind", "id", "since", "until", "reason"
        ):
            known.statuses[person_id, kind].append(KnownStatus(pk, since, until, reason))
    return known


def _of(rows: QuerySet[ModelT], name: str, chunk: list[int]) -> QuerySet[ModelT]:
    """Rows of these persons. Whole stretches of ids are asked for as such: it spares thousands of parameters."""
    if chunk[-1] - chunk[0] < 2 * len(chunk):
        return rows.filter(**{f"{name}__gte": chunk[0], f"{name}__lte": chunk[-1]})
    return rows.filter(**{f"{name}__in": chunk})


def _load_identities(chunk: list[int], known: Known) -> None:
    rows = _of(Identity.objects.all(), "person", chunk)
    for pk, salt, key_number, phone, landline, address in rows.values_list(
        "person_id", "salt", "key_number", "phone_lookup", "landline", "address"
    ):
        known.identities[pk] = KnownIdentity(bytes(salt), key_number, _bytes(phone), _bytes(landline), _bytes(address))


def _bytes(stored: bytes | memoryview | None) -> bytes | None:
    return None if stored is None else bytes(stored)


def _load_memberships(chunk: list[int], known: Known) -> None:
    rows = _of(Membership.objects.all(), "person", chunk).order_by("since")
    for person_id, organisation_id, status, since, until in rows.values_list(
        "person_id", "organisation_id", "status", "since", "until"
    ):
        if until is None:
            known.memberships[person_id] = KnownMembership(organisation_id, status, since)
        else:
            known.left[person_id] = max(until, known.left.get(person_id, until))
