"""Who holds a permission on an organisation, to be told or to be asked."""

from collections.abc import Collection
from datetime import date

from peixun.people.models import Grant, Organisation
from peixun.people.queries.scope import ROLE_PERMISSIONS, Permission


def holders_below(permission: Permission, organisation_id: int, *, day: date) -> set[int]:
    """The accounts that were given, on an organisation or below it, a role which may do something; two queries."""
    path = Organisation.objects.values_list("path", flat=True).get(pk=organisation_id)
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    grants = Grant.objects.on(day).filter(role__in=roles, organisation__path__startswith=path)
    return set(grants.values_list("account_id", flat=True))


def nearest_holders(permission: Permission, organisation_ids: Collection[int], *, day: date) -> dict[int, set[int]]:
    """By organisation, the accounts that may do something there, those standing nearest only; two queries.

    A village's own secretary is asked before the township, the township before the county: whoever stands above
    is asked only where nobody stands nearer.
    """
    rows = Organisation.objects.filter(pk__in=organisation_ids).values_list("pk", "path")
    ways = {pk: [int(step) for step in path.strip("/").split("/")] for pk, path in rows}
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    grants = Grant.objects.on(day).filter(role__in=roles, account__is_active=True)
    standing: dict[int, set[int]] = {}
    places = {step for way in ways.values() for step in way}
    for organisation_id, account_id in grants.filter(organisation__in=places).values_list(
        "organisation_id", "account_id"
    ):
        standing.setdefault(organisation_id, set()).add(account_id)
    return {pk: next((standing[step] for step in reversed(way) if step in standing), set()) for pk, way in ways.items()}
