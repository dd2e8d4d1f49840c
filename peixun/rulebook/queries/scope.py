"""For whom an actor may make rules, and which drafts, trials and packs are within reach."""

from typing import Any

from django.db.models import QuerySet

from peixun.catalog.queries import MAKE_RULES, rule_makers
from peixun.people.models import MEMBER_KINDS, Organisation
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.rulebook.models import DraftState, PackDraft, Trial

MANAGE = Permission.MANAGE_RULES


def require_owner(actor: Actor, owner: Organisation) -> None:
    """Raise OutOfScope unless the actor makes rules for the organisation."""
    actor.require(MANAGE, owner.path)
    if owner.level not in MAKE_RULES or owner.kind in MEMBER_KINDS:
        raise OutOfScope("rules are made at county level and above")


def drafts(actor: Actor) -> QuerySet[PackDraft]:
    """Drafts of those organisations that weren't dropped."""
    rows = PackDraft.objects.filter(owner__in=rule_makers(actor)).exclude(state=DraftState.DROPPED)
    return rows.select_related("owner", "made_by", "changed_by")


def trials(actor: Actor) -> QuerySet[Trial]:
    """Trials for those organisations."""
    return Trial.objects.filter(owner__in=rule_makers(actor)).select_related(
        "owner", "draft", "draft__owner", "made_by"
    )


def packs(actor: Actor, model: Any) -> Any:
    """Packs of those organisations."""
    return model.objects.filter(owner__in=rule_makers(actor)).select_related("owner")
