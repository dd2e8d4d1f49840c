"""Where an account stands: each grant is a place; somebody with several switches between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from peixun.people.models import Organisation, Role
from peixun.people.queries.scope import ROLE_PERMISSIONS, Actor, Permission

SESSION_KEY = "place"
SECRETARY_OF_MORE = _("党组织书记")
# Whoever holds several roles begins with the one that has the most to do.
RANKING: tuple[str, ...] = (
    Role.OFFICE,
    Role.LEADER,
    Role.SECRETARY,
    Role.CLASS_MANAGER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One role on one organisation."""

    role: str
    organisation: Organisation

    @property
    def key(self) -> str:
        """How the choice is remembered in the session."""
        return f"{self.role}:{self.organisation.pk}"

    @property
    def role_name(self) -> str:
        """The role in words; whoever is the secretary of more than a branch isn't called a branch secretary."""
        if self.role == Role.SECRETARY and not self.organisation.holds_members:
            return str(SECRETARY_OF_MORE)
        return str(Role(self.role).label)

    def may(self, permission: Permission) -> bool:
        """Whether the role of this place has a permission."""
        return permission in ROLE_PERMISSIONS[self.role]


def places_of(actor: Actor) -> list[Place]:
    """The places of an actor, the most important first. One query."""
    organisations = Organisation.objects.in_bulk({g.organisation_id for g in actor.grants})
    unique = {(g.role, g.organisation_id) for g in actor.grants}
    places = [Place(role, organisations[pk]) for role, pk in unique]
    return sorted(places, key=lambda p: (RANKING.index(p.role), p.organisation.path))


def chosen(places: Sequence[Place], key: Any) -> Place | None:
    """The place that was chosen, or the first one; None for somebody without any."""
    return next((p for p in places if p.key == key), places[0] if places else None)


def places_here(request: Any) -> list[Place]:
    """The places of whoever sent the request, read once."""
    if not hasattr(request, "_places"):
        request._places = places_of(request.actor) if hasattr(request, "actor") else []
    found: list[Place] = request._places
    return found


def place_here(request: Any) -> Place | None:
    """The place from which the request is looked at."""
    session = getattr(request, "session", {})
    return chosen(places_here(request), session.get(SESSION_KEY))
