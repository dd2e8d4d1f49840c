"""Organisations: founded, changed, moved; always by date, never deleted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.people import hooks
from peixun.people.models import MEMBER_KINDS, Membership, Organisation, OrganisationVersion, Post
from peixun.people.models.organisations import path_step
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor


class TreeError(Exception):
    """The tree would have a cycle, two roots, or members where none may be. The text is for people."""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to found. `parent_code` is empty for the root."""

    code: str
    name: str
    kind: str
    level: str
    parent_code: str
    founded_on: date
    sector: str = ""
    short_name: str = ""
    tags: tuple[str, ...] = ()
    division_code: str = ""
    unit: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)


ORGANISATION_COLUMNS = (
    "code",
    "name",
    "short_name",
    "kind",
    "sector",
    "level",
    "tags",
    "division_code",
    "unit",
    "contact",
    "parent",
    "path",
    "founded_on",
)
VERSIONED = frozenset({"name", "kind", "sector", "level", "tags", "parent"})
CHANGEABLE = VERSIONED | {"short_name", "division_code", "unit", "contact"}
PLACED = frozenset({"parent"})
"""What moves figures from one line of organisations to another."""
VERSION_COLUMNS = ("organisation", "since", "name", "kind", "sector", "level", "tags", "parent")


def hold_tree() -> None:
    """Until the transaction ends, whoever else moves or ends an organisation waits.

    Two moves of different organisations at once could put each below the other, and neither would see it.
    """
    list(Organisation.objects.select_for_update(no_key=True).filter(parent__isnull=True).values_list("pk"))


@transaction.atomic
def found_organisations(organisations: Sequence[NewOrganisation], *, by: Actor, at: datetime) -> dict[str, int]:
    """This operation will found organisations, parents before children, and return the id of each by its code.

    Raises TreeError for a code that is taken, a parent that doesn't exist, a cycle, a second root, or a parent that is
    a branch.
    """
    known = {
        code: (pk, path, kind)
        for code, pk, path, kind in Organisation.objects.values_list("code", "pk", "path", "kind")
    }
    if taken := [new.code for new in organisations if new.code in known]:
        raise TreeError(_("党组织代码 %(codes)s 已在使用") % {"codes": _("、").join(taken[:5])})
    founded: dict[str, int] = {}
    for generation in _generations(organisations, known):
        rows = [_organisation_row(new, known) for new in generation]
        written = bulk.insert(Organisation, ORGANISATION_COLUMNS, rows, returning=("id", "code"))
        ids = {code: pk for pk, code in written}
        for new in generation:
            above = known[new.parent_code][1] if new.parent_code else ""
            known[new.code] = (ids[new.code], above + path_step(ids[new.code]), new.kind)
        founded |= ids
    _write_paths({known[code][0]: known[code][1] for code in founded})
    bulk.insert(
        OrganisationVersion,
        VERSION_COLUMNS,
        (
            (
                founded[new.code],
                new.founded_on,
                new.name,
                new.kind,
                new.sector,
                new.level,
                orjson.dumps(list(new.tags)).decode(),
                known[new.parent_code][0] if new.parent_code else None,
            )
            for new in organisations
        ),
    )
    alone = next(iter(founded.values())) if len(founded) == 1 else None
    audit.record(
        by=by,
        at=at,
        action="found",
        subject="organisation",
        subject_id=alone or "",
        organisation_id=alone,
        count=len(founded),
    )
    hooks.tree_grew.fire()
    return founded


def _named(organisations: Sequence[NewOrganisation]) -> str:
    return _("、").join(new.name for new in organisations)


def _generations(
    organisations: Sequence[NewOrganisation], known: dict[str, tuple[int, str, str]]
) -> list[list[NewOrganisation]]:
    """Organisations in layers, each layer's parents being known or in a layer before it."""
    have_root = any(path.count("/") == 1 for _, path, _ in known.values())
    roots = [new for new in organisations if not new.parent_code]
    if len(roots) + have_root > 1:
        raise TreeError(_("只能有一个没有上级的党组织：%(names)s") % {"names": _named(roots)})
    kinds = {code: kind for code, (_, _, kind) in known.items()} | {new.code: new.kind for new in organisations}
    for new in organisations:
        if new.parent_code and new.parent_code not in kinds:
            raise TreeError(
                _("“%(name)s”的上级党组织代码 %(code)s 不存在") % {"name": new.name, "code": new.parent_code}
            )
        if new.parent_code and kinds[new.parent_code] in MEMBER_KINDS:
            words = {"name": new.name, "code": new.parent_code}
            raise TreeError(_("“%(name)s”的上级 %(code)s 是党支部，党支部下不能再设党组织") % words)
    placed, layers, waiting = set(known), [], list(organisations)
    while waiting:
        layer = [new for new in waiting if not new.parent_code or new.parent_code in placed]
        if not layer:
            raise TreeError(_("上下级关系成环：%(names)s") % {"names": _named(waiting[:5])})
        placed.update(new.code for new in layer)
        waiting = [new for new in waiting if new.code not in placed]
        layers.append(layer)
    return layers


def _organisation_row(new: NewOrganisation, known: dict[str, tuple[int, str, str]]) -> tuple[Any, ...]:
    return (
        new.code,
        new.name,
        new.short_name,
        new.kind,
        new.sector,
        new.level,
        orjson.dumps(list(new.tags)).decode(),
        new.division_code,
        orjson.dumps(new.unit).decode(),
        orjson.dumps(new.contact).decode(),
        known[new.parent_code][0] if new.parent_code else None,
        "",
        new.founded_on,
    )


def _write_paths(paths: dict[int, str]) -> None:
    for chunk in bulk.chunks(paths.items(), 2000):
        rows = [Organisation(pk=pk, path=path) for pk, path in chunk]
        Organisation.objects.bulk_update(rows, ["path"], batch_size=500)


@transaction.atomic
def change_organisation(
    organisation: Organisation, *, on: date, by: Actor, at: datetime, **changes: Any
) -> Organisation:
    """This operation will give an organisation a new version from a day on: name, kind, sector, level, tags, parent.

    Raises TreeError when the new parent is a branch or lies below the organisation itself, when a branch with members
    would hold none any more or a committee with organisations below it would become a branch, and when the day is
    before the beginning of the present version (a correction on that very day replaces it).
    """
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"an organisation has no {', '.join(sorted(unknown))}")
    parent = changes.get("parent", organisation.parent)
    if "parent" in changes:
        _check_parent(organisation, parent)
    _check_kind(organisation, changes.get("kind", organisation.kind), on)
    version = OrganisationVersion.objects.filter(organisation=organisation, until__isnull=True).first()
    if version is None:
        raise TreeError(_("“%(name)s”已经撤销") % {"name": organisation.name})
    if on < version.since:
        words = {"name": organisation.name, "day": version.since.isoformat()}
        raise TreeError(_("“%(name)s”在 %(day)s 已有变更，日期不能比它早") % words)
    old_path = organisation.path
    for name, value in changes.items():
        setattr(organisation, name, value)
    organisation.path = (parent.path if parent else "") + path_step(organisation.pk)
    organisation.save()
    _write_version(organisation, version, on)
    if organisation.path != old_path:
        move_subtree(old_path, organisation.path)
    detail = {name: str(value) for name, value in changes.items()}
    audit.record(
        by=by,
        at=at,
        action="change",
        subject="organisation",
        subject_id=organisation.pk,
        organisation_id=organisation.pk,
        **detail,
    )
    _tell(organisation, set(changes))
    return organisation


def _tell(organisation: Organisation, changed: set[str]) -> None:
    """A name concerns nobody's figures, an attribute those who belong or hold a post there, a place everybody's."""
    if changed & PLACED:
        hooks.structure_changed.fire()
    elif changed & VERSIONED - {"name"}:
        hooks.tree_grew.fire()
        hooks.changed.fire(persons_at([organisation.pk]))


def persons_at(organisation_ids: Collection[int]) -> set[int]:
    """Persons who at any time belonged to these organisations or held a post in them."""
    persons = set(Membership.objects.filter(organisation__in=organisation_ids).values_list("person_id", flat=True))
    return persons | set(Post.objects.filter(organisation__in=organisation_ids).values_list("person_id", flat=True))


def _check_kind(organisation: Organisation, kind: str, on: date) -> None:
    if organisation.holds_members == (kind in MEMBER_KINDS):
        return
    later = Q(until__isnull=True) | Q(until__gt=on)
    if organisation.holds_members and Membership.objects.filter(later, organisation=organisation).exists():
        raise TreeError(_("“%(name)s”还有党员，不能改为不直接管理党员的组织") % {"name": organisation.name})
    if OrganisationVersion.objects.filter(later, parent=organisation).exists():
        raise TreeError(_("“%(name)s”还有下级党组织，不能改为党支部") % {"name": organisation.name})


def _write_version(organisation: Organisation, version: OrganisationVersion, on: date) -> None:
    if on > version.since:
        OrganisationVersion.objects.filter(pk=version.pk).update(until=on)
        version = OrganisationVersion(organisation=organisation, since=on)
    for name in VERSIONED:
        setattr(version, name, getattr(organisation, name))
    version.save()


def _check_parent(organisation: Organisation, parent: Organisation | None) -> None:
    if parent is None:
        raise TreeError(_("只能有一个没有上级的党组织"))
    if parent.holds_members:
        raise TreeError(_("“%(name)s”是党支部，党支部下不能再设党组织") % {"name": parent.name})
    if parent.path.startswith(organisation.path):
        words = {"lower": parent.name, "upper": organisation.name}
        raise TreeError(_("“%(lower)s”在“%(upper)s”之下，不能作它的上级") % words)


def move_subtree(old: str, new: str) -> None:
    """This operation will give all organisations below a path its new beginning."""
    below = list(Organisation.objects.filter(path__startswith=old).exclude(path=old))
    for organisation in below:
        organisation.path = new + organisation.path[len(old) :]
    Organisation.objects.bulk_update(below, ["path"], batch_size=500)
