"""Writes of the room: publishing packs, adding topics, and installing the rules that are shipped."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeAlias, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.catalog import hooks, shipped
from peixun.catalog.models import (
    CreditCap,
    CreditPack,
    CreditRule,
    Requirement,
    RequirementPack,
    Responsibility,
    ResponsibilityPack,
    Topic,
)
from peixun.catalog.queries import draw_credit_pack, draw_requirement_pack
from peixun.catalog.rules import (
    NewCreditPack,
    NewRequirementPack,
    NewResponsibilityPack,
    NewTopic,
    first_overlap,
)
from peixun.people.models import Audience, Level, Organisation
from peixun.people.operations import audit
from peixun.people.operations.audiences import save_audience
from peixun.people.queries.scope import Actor

PackT = TypeVar("PackT", RequirementPack, CreditPack, ResponsibilityPack)
AnyPack: TypeAlias = RequirementPack | CreditPack | ResponsibilityPack
SUBJECTS = {
    RequirementPack: "requirement_pack",
    CreditPack: "credit_pack",
    ResponsibilityPack: "responsibility_pack",
}


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
    audiences = _audiences(r.audience for r in new.requirements)
    pack, requirements = draw_requirement_pack(new, owner, audiences)
    pack.save()
    Requirement.objects.bulk_create(requirements)
    _acted("publish", pack, by, at)
    hooks.packs_changed.fire()
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
    hooks.packs_changed.fire()
    return pack


@transaction.atomic
def publish_responsibility_pack(
    new: NewResponsibilityPack, *, owner: Organisation, by: Actor, at: datetime
) -> ResponsibilityPack:
    """This operation will put in force, for an organisation and all below it, which level trains whom.

    A pack of the same owner that is open and began earlier ends on the day the new one begins. No kept figure
    changes. Raises PackError when another pack of the owner shares a day with it, for an audience that doesn't
    exist, for a level that isn't a committee's, and when a level names an audience twice.
    """
    _make_room(ResponsibilityPack, owner, new.since, new.until)
    audiences = _audiences(r.audience for r in new.responsibilities)
    _check_duties(new)
    pack = ResponsibilityPack.objects.create(
        key=new.key,
        name=new.name,
        owner=owner,
        since=new.since,
        until=new.until,
        source=new.source,
        note=new.note,
    )
    Responsibility.objects.bulk_create(
        Responsibility(
            pack=pack,
            audience=audiences[r.audience],
            level=r.level,
            period=r.period,
            only_untrained_above=r.only_untrained_above,
            position=position,
        )
        for position, r in enumerate(new.responsibilities, 1)
    )
    _acted("publish", pack, by, at)
    hooks.responsibilities_changed.fire()
    return pack


def _check_duties(new: NewResponsibilityPack) -> None:
    levels = set(Level.values) - {Level.GRASSROOTS}
    seen: set[tuple[str, str]] = set()
    for duty in new.responsibilities:
        if duty.level not in levels:
            raise PackError(_("责任层级只能是省级、市级、县级或乡镇街道，不能是“%(level)s”") % {"level": duty.level})
        if (duty.level, duty.audience) in seen:
            words = {"level": Level(duty.level).label, "key": duty.audience}
            raise PackError(_("%(level)s对培训对象 %(key)s 的责任写了两次") % words)
        seen.add((duty.level, duty.audience))


def _audiences(keys: Iterable[str]) -> dict[str, Audience]:
    audiences = {audience.key: audience for audience in Audience.objects.all()}
    unknown = set(keys) - audiences.keys()
    if unknown:
        raise PackError(_("没有这些培训对象：%(keys)s") % {"keys": _("、").join(sorted(unknown))})
    return audiences


def hold_packs_of(owner: Organisation) -> None:
    """Until the transaction ends, whoever else puts a pack of this owner in force waits.

    Two packs published at once would each find the days free that the other takes.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=owner.pk)


def _make_room(model: type[PackT], owner: Organisation, since: date, until: date | None) -> None:
    hold_packs_of(owner)
    packs = model.objects.filter(owner=owner)
    packs.filter(since__lt=since, until__isnull=True).update(until=since)
    overlap = first_overlap(list(packs.values_list("since", "until")), since, until)
    if overlap is not None:
        words = {"name": owner.name, "day": f"{overlap[0]:%Y-%m-%d}"}
        raise PackError(_("%(name)s已有 %(day)s 起生效的规则，生效日期重叠") % words)


@transaction.atomic
def end_pack(pack: AnyPack, *, on: date, by: Actor, at: datetime) -> None:
    """This operation will end a pack: `on` is the first day on which it is no longer in force.

    It may only become shorter. Raises PackError for a day on or before its first, or after its end.
    """
    _hold(pack)
    if on <= pack.since:
        raise PackError(_("停止执行的日期要晚于生效日期"))
    if pack.until is not None and on >= pack.until:
        raise PackError(_("这份规则在这一天之前已经到期"))
    pack.until = on
    pack.save(update_fields=["until"])
    _acted("end", pack, by, at, on=on.isoformat())
    _changed(pack)


@transaction.atomic
def withdraw_pack(
    pack: AnyPack,
    *,
    reopen: tuple[AnyPack, date | None] | None = None,
    today: date,
    by: Actor,
    at: datetime,
) -> None:
    """This operation will take back a pack that hasn't begun; `reopen` is the one that ended for it and the end it had.

    Raises PackError for a pack that has begun, or that somebody else has taken back.
    """
    _hold(pack)
    if pack.since <= today:
        raise PackError(_("已经生效的规则不能撤回，只能停止执行"))
    if reopen is not None and reopen[0].until == pack.since:
        earlier, earlier.until = reopen[0], reopen[1]
        earlier.save(update_fields=["until"])
    _acted("withdraw", pack, by, at)
    pack.delete()
    _changed(pack)


def _hold(pack: AnyPack) -> None:
    """Look at a pack again once nobody else changes those of its owner: one may have ended it for another meanwhile."""
    hold_packs_of(pack.owner)
    try:
        pack.refresh_from_db(fields=["until"])
    except ObjectDoesNotExist as error:
        raise PackError(_("这份规则已由他人撤回，请重新打开查看")) from error


def _changed(pack: AnyPack) -> None:
    (hooks.responsibilities_changed if isinstance(pack, ResponsibilityPack) else hooks.packs_changed).fire()


def _acted(action: str, pack: AnyPack, by: Actor, at: datetime, **detail: str) -> None:
    audit.record(
        by=by,
        at=at,
        action=action,
        subject=SUBJECTS[type(pack)],
        subject_id=pack.pk,
        organisation_id=pack.owner_id,
        key=pack.key,
        **detail,
    )


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
    owner: Organisation, *, by: Actor, at: datetime, packs: Sequence[shipped.NewPack] = shipped.PACKS
) -> None:
    """This operation will install the audiences that are shipped and put packs in force for the owner.

    What the owner has by the same key stays as it is, so installing twice changes nothing. Raises PackError when
    a pack overlaps one that the owner published otherwise.
    """
    for new in shipped.AUDIENCES:
        if not Audience.objects.filter(key=new.key).exists():
            save_audience(new, owner=owner, by=by, at=at)
    for pack in packs:
        _install(pack, owner, by, at)


def _install(pack: shipped.NewPack, owner: Organisation, by: Actor, at: datetime) -> None:
    having = Q(owner=owner, key=pack.key)
    if isinstance(pack, NewRequirementPack):
        if not RequirementPack.objects.filter(having).exists():
            publish_requirement_pack(pack, owner=owner, by=by, at=at)
    elif isinstance(pack, NewCreditPack):
        if not CreditPack.objects.filter(having).exists():
            publish_credit_pack(pack, owner=owner, by=by, at=at)
    elif not ResponsibilityPack.objects.filter(having).exists():
        publish_responsibility_pack(pack, owner=owner, by=by, at=at)
