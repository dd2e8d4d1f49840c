"""Personal numbers as they are shown to everybody: masked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from peixun.kernel.cells.phones import mask_phone
from peixun.kernel.citizen_number import mask
from peixun.people.models import Identity
from peixun.people.sealed_box import NumberUnreadable, open_box


@dataclass(frozen=True, slots=True)
class MaskedNumbers:
    """Masked numbers of one person; "" where there is none."""

    citizen_number: str = ""
    phone: str = ""


class Secrets(NamedTuple):
    """All that is encrypted about one person, in plain text; "" where there is nothing."""

    citizen_number: str = ""
    phone: str = ""
    landline: str = ""
    address: str = ""


def numbers_of(identity: Identity) -> tuple[str, str]:
    """The plain citizen number and phone. Raises NumberUnreadable. Only for masking and for audited opening."""
    box = open_box(bytes(identity.salt), identity.key_number)
    citizen, phone = identity.citizen_number, identity.phone
    return box.open(bytes(citizen)) if citizen else "", box.open(bytes(phone)) if phone else ""


def secrets_of(identity: Identity) -> Secrets:
    """All that is encrypted about a person. Raises NumberUnreadable. Only for the person, audited."""
    box = open_box(bytes(identity.salt), identity.key_number)
    held = (identity.citizen_number, identity.phone, identity.landline, identity.address)
    return Secrets(*(box.open(bytes(secret)) if secret else "" for secret in held))


def masked_numbers(person_id: int) -> MaskedNumbers:
    """A person's numbers as every page shows them; empty ones for somebody without. One query."""
    identity = Identity.objects.filter(person=person_id).first()
    if identity is None:
        return MaskedNumbers()
    citizen_number, phone = numbers_of(identity)
    return MaskedNumbers(mask(citizen_number), mask_phone(phone))


def masked_citizen_numbers(person_ids: Collection[int]) -> dict[int, str]:
    """Masked citizen numbers of some hundreds of persons at once, where there are any and a key opens them."""
    rows = Identity.objects.filter(person__in=person_ids, citizen_number__isnull=False)
    found: dict[int, str] = {}
    for person_id, salt, key_number, number in rows.values_list("person", "salt", "key_number", "citizen_number"):
        try:
            found[person_id] = mask(open_box(bytes(salt), key_number).open(bytes(number or b"")))
        except NumberUnreadable:
            continue
    return found
