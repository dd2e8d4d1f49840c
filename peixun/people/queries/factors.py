"""Who needs a second step at the door, and with what it can be done."""

from dataclasses import dataclass

from peixun.people.models import FactorKind, Level, Role, SecondFactor, SpareCode
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import digests

WIDE_LEVELS = frozenset({Level.PROVINCE, Level.CITY, Level.COUNTY})
WIDE_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def needs_second_step(actor: Actor) -> bool:
    """Whether somebody sees more than a township, or who saw what, and so has to prove themselves twice."""
    return any(g.level in WIDE_LEVELS or g.role in WIDE_ROLES for g in actor.grants)


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account can do the second step with; `spare` counts the codes that are left."""

    rows: list[SecondFactor]
    spare: int

    @property
    def apps(self) -> list[SecondFactor]:
        """Authenticator apps."""
        return [row for row in self.rows if row.kind == FactorKind.APP]

    @property
    def keys(self) -> list[SecondFactor]:
        """Security keys."""
        return [row for row in self.rows if row.kind == FactorKind.KEY]


def factors_of(account_id: int) -> Factors:
    """The factors of an account; two queries."""
    rows = list(SecondFactor.objects.filter(account=account_id))
    return Factors(rows, SpareCode.objects.filter(account=account_id, used_at=None).count())


def has_factor(account_id: int) -> bool:
    """Whether the second step is asked of an account."""
    return SecondFactor.objects.filter(account=account_id).exists()


def spare_digests(account_id: int, code: str) -> list[bytes]:
    """The keyed hashes of a spare code, of use for this account only; the one to be stored first."""
    return digests(f"spare:{account_id}:{code}")
