"""Writes of the room: publishing packs, adding topics, and installing the rules that are shipped."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog import hooks, shipped
from peixun.catalog.models import CreditCap, CreditPack, CreditRule, Requirement, RequirementPack, Topic
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
    audiences = dict(Audience.objects.values_list("key", "pk"))
    unknown = {r.audience for r in new.requirements} - audiences.keys()
    if unknown:
        raise PackError(_("没有这些培训对象：%(keys)s") % {"keys": _("、").join(sorted(unknown))})
    pack = RequirementPack.objects.create(
        key=new.key,
        name=new.name,
        owner=owner,
        since=new.since,
        until=new.until,
        source=new.source,
        note=new.note,
    )
    Requirement.objects.bulk_create(
        Requirement(
            pack=pack,
            audience_id=audiences[r.audience],
            name=r.name,
            period=r.period,
            min_hours=Decimal(r.min_hours),
            min_days=r.min_days,
            min_concentrated=r.min_concentrated,
            within=[{"dimension": d, "value": v, "hours": h} for d, v, h in r.within],
        )
        for r in new.requirements
    )
    _published("requirement_pack", pack, owner, by, at)
    return pack


@transaction.atomic
def publish_credit_pack(new: NewCreditPack, *, owner: Organisation, by: Actor, at: datetime) -> CreditPack:
    """This operation will put a credit pack in force for an organisation and all below it.

    A pack of the same owner that is open and began earlier ends on the day the new one begins. Raises PackError
    when another pack of the owner shares a day with it.
    """
    _make_room(CreditPack, owner, new.since, new.until)
    pack = CreditPack.objects.create(
        key=new.key,
        name=new.name,
        owner=owner,
        since=new.since,
        until=new.until,
        source=new.source,
        note=new.note,
        carry_over=new.carry_over,
    )
    CreditRule.objects.bulk_create(
        CreditRule(pack=pack, kind=r.kind, unit=r.unit, hours=Decimal(r.hours)) for r in new.rules
    )
    CreditCap.objects.bulk_create(
        CreditCap(pack=pack, name=c.name, kinds=list(c.kinds), period=c.period, max_hours=Decimal(c.max_hours))
        for c in new.caps
    )
    _published("credit_pack", pack, owner, by, at)
    return pack


def _make_room(model: type[PackT], owner: Organisation, since: date, until: date | None) -> None:
    packs = model.objects.filter(owner=owner)
    packs.filter(since__lt=since, until__isnull=True).update(until=since)
    overlap = first_overlap(list(packs.values_list("since", "until")), since, until)
    if overlap is not None:
        words = {"name": owner.name, "day": f"{overlap[0]:%Y-%m-%d}"}
        raise PackError(_("%(name)s已有 %(day)s 起生效的规则，生效日期重叠") % words)


def _published(subject: str, pack: RequirementPack | CreditPack, owner: Organisation, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        action="publish",
        subject=subject,
        subject_id=pack.pk,
        organisation_id=owner.pk,
        key=pack.key,
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
