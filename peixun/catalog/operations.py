"""Writes of the room: publishing packs, adding topics, and installing the rules that are shipped."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog import hooks, shipped
from peixun.catalog.models import CreditCap, CreditPack, CreditRule, Requirement, RequirementPack, Topic
from peixun.catalog.queries import draw_credit_pack, draw_requirement_pack
from peixun.catalog.rules import NewCreditPack, NewRequirementPack, NewTopic, first_overlap
from peixun.people.models import Audience, Organisation
from peixun.people.operations import audit
from peixun.people.operations.audiences import save_audience
from peixun.people.queries.scope import Actor

PackT = TypeVar("PackT", RequirementPack, CreditPack)


class PackError(Exception):
    """A pack can't be published like that. The text is for people."""


@transaction.atomic
def publish_requirement_pack(
    new: NewRequirementPack, *, owner: Organisation, by: Actor, at: datetime
) -> RequirementPack:
    """This operation will put a requirement pack in force for an organisation and all below it.

    A pack of the same owner that is open and began earlier ends on the day the new one begins. Raises PackError
    when another pack of the owner shares a day with it, or for an audience that doesn't exist.
    """
    _make_room(RequirementPack, owner, new.since, new.until)
    audiences = {a.key: a for a in Audience.objects.all()}
    unknown = {r.audience for r in new.requirements} - audiences.keys()
    if unknown:
        raise PackError(_("没有这些培训对象：%(keys)s") % {"keys": _("、").join(sorted(unknown))})
    pack, requirements = draw_requirement_pack(new, owner, audiences)
    pack.save()
    Requirement.objects.bulk_create(requirements)
    _acted("publish", pack, by, at)
    return pack


@transaction.atomic
def publish_credit_pack(new: NewCreditPack, *, owner: Organisation, by: Actor, at: datetime) -> CreditPack:
    """This operation will put a credit pack in force for an organisation and all below it.

    A pack of the same owner that is open and began earlier ends on the day the new one begins. Raises PackError
    when another pack of the owner shares a day with it.
    """
    _make_room(CreditPack, owner, new.since, new.until)
    pack, rules, caps = draw_credit_pack(new, owner)
    pack.save()
    CreditRule.objects.bulk_create(rules)
    CreditCap.objects.bulk_create(caps)
    _acted("publish", pack, by, at)
    return pack


def _make_room(model: type[PackT], owner: Organisation, since: date, until: date | None) -> None:
    packs = model.objects.filter(owner=owner)
    packs.filter(since__lt=since, until__isnull=True).update(until=since)
    overlap = first_overlap(list(packs.values_list("since", "until")), since, until)
    if overlap is not None:
        words = {"name": owner.name, "day": f"{overlap[0]:%Y-%m-%d}"}
        raise PackError(_("%(name)s已有 %(day)s 起生效的规则，生效日期重叠") % words)


@transaction.atomic
def end_pack(pack: RequirementPack | CreditPack, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end a pack: `on` is the first day on which it is no longer in force.

    It may only become shorter. Raises PackError for a day on or before its first, or after its end.
    """
    if on <= pack.since:
        raise PackError(_("停止执行的日期要晚于生效日期"))
    if pack.until is not None and on >= pack.until:
        raise PackError(_("这份规则在这一天之前已经到期"))
    pack.until = on
    pack.save(update_fields=["until"])
    _acted("end", pack, by, at, on=on.isoformat())


@transaction.atomic
def withdraw_pack(
    pack: RequirementPack | CreditPack,
    *,
    reopen: RequirementPack | CreditPack | None = None,
    today: date,
    by: Actor,
    at: datetime,
) -> None:
    """This operation will take back a pack that hasn't begun; `reopen`, which ended for it, is open again.

    Raises PackError for a pack that has begun.
    """
    if pack.since <= today:
        raise PackError(_("已经生效的规则不能撤回，只能停止执行"))
    if reopen is not None and reopen.until == pack.since:
        reopen.until = None
        reopen.save(update_fields=["until"])
    _acted("withdraw", pack, by, at)
    pack.delete()


def _acted(action: str, pack: RequirementPack | CreditPack, by: Actor, at: datetime, **detail: str) -> None:
    audit.record(
        by=by,
        at=at,
        action=action,
        subject="requirement_pack" if isinstance(pack, RequirementPack) else "credit_pack",
        subject_id=pack.pk,
        organisation_id=pack.owner_id,
        key=pack.key,
        **detail,
    )
    hooks.packs_changed.fire()


@transaction.atomic
def add_topics(topics: Sequence[NewTopic], *, by: Actor, at: datetime) -> int:
    """This operation will add topics and return how many were new; keys that are known are passed over."""
    known = set(Topic.objects.values_list("key", flat=True))
    fresh = [t for t in topics if t.key not in known]
    Topic.objects.bulk_create(
        Topic(key=t.key, name=t.name, group=t.group, strand=t.strand, invented=t.invented) for t in fresh
    )
    audit.record(by=by, at=at, action="add", subject="topic", count=len(fresh))
    return len(fresh)


@transaction.atomic
def install_rules(
    owner: Organisation,
    *,
    by: Actor,
    at: datetime,
    requirement_packs: Sequence[NewRequirementPack] = shipped.REQUIREMENT_PACKS,
    credit_packs: Sequence[NewCreditPack] = (shipped.CREDIT_PACK_A,),
) -> None:
    """This operation will install the audiences that are shipped and put packs in force for the owner.

    What the owner has by the same key stays as it is, so installing twice changes nothing. Raises PackError when
    a pack overlaps one that the owner published otherwise.
    """
    for new in shipped.AUDIENCES:
        if not Audience.objects.filter(key=new.key).exists():
            save_audience(new, owner=owner, by=by, at=at)
    have = set(RequirementPack.objects.filter(owner=owner).values_list("key", flat=True))
    for pack in requirement_packs:
        if pack.key not in have:
            publish_requirement_pack(pack, owner=owner, by=by, at=at)
    have = set(CreditPack.objects.filter(owner=owner).values_list("key", flat=True))
    for credit_pack in credit_packs:
        if credit_pack.key not in have:
            publish_credit_pack(credit_pack, owner=owner, by=by, at=at)
