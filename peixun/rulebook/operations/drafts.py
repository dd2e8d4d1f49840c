"""Drafts: begun, changed, dropped; of two who change one at once the second is told."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog.models import CreditPack, ResponsibilityPack
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.rulebook.models import DraftState, PackDraft
from peixun.rulebook.queries.checking import Pack
from peixun.rulebook.queries.scope import require_owner


class RulesRefused(Exception):
    """Rules can't be changed like that. The text is for people."""


class Overtaken(RulesRefused):
    """Somebody else changed the draft meanwhile."""

    def __init__(self, draft: PackDraft) -> None:
        who = draft.changed_by or _("系统")
        words = {"who": who, "when": f"{draft.changed_at:%Y-%m-%d}"}
        super().__init__(_("这份草稿刚才已由 %(who)s 改动（%(when)s），您的改动没有保存。请重新打开再改") % words)


@transaction.atomic
def begin(kind: str, owner: Organisation, *, base: Pack | None = None, by: Actor, at: datetime) -> PackDraft:
    """This operation will begin a draft, empty or with what another pack says. Raises OutOfScope."""
    require_owner(by, owner)
    draft = PackDraft.objects.create(
        kind=kind,
        owner=owner,
        content=_copied(base) if base is not None else {},
        base_name=base.name if base is not None else "",
        made_by_id=by.account_id,
        made_at=at,
        changed_by_id=by.account_id,
        changed_at=at,
    )
    _record(draft, "draft", by, at)
    return draft


def _record(draft: PackDraft, action: str, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, action=action, subject="pack_draft", subject_id=draft.pk, organisation_id=draft.owner_id)


def _copied(pack: Pack) -> dict[str, Any]:
    """What a pack says, as it would be typed; a new version begins where the old one ends, if it does."""
    head = {"name": pack.name, "source": pack.source, "note": pack.note, "since": "", "last": ""}
    if pack.until is not None:
        head["since"] = pack.until.isoformat()
    if isinstance(pack, CreditPack):
        rules = [{"kind": r.kind, "unit": r.unit, "hours": _plain(r.hours)} for r in pack.rules.all()]
        caps = [
            {"name": c.name, "kinds": c.kinds, "period": c.period, "max_hours": _plain(c.max_hours)}
            for c in pack.caps.all()
        ]
        return {**head, "carry_over": pack.carry_over, "rules": rules, "caps": caps}
    if isinstance(pack, ResponsibilityPack):
        duties = [
            {
                "audience": r.audience.key,
                "level": r.level,
                "period": r.period,
                "only_untrained_above": "1" if r.only_untrained_above else "",
            }
            for r in pack.responsibilities.select_related("audience")
        ]
        return {**head, "duties": duties}
    rows = [
        {
            "audience": r.audience.key,
            "name": r.name,
            "period": r.period,
            "min_hours": _plain(r.min_hours),
            "min_days": "" if r.min_days is None else str(r.min_days),
            "min_concentrated": str(r.min_concentrated or ""),
            "within": [{"cut": f"{w['dimension']}:{w['value']}", "hours": _plain(w["hours"])} for w in r.within],
        }
        for r in pack.requirements.select_related("audience")
    ]
    return {**head, "requirements": rows}


def _plain(hours: Any) -> str:
    text = str(hours)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _move(draft: PackDraft, version: int, by: Actor, at: datetime, **fields: Any) -> None:
    """Change a draft if it still has this version, in one statement. Raises Overtaken."""
    rows = PackDraft.objects.filter(pk=draft.pk, version=version, state=DraftState.DRAFT)
    fields |= {"version": version + 1, "changed_by_id": by.account_id, "changed_at": at}
    if not rows.update(**fields):
        raise Overtaken(PackDraft.objects.select_related("changed_by").get(pk=draft.pk))
    draft.refresh_from_db()


@transaction.atomic
def save(draft: PackDraft, content: dict[str, Any], *, version: int, by: Actor, at: datetime) -> None:
    """This operation will keep what was typed, whole or not. Raises Overtaken and OutOfScope."""
    require_owner(by, draft.owner)
    _move(draft, version, by, at, content=content)


@transaction.atomic
def drop(draft: PackDraft, *, version: int, by: Actor, at: datetime) -> None:
    """This operation will put a draft away. Raises Overtaken and OutOfScope."""
    require_owner(by, draft.owner)
    _move(draft, version, by, at, state=DraftState.DROPPED)
    _record(draft, "drop", by, at)


def mark_published(
    draft: PackDraft, pack: Pack, cut: tuple[int | None, date | None], *, version: int, by: Actor, at: datetime
) -> None:
    """This operation will note which pack a draft became, and which one ended for it, with the end that it had.

    Raises Overtaken.
    """
    fields = {"published": pack.pk, "cut": cut[0], "cut_until": cut[1]}
    _move(draft, version, by, at, state=DraftState.PUBLISHED, **fields)
