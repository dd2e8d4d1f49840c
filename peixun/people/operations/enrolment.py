"""Taking persons onto the roll, thousands at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from peixun.kernel import bulk
from peixun.kernel.pinyin import full_pinyin, initials
from peixun.people import hooks
from peixun.people.models import Identity, Membership, Person
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_organisations
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import Lookups, PersonBox, lookups, new_boxes


class NewPerson(NamedTuple):
    """A person to take onto the roll. Numbers are plain here and encrypted on their way in.

    With `organisation_id`, a membership begins on `member_since`.
    """

    name: str
    citizen_number: str = ""
    gender: str = ""
    birth_date: date | None = None
    ethnicity: str = ""
    education: str = ""
    occupation: str = ""
    rank: str = ""
    joined_party_on: date | None = None
    full_member_on: date | None = None
    phone: str = ""
    landline: str = ""
    address: str = ""
    organisation_id: int | None = None
    status: str = "full"
    member_since: date | None = None


PERSON_COLUMNS = (
    "name",
    "pinyin",
    "initials",
    "gender",
    "birth_date",
    "ethnicity",
    "education",
    "occupation",
    "rank",
    "joined_party_on",
    "full_member_on",
)
IDENTITY_COLUMNS = (
    "person",
    "salt",
    "key_number",
    "citizen_number",
    "phone",
    "landline",
    "address",
    "citizen_lookup",
    "citizen_last4",
    "phone_lookup",
    "phone_last4",
)
AT_ONCE = 5000


@transaction.atomic
def enrol(
    persons: Sequence[NewPerson], *, by: Actor, at: datetime, progress: Callable[[int, int], None] | None = None
) -> list[int]:
    """This operation will take persons onto the roll and return their ids in the same order.

    `progress` is told how many are done, and of how many.

    The database refuses a citizen number that is known already and a second membership on the same days
    (IntegrityError). `member_since` is required with `organisation_id` (ValueError).
    """
    if any(p.organisation_id is not None and p.member_since is None for p in persons):
        raise ValueError("a membership needs its first day")
    ids: list[int] = []
    for chunk, rows, secrets in _prepared(persons):
        written = bulk.insert(Person, PERSON_COLUMNS, rows, returning=("id",))
        # Ids of one statement are given in the order of its rows on both databases; sorting states it.
        fresh = sorted(row[0] for row in written)
        bulk.insert(Identity, IDENTITY_COLUMNS, ((pk, *s) for pk, s in zip(fresh, secrets, strict=True)))
        bulk.insert(
            Membership,
            ("person", "organisation", "status", "since", "until", "ended_by"),
            (
                (pk, p.organisation_id, p.status, p.member_since, None, "")
                for pk, p in zip(fresh, chunk, strict=True)
                if p.organisation_id is not None
            ),
        )
        ids.extend(fresh)
        if progress is not None:
            progress(len(ids), len(persons))
    place = place_of_organisations({p.organisation_id for p in persons if p.organisation_id is not None})
    audit.record(by=by, at=at, action="enrol", subject="person", organisation_id=place, count=len(ids))
    hooks.changed.fire(ids)
    return ids


_Prepared = tuple[list[NewPerson], list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _prepared(persons: Sequence[NewPerson]) -> Iterator[_Prepared]:
    """Chunks of persons with the rows to write, the next one made ready while the database takes the one before."""
    with ThreadPoolExecutor(1, "enrol") as pool:
        waiting: Future[_Prepared] | None = None
        for chunk in bulk.chunks(persons, AT_ONCE):
            following = pool.submit(_prepare, chunk)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()


def _prepare(chunk: list[NewPerson]) -> _Prepared:
    return chunk, [_person_row(p) for p in chunk], list(_secrets(chunk))


def _person_row(p: NewPerson) -> tuple[Any, ...]:
    return (
        p.name,
        full_pinyin(p.name),
        initials(p.name),
        p.gender,
        p.birth_date,
        p.ethnicity,
        p.education,
        p.occupation,
        p.rank,
        p.joined_party_on,
        p.full_member_on,
    )


def identity_values(box: PersonBox, keyed: Lookups, p: NewPerson) -> tuple[Any, ...]:
    """The encrypted numbers and their lookups, in the order of `IDENTITY_COLUMNS` from `citizen_number` on."""
    citizen, phone = p.citizen_number, p.phone
    return (
        *box.close_all((citizen, phone, p.landline, p.address)),
        keyed.exact("citizen", citizen) if citizen else None,
        keyed.last4("citizen4", citizen) if citizen else None,
        keyed.exact("phone", phone) if phone else None,
        keyed.last4("phone4", phone) if phone else None,
    )


def _secrets(persons: Sequence[NewPerson]) -> Iterator[tuple[Any, ...]]:
    """Salt, number of the master key, encrypted numbers and lookups of each person."""
    keyed = lookups()
    for p, box in zip(persons, new_boxes(), strict=False):  # boxes never end
        yield (box.salt, box.key_number, *identity_values(box, keyed, p))
