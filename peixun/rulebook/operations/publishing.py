"""Putting drafts in force, ending packs, taking back what hasn't begun."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog.operations import (
    SUBJECTS,
    PackError,
    end_pack,
    hold_packs_of,
    publish_credit_pack,
    publish_requirement_pack,
    publish_responsibility_pack,
    withdraw_pack,
)
from peixun.catalog.rules import NewCreditPack, NewRequirementPack
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.rulebook.models import DraftState, PackDraft
from peixun.rulebook.operations.drafts import RulesRefused, mark_published
from peixun.rulebook.operations.telling import tell_published
from peixun.rulebook.queries.checking import Checked, New, Pack, check
from peixun.rulebook.queries.effects import reopened_by
from peixun.rulebook.queries.scope import require_owner


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was agreed to on screen: why days that have passed are changed, and that an earlier pack ends sooner."""

    reason: str = ""
    shorten: bool = False


@transaction.atomic
def publish(draft: PackDraft, *, version: int, confirmed: Confirmed, today: date, by: Actor, at: datetime) -> Pack:
    """This operation will put a draft in force; the owner's pack before it ends as it begins.

    Raises RulesRefused with every error, and for what was not confirmed; Overtaken; OutOfScope.
    """
    require_owner(by, draft.owner)
    hold_packs_of(draft.owner)  # what is checked now still holds when it is written
    found = check(draft, today=today, people={})
    if found.new is None:
        raise RulesRefused(_("；").join(found.errors))
    _require_confirmed(found, confirmed)
    cut = (found.cut.pk, found.cut.until) if found.cut is not None else (None, None)
    try:
        if found.shortens and found.cut is not None:
            end_pack(found.cut, on=found.new.since, by=by, at=at)
        pack = _put_in_force(found.new, draft.owner, by, at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    mark_published(draft, pack, cut, version=version, by=by, at=at)
    if found.begins_in_past:
        _record_past(pack, found.new.since, confirmed.reason, by, at)
    tell_published(pack, today=today, by=by, at=at)
    return pack


def _require_confirmed(found: Checked, confirmed: Confirmed) -> None:
    if found.begins_in_past and not confirmed.reason.strip():
        raise RulesRefused(_("从已经过去的日期开始生效，要勾选知晓并写明原因"))
    if found.shortens and found.cut is not None and not confirmed.shorten:
        raise RulesRefused(_("请勾选让“%(name)s”提前停止执行，或者改这份的日期") % {"name": found.cut.name})


def _put_in_force(new: New, owner: Organisation, by: Actor, at: datetime) -> Pack:
    if isinstance(new, NewRequirementPack):
        return publish_requirement_pack(new, owner=owner, by=by, at=at)
    if isinstance(new, NewCreditPack):
        return publish_credit_pack(new, owner=owner, by=by, at=at)
    return publish_responsibility_pack(new, owner=owner, by=by, at=at)


def _record_past(pack: Pack, on: date, reason: str, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        action="change_past",
        subject=SUBJECTS[type(pack)],
        subject_id=pack.pk,
        organisation_id=pack.owner_id,
        on=on.isoformat(),
        reason=reason.strip(),
    )


def require_endable(pack: Pack, *, on: date, reason: str, today: date) -> None:
    """Raises RulesRefused where a pack can't end on a day, or not without a reason."""
    if on <= pack.since:
        raise RulesRefused(_("停止执行的日期要晚于生效日期"))
    if pack.until is not None and on >= pack.until:
        raise RulesRefused(_("这份规则在这一天之前已经到期"))
    if on < today and not reason.strip():
        raise RulesRefused(_("从已经过去的日期起停止执行，要写明原因"))


@transaction.atomic
def end(pack: Pack, *, on: date, reason: str, today: date, by: Actor, at: datetime) -> None:
    """This operation will end a pack; `on` is the first day without it, `reason` is asked for when it has passed.

    Raises RulesRefused and OutOfScope.
    """
    require_owner(by, pack.owner)
    require_endable(pack, on=on, reason=reason, today=today)
    try:
        end_pack(pack, on=on, by=by, at=at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    if on < today:
        _record_past(pack, on, reason, by, at)


@transaction.atomic
def withdraw(pack: Pack, *, today: date, by: Actor, at: datetime) -> None:
    """This operation will take back a pack that hasn't begun; the one that ended for it has its own end again.

    Raises RulesRefused and OutOfScope.
    """
    require_owner(by, pack.owner)
    draft, reopen = reopened_by(pack)
    try:
        withdraw_pack(pack, reopen=reopen, today=today, by=by, at=at)
    except PackError as error:
        raise RulesRefused(str(error)) from error
    if draft is not None:
        PackDraft.objects.filter(pk=draft.pk).update(state=DraftState.DRAFT, published=None, cut=None, cut_until=None)
