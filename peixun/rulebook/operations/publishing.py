"""Putting drafts in force, ending packs, taking back what hasn't begun."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog.models import RequirementPack
from peixun.catalog.operations import PackError, end_pack, publish_credit_pack, publish_requirement_pack, withdraw_pack
from peixun.catalog.rules import NewRequirementPack
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.rulebook.models import DraftState, PackDraft, PackKind
from peixun.rulebook.operations.drafts import Pack, RulesRefused, mark_published
from peixun.rulebook.operations.telling import tell_published
from peixun.rulebook.queries.checking import check, model_of
from peixun.rulebook.queries.scope import require_owner


@transaction.atomic
def publish(draft: PackDraft, *, version: int, reason: str, today: date, by: Actor, at: datetime) -> Pack:
    """This operation will put a draft in force; `reason` says why days that have passed are changed, where they are.

    Raises RulesRefused with every error, Overtaken, and OutOfScope.
    """
    require_owner(by, draft.owner)
    found = check(draft, today=today, people={})
    if found.new is None:
        raise RulesRefused(_("；").join(found.errors))
    if found.begins_in_past and not reason.strip():
        raise RulesRefused(_("从已经过去的日期开始生效，要勾选知晓并写明原因"))
    open_now = model_of(draft.kind).objects.filter(owner=draft.owner_id, until=None, since__lt=found.new.since)
    cut = open_now.values_list("pk", flat=True).first()
    try:
        pack: Pack
        if isinstance(found.new, NewRequirementPack):
            pack = publish_requirement_pack(found.new, owner=draft.owner, by=by, at=at)
        else:
            pack = publish_credit_pack(found.new, owner=draft.owner, by=by, at=at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    mark_published(draft, pack, cut, version=version, by=by, at=at)
    if found.begins_in_past:
        _record_past(pack, found.new.since, reason, by, at)
    tell_published(pack, today=today, by=by, at=at)
    return pack


def _record_past(pack: Pack, on: date, reason: str, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        action="change_past",
        subject="requirement_pack" if isinstance(pack, RequirementPack) else "credit_pack",
        subject_id=pack.pk,
        organisation_id=pack.owner_id,
        on=on.isoformat(),
        reason=reason.strip(),
    )


@transaction.atomic
def end(pack: Pack, *, on: date, reason: str, today: date, by: Actor, at: datetime) -> None:
    """This operation will end a pack; `on` is the first day without it, `reason` is asked for when it has passed.

    Raises RulesRefused and OutOfScope.
    """
    require_owner(by, pack.owner)
    if on < today and not reason.strip():
        raise RulesRefused(_("从已经过去的日期起停止执行，要写明原因"))
    try:
        end_pack(pack, on=on, by=by, at=at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    if on < today:
        _record_past(pack, on, reason, by, at)


@transaction.atomic
def withdraw(pack: Pack, *, today: date, by: Actor, at: datetime) -> None:
    """This operation will take back a pack that hasn't begun; the one that ended for it is open again.

    Raises RulesRefused and OutOfScope.
    """
    require_owner(by, pack.owner)
    kind = PackKind.REQUIREMENT if isinstance(pack, RequirementPack) else PackKind.CREDIT
    draft = PackDraft.objects.filter(kind=kind, published=pack.pk, state=DraftState.PUBLISHED).first()
    cut = model_of(kind).objects.filter(pk=draft.cut, owner=pack.owner_id).first() if draft and draft.cut else None
    try:
        withdraw_pack(pack, reopen=cut, today=today, by=by, at=at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    if draft is not None:
        PackDraft.objects.filter(pk=draft.pk).update(state=DraftState.DRAFT, published=None, cut=None)
