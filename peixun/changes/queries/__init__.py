"""Transfers as an actor may see them, and the branches that may receive."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.changes.models import OrganisationChange, OrganisationChangeKind, Transfer, TransferState
from peixun.notices.waiting import Waiting
from peixun.people.models import MEMBER_KINDS, Organisation, Role
from peixun.people.queries.scope import Actor, GrantedRole, Permission

MANAGE = Permission.MANAGE_PEOPLE
FOUND_AT_MOST = 20
DECIDED_AT_MOST = 50


def _within(actor: Actor, side: str) -> Q:
    condition = Q(pk__in=[])
    for path in actor.paths(MANAGE):
        condition |= Q(**{f"{side}__path__startswith": path})
    return condition


def transfers_of(actor: Actor) -> QuerySet[Transfer]:
    """Transfers from or to branches that the actor acts for."""
    rows = Transfer.objects.select_related("person", "leaving", "receiving", "proposed_by", "decided_by")
    return rows.filter(_within(actor, "leaving") | _within(actor, "receiving"))


def to_receive(actor: Actor) -> QuerySet[Transfer]:
    """Transfers that wait for the actor."""
    return transfers_of(actor).filter(_within(actor, "receiving"), state=TransferState.PROPOSED)


def waiting_to_receive(actor: Actor, paths: Sequence[str], day: date) -> list[Waiting]:
    """Members who wait to be received within some paths, a line for each branch; one query."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(receiving__path__startswith=path)
    rows = Transfer.objects.filter(condition, state=TransferState.PROPOSED).order_by("receiving")
    counted = rows.values_list("receiving").annotate(count=Count("pk"), since=Min("proposed_at"))
    return [
        Waiting("receive", _("接收转入的党员"), count, reverse("changes:index"), since, organisation_id=branch_id)
        for branch_id, count, since in counted
    ]


def waiting_elsewhere(actor: Actor) -> QuerySet[Transfer]:
    """Transfers that the actor's branches have proposed and others have to accept."""
    rows = transfers_of(actor).filter(_within(actor, "leaving"), state=TransferState.PROPOSED)
    return rows.exclude(_within(actor, "receiving"))


def decided(actor: Actor) -> QuerySet[Transfer]:
    """The latest transfers that are done with."""
    return transfers_of(actor).exclude(state=TransferState.PROPOSED)[:DECIDED_AT_MOST]


def receiving_branches(text: str, *, day: date) -> QuerySet[Organisation]:
    """Branches that could receive members, by part of their name or by code; anywhere in the tree."""
    rows = Organisation.objects.filter(kind__in=MEMBER_KINDS, closed_on__isnull=True, founded_on__lte=day)
    named = Q(name__contains=text) | Q(short_name__contains=text) | Q(code=text)
    return rows.filter(named).select_related("parent").order_by("path")[:FOUND_AT_MOST]


def both_sides(by: Actor, receiving: Organisation) -> Actor:
    """The actor as if they acted for the receiving branch too: for a preview, which is taken back."""
    grant = GrantedRole(Role.OFFICE, receiving.pk, receiving.path)
    return replace(by, grants=(*by.grants, grant))


def touching(organisation_ids: Collection[int]) -> Q:
    """Transfers from or to these organisations."""
    return Q(leaving__in=organisation_ids) | Q(receiving__in=organisation_ids)


def transfers_touched(kind: str, organisation: Organisation, person_ids: Collection[int]) -> QuerySet[Transfer]:
    """Open transfers that can't go on when this is done to an organisation: nobody is left there to decide on them."""
    rows = Transfer.objects.filter(state=TransferState.PROPOSED).select_related("person", "leaving", "receiving")
    if kind in {OrganisationChangeKind.MERGE, OrganisationChangeKind.CLOSE}:
        return rows.filter(touching([organisation.pk]))
    if kind == OrganisationChangeKind.SPLIT:
        return rows.filter(leaving=organisation, person__in=person_ids)
    return rows.none()


def organisation_changes_of(actor: Actor) -> QuerySet[OrganisationChange]:
    """Changes of organisations below those that the actor acts for; the root's for whoever acts for the root."""
    condition = Q(pk__in=[])
    for path in actor.paths(MANAGE):
        condition |= Q(organisation__path__startswith=path) & (
            ~Q(organisation__path=path) | Q(organisation__parent=None)
        )
    rows = OrganisationChange.objects.filter(condition).defer("detail")
    return rows.select_related("organisation", "other", "made_by", "undone_by")
