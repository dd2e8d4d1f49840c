"""Changes of organisations: founded, changed, moved, merged, split, closed by whoever answers for what stands above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.changes import queries
from peixun.changes.models import OrganisationChange, OrganisationChangeKind, Transfer
from peixun.changes.operations.persons import ChangeRefused
from peixun.changes.operations.transfers import MANAGE, AlreadyDecided, reopen_withdrawn, withdraw_for_change
from peixun.people.models import Organisation
from peixun.people.operations import organisation_undo
from peixun.people.operations.organisation_ends import close_organisation, merge_organisations, split_organisation
from peixun.people.operations.organisations import (
    NewOrganisation,
    TreeError,
    change_organisation,
    found_organisations,
    hold_tree,
)
from peixun.people.queries.organisation_book import OrganisationBook
from peixun.people.queries.scope import Actor, OutOfScope

Kind = OrganisationChangeKind
IN_ORDER = (Kind.FOUND, Kind.CHANGE, Kind.MOVE, Kind.MERGE, Kind.SPLIT, Kind.CLOSE)


@dataclass(frozen=True, slots=True)
class OrganisationWanted:
    """What is to be done. `organisation` is the one concerned, for a founding the parent.

    `other` is the new parent, the organisation to merge into, or a branch founded that day that takes the members;
    `new` the organisation to found; `changes` the columns to change; `person_ids` the members to take along.
    """

    kind: OrganisationChangeKind
    organisation: Organisation
    on: date
    other: Organisation | None = None
    new: NewOrganisation | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    person_ids: tuple[int, ...] = ()


def may_change(actor: Actor, organisation: Organisation) -> bool:
    """Whether an actor answers for what stands above an organisation; the root answers for itself."""
    return actor.may(MANAGE, (organisation.parent or organisation).path)


def offered(actor: Actor, organisation: Organisation) -> list[OrganisationChangeKind]:
    """What the actor may do with an organisation."""
    if organisation.closed_on is not None:
        return []
    kinds = set()
    if not organisation.holds_members and actor.may(MANAGE, organisation.path):
        kinds.add(Kind.FOUND)
    if may_change(actor, organisation):
        kinds.add(Kind.CHANGE)
        if organisation.parent_id is not None:
            kinds |= {Kind.MOVE, Kind.MERGE, Kind.CLOSE}
            kinds |= {Kind.SPLIT} if organisation.holds_members else set()
    return [kind for kind in IN_ORDER if kind in kinds]


@transaction.atomic
def change(wanted: OrganisationWanted, *, today: date, by: Actor, at: datetime) -> OrganisationChange:
    """This operation will do to an organisation what is wanted, and note how to undo it.

    Open transfers that a merger, a closing or a splitting concerns are withdrawn with a note. Raises ChangeRefused in
    plain words, and OutOfScope for whoever doesn't answer for what stands above the organisations concerned.
    """
    wanted = _locked(wanted)
    _require(wanted, by)
    try:
        _check_day(wanted, today)
        places = [wanted.organisation.pk] if wanted.kind != Kind.FOUND else []
        if wanted.other is not None and wanted.kind != Kind.MOVE:
            places.append(wanted.other.pk)
        before = organisation_undo.rows_of(places)
        parents = _parents(wanted)
        organisation, other = WAYS[wanted.kind](wanted, by, at)
    except TreeError as error:
        raise ChangeRefused(str(error)) from error
    known = {*places, organisation.pk}
    if wanted.kind == Kind.SPLIT and other is not None:
        known.add(other.pk)
    journal = organisation_undo.difference(before, organisation_undo.rows_of(known))
    transfers = list(queries.transfers_touched(wanted.kind, wanted.organisation, wanted.person_ids))
    withdraw_for_change(transfers, note=_reason(wanted), by=by, at=at)
    return OrganisationChange.objects.create(
        kind=wanted.kind,
        organisation=organisation,
        other=other,
        on=wanted.on,
        detail={
            **journal.as_json(),
            "parents": parents,
            "transfers": [t.pk for t in transfers],
            "members": len(journal.made["membership"]),
        },
        made_by_id=by.account_id,
        made_at=at,
    )


def _locked(wanted: OrganisationWanted) -> OrganisationWanted:
    """The same with the organisations as they stand now; whoever comes second waits for the first."""
    hold_tree()
    keys = [o.pk for o in (wanted.organisation, wanted.other) if o is not None]
    rows = {o.pk: o for o in Organisation.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    other = rows[wanted.other.pk] if wanted.other is not None else None
    return replace(wanted, organisation=rows[wanted.organisation.pk], other=other)


def _require(wanted: OrganisationWanted, by: Actor) -> None:
    organisation, other = wanted.organisation, wanted.other
    if wanted.kind == Kind.FOUND:
        by.require(MANAGE, organisation.path)
        return
    if not may_change(by, organisation):
        raise OutOfScope("what stands above is not within the actor's scope")
    if other is not None:
        # Under a new parent: it is the parent that takes the organisation in.
        by.require(MANAGE, other.path if wanted.kind == Kind.MOVE else (other.parent or other).path)


def _check_day(wanted: OrganisationWanted, today: date) -> None:
    if wanted.organisation.closed_on is not None:
        raise TreeError(_("“%(name)s”已经撤销") % {"name": wanted.organisation.name})
    if wanted.kind not in {Kind.FOUND, Kind.CHANGE} and wanted.organisation.parent_id is None:
        raise TreeError(_("最上级党组织只能更名、更改类别"))
    if wanted.on > today:
        raise TreeError(_("日期不能晚于今天"))
    if wanted.kind != Kind.FOUND and wanted.on < wanted.organisation.founded_on:
        words = {"name": wanted.organisation.name, "day": wanted.organisation.founded_on.isoformat()}
        raise TreeError(_("日期早于“%(name)s”的成立日期 %(day)s") % words)
    above = wanted.organisation if wanted.kind == Kind.FOUND else wanted.other
    if wanted.kind == Kind.SPLIT:
        above = wanted.organisation.parent
    if above is not None:
        _check_stands(above, wanted)


def _check_stands(above: Organisation, wanted: OrganisationWanted) -> None:
    """The parent or successor stands in the tree from that day on, and never below what moves."""
    book = OrganisationBook()
    for day in [wanted.on, *(day for day in book.boundaries if day > wanted.on)]:
        line = book.at(day).line(above.pk)
        if not line:
            words = {"name": above.name, "day": day.isoformat()}
            raise TreeError(_("“%(name)s”在 %(day)s 还没有成立或者已经撤销") % words)
        if wanted.kind in {Kind.MOVE, Kind.MERGE} and wanted.organisation.pk in line:
            words = {"lower": above.name, "upper": wanted.organisation.name, "day": day.isoformat()}
            raise TreeError(_("“%(lower)s”在 %(day)s 还在“%(upper)s”之下") % words)


def _parents(wanted: OrganisationWanted) -> list[int]:
    """Ids of the organisations whose office decides: the parents before and after."""
    organisation, other = wanted.organisation, wanted.other
    if wanted.kind == Kind.FOUND:
        return [organisation.pk]
    found = {organisation.parent_id or organisation.pk}
    if other is not None:
        found.add(other.pk if wanted.kind == Kind.MOVE else (other.parent_id or other.pk))
    return sorted(found)


Done = tuple[Organisation, Organisation | None]


def _new(wanted: OrganisationWanted, by: Actor, at: datetime) -> Organisation:
    if wanted.new is None:
        raise TreeError(_("请填写新设党组织的代码和名称"))
    ids = found_organisations([wanted.new], by=by, at=at)
    return Organisation.objects.get(pk=ids[wanted.new.code])


def _found(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    return _new(wanted, by, at), wanted.organisation


def _change(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    here = wanted.organisation
    changes = {name: value for name, value in wanted.changes.items() if getattr(here, name) != value}
    if not changes:
        raise TreeError(_("没有更改任何内容"))
    return change_organisation(here, on=wanted.on, by=by, at=at, **changes), None


def _other(wanted: OrganisationWanted) -> Organisation:
    if wanted.other is None:
        raise TreeError(_("请选择党组织"))
    return wanted.other


def _move(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    parent = _other(wanted)
    if parent.pk == wanted.organisation.parent_id:
        raise TreeError(_("它现在就隶属于“%(name)s”") % {"name": parent.name})
    return change_organisation(wanted.organisation, on=wanted.on, by=by, at=at, parent=parent), parent


def _merge(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    merge_organisations(wanted.organisation, _other(wanted), on=wanted.on, by=by, at=at)
    return wanted.organisation, wanted.other


def _split(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    successor = wanted.other or _new(wanted, by, at)
    split_organisation(wanted.organisation, successor, person_ids=wanted.person_ids, on=wanted.on, by=by, at=at)
    return wanted.organisation, successor


def _close(wanted: OrganisationWanted, by: Actor, at: datetime) -> Done:
    close_organisation(wanted.organisation, on=wanted.on, by=by, at=at)
    return wanted.organisation, None


WAYS: dict[str, Callable[[OrganisationWanted, Actor, datetime], Done]] = {
    Kind.FOUND: _found,
    Kind.CHANGE: _change,
    Kind.MOVE: _move,
    Kind.MERGE: _merge,
    Kind.SPLIT: _split,
    Kind.CLOSE: _close,
}


def _reason(wanted: OrganisationWanted) -> str:
    name = str(wanted.organisation)[:60]
    if wanted.kind == Kind.MERGE:
        return _("“%(name)s”已并入其他支部，转接撤回，请重新发起") % {"name": name}
    if wanted.kind == Kind.SPLIT:
        return _("“%(name)s”已分设，转接撤回，请重新发起") % {"name": name}
    return _("“%(name)s”已撤销，转接撤回") % {"name": name}


def may_undo_organisation(actor: Actor, parents: Sequence[Organisation]) -> bool:
    """Whether an actor answers for all the parents that a change concerned."""
    return bool(parents) and all(actor.may(MANAGE, parent.path) for parent in parents)


@transaction.atomic
def undo_organisation_change(made: OrganisationChange, *, by: Actor, at: datetime) -> None:
    """This operation will undo a change of an organisation as if it had never been; what was founded closes as of its
    founding and its code is free again. Transfers that were withdrawn for it wait again.

    Raises AlreadyDecided when somebody has undone it, ChangeRefused when something has changed since, and OutOfScope.
    """
    parents = Organisation.objects.filter(pk__in=made.detail["parents"])
    if not may_undo_organisation(by, list(parents)):
        raise OutOfScope("what stands above is not within the actor's scope")
    hold_tree()
    moved = OrganisationChange.objects.filter(pk=made.pk, undone_at__isnull=True).update(
        undone_at=at, undone_by_id=by.account_id
    )
    if not moved:
        raise AlreadyDecided(_("这项变动已由他人撤销，请重新打开查看"))
    try:
        journal = organisation_undo.Journal(made.detail["made"], made.detail["changed"])
        organisation_undo.take_back(journal, by=by, at=at)
    except TreeError as error:
        raise ChangeRefused(str(error)) from error
    _check_transfers(made)
    reopen_withdrawn(made.detail["transfers"], withdrawn_at=made.made_at)


def _check_transfers(made: OrganisationChange) -> None:
    founded = [int(pk) for pk in made.detail["made"]["organisation"]]
    if Transfer.objects.filter(queries.touching(founded), state="proposed").exists():
        raise ChangeRefused(_("有党员正在转入或转出新设的党组织，先办完或撤回转接"))
