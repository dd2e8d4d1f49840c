"""Audiences on screen: saved where they are known to reach somebody, deleted where nothing uses them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import Audience, Organisation
from peixun.people.operations import audit
from peixun.people.operations.audiences import AudienceError, NewAudience, save_audience
from peixun.people.queries.scope import Actor
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries.audiences import packs_using, taken_by
from peixun.rulebook.queries.effects import audience_years
from peixun.rulebook.queries.scope import MANAGE, require_owner


@dataclass(frozen=True, slots=True)
class WantedAudience:
    """An audience to save. `key` is empty for a new one; `empty` says that having nobody today is intended."""

    name: str
    rule: dict[str, Any]
    key: str = ""
    empty: bool = False
    reason: str = ""


@transaction.atomic
def save(wanted: WantedAudience, *, owner: Organisation, today: date, by: Actor, at: datetime) -> Audience:
    """This operation will save an audience, a new one under a generated key.

    Raises RulesRefused for a name that is taken, for nobody unless that is intended, when past years change without a
    reason, and when there are too many; OutOfScope.
    """
    require_owner(by, owner)
    same = Audience.objects.filter(name=wanted.name).exclude(key=wanted.key)
    if same.exists():
        raise RulesRefused(_("已有叫“%(name)s”的培训对象") % {"name": wanted.name})
    if not wanted.empty and not taken_by(wanted.rule, today, owner)[0]:
        raise RulesRefused(_("按这些条件今天没有人。确实要这样，请勾选“今天没有人也保存”"))
    known = Audience.objects.filter(key=wanted.key).first() if wanted.key else None
    if known is not None:
        _refuse_elsewhere(known, by)
    past = [] if known is None or known.rule == wanted.rule else _past_years(known, today)
    if past and not wanted.reason.strip():
        years = _("、").join(map(str, past))
        raise RulesRefused(_("这会改变%(years)s年的数字，请写明原因") % {"years": years})
    key = wanted.key or f"a-{uuid.uuid4().hex[:10]}"
    try:
        saved = save_audience(NewAudience(key, wanted.name, wanted.rule), owner=owner, by=by, at=at)
    except AudienceError as error:
        raise RulesRefused(str(error)) from error
    if past:
        _record(saved, "change_past", by, at, reason=wanted.reason.strip())
    return saved


def _refuse_elsewhere(audience: Audience, by: Actor) -> None:
    """Raises RulesRefused where a pack of somebody else's would change with the audience."""
    others = [pack for pack in packs_using(audience) if not by.may(MANAGE, pack.owner.path)]
    if others:
        words = {"name": audience.name, "owner": others[0].owner.name}
        raise RulesRefused(_("%(owner)s的规则也在用“%(name)s”，不能在这里更改。可以另建一类") % words)


def _past_years(audience: Audience, today: date) -> list[int]:
    return [year for year in audience_years(audience, today) if year < today.year]


def _record(audience: Audience, action: str, by: Actor, at: datetime, **detail: str) -> None:
    audit.record(
        by=by,
        at=at,
        action=action,
        subject="audience",
        subject_id=audience.pk,
        organisation_id=audience.owner_id,
        **detail,
    )


@transaction.atomic
def delete(audience: Audience, *, by: Actor, at: datetime) -> None:
    """This operation will delete an audience that no pack uses. Raises RulesRefused and OutOfScope."""
    require_owner(by, audience.owner)
    using = packs_using(audience)
    if using:
        names = _("、").join(pack.name for pack in using)
        raise RulesRefused(_("“%(name)s”还在这些规则里使用：%(packs)s") % {"name": audience.name, "packs": names})
    _record(audience, "delete", by, at)
    audience.delete()
    hooks.structure_changed.fire()
