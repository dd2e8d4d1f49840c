"""Under which keys personal numbers and second steps are held, whether they open, whether they are found."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Model, QuerySet

from peixun.people.models import FactorKind, Identity, SecondFactor
from peixun.people.queries.numbers import numbers_of, secrets_of
from peixun.people.sealed_box import NumberUnreadable, lookups, master_numbers, open_box

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows are held under one master key, and whether that key is configured."""

    key_number: int
    identities: int
    factors: int
    configured: bool
    newest: bool


@dataclass(frozen=True, slots=True)
class KeysState:
    """What the keys stand for. `unreadable` rows don't open; `unfindable` persons aren't found by their numbers."""

    held: list[Held]
    unreadable: int
    unfindable: int

    @property
    def to_rotate(self) -> int:
        """How many rows aren't under the newest key."""
        return sum(h.identities + h.factors for h in self.held if not h.newest)

    @property
    def droppable(self) -> list[int]:
        """Configured keys, not the newest, that hold nothing any more."""
        return [h.key_number for h in self.held if h.configured and not h.newest and not h.identities + h.factors]


def sealed_factors() -> QuerySet[SecondFactor]:
    """The second steps with a secret that is encrypted."""
    return SecondFactor.objects.filter(kind=FactorKind.APP)


def in_batches(rows: QuerySet[Model], *, size: int = AT_ONCE) -> Iterator[list[Model]]:
    """Rows by primary key, some thousands at a time, each batch read when it is asked for."""
    last: object = None
    while True:
        batch = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:size])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


def keys_state() -> KeysState:
    """Everything is opened once: some seconds for a hundred thousand persons."""
    configured = master_numbers()
    identities = _counted(Identity.objects.all())
    factors = _counted(sealed_factors())
    numbers = [*configured, *sorted((identities.keys() | factors.keys()) - set(configured))]
    held = [
        Held(n, identities.get(n, 0), factors.get(n, 0), configured=n in configured, newest=n == configured[0])
        for n in numbers
    ]
    unreadable = unfindable = 0
    for batch in in_batches(Identity.objects.all()):
        for row in batch:
            opened = is_found(row) if isinstance(row, Identity) else None
            unreadable += opened is None
            unfindable += opened is False
    for factor in sealed_factors():
        unreadable += not _opens(factor)
    return KeysState(held, unreadable, unfindable)


def _counted(rows: QuerySet[Model]) -> dict[int, int]:
    return {row["key_number"]: row["n"] for row in rows.order_by().values("key_number").annotate(n=Count("pk"))}


def is_found(identity: Identity) -> bool | None:
    """Whether a person is found by their numbers under the lookup key of now; None when the numbers don't open."""
    try:
        secrets_of(identity)
        citizen, phone = numbers_of(identity)
    except NumberUnreadable:
        return None
    keyed = lookups()
    wanted = (keyed.exact("citizen", citizen) if citizen else b"", keyed.exact("phone", phone) if phone else b"")
    return wanted == (bytes(identity.citizen_lookup or b""), bytes(identity.phone_lookup or b""))


def _opens(factor: SecondFactor) -> bool:
    try:
        open_box(bytes(factor.salt), factor.key_number).open(bytes(factor.secret))
    except NumberUnreadable:
        return False
    return True
