"""Persons by their citizen numbers, in one or few queries for a whole file."""

from collections.abc import Collection, Iterable

from peixun.kernel import bulk
from peixun.people.models import Identity, PersonAlias

WHOLE_TABLE_FROM = 3000
AT_ONCE = 5000


def persons_by_lookup(lookups: Collection[bytes]) -> dict[bytes, int]:
    """Person ids by the keyed hash of their citizen number; a merged record's number stands for its person.

    A large file asks for the whole table in one query, which is quicker than asking for each number.
    """
    identities = Identity.objects.filter(citizen_lookup__isnull=False)
    if len(lookups) >= WHOLE_TABLE_FROM:
        rows: Iterable[tuple[bytes | memoryview | None, int]] = identities.values_list(
            "citizen_lookup", "person_id"
        ).iterator(chunk_size=AT_ONCE)
        found = {bytes(lookup): pk for lookup, pk in rows if lookup is not None}
    else:
        found = {}
        for chunk in bulk.chunks(lookups, 500):
            rows = identities.filter(citizen_lookup__in=chunk).values_list("citizen_lookup", "person_id")
            found.update((bytes(lookup), pk) for lookup, pk in rows if lookup is not None)
    folded = dict(PersonAlias.objects.values_list("alias_id", "person_id"))
    if folded:
        found = {lookup: folded.get(pk, pk) for lookup, pk in found.items()}
    return found
