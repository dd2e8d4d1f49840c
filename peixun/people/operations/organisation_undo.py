"""Taking back what was done to organisations: what stood before is noted, compared, and put back if nothing moved."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import Membership, Organisation, OrganisationVersion, Post, Succession
from peixun.people.models.organisations import path_step
from peixun.people.operations import audit
from peixun.people.operations.organisations import TreeError, move_subtree
from peixun.people.queries.scope import Actor

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
"""By table and by id as text (as JSON has it), columns with plain values; days in ISO form."""
TABLES: dict[str, type[models.Model]] = {
    "organisation": Organisation,
    "version": OrganisationVersion,
    "membership": Membership,
    "post": Post,
    "succession": Succession,
}


@dataclass(frozen=True, slots=True)
class Journal:
    """What an operation did to rows: those that it made, and of those that it changed each column before and after."""

    made: Rows
    changed: Rows

    def as_json(self) -> dict[str, Any]:
        """To keep."""
        return {"made": self.made, "changed": self.changed}


def rows_of(organisation_ids: Collection[int]) -> Rows:
    """All rows that stand at these organisations or right below them."""
    here = list(organisation_ids)
    at, below = Q(organisation__in=here), Q(pk__in=here) | Q(parent__in=here)
    children = Organisation.objects.filter(below).values_list("pk", flat=True)
    ends = Q(predecessor__in=here) | Q(successor__in=here)
    found: Rows = {}
    for name, rows in (
        ("organisation", Organisation.objects.filter(below)),
        ("version", OrganisationVersion.objects.filter(Q(organisation__in=list(children)))),
        ("membership", Membership.objects.filter(at)),
        ("post", Post.objects.filter(at)),
        ("succession", Succession.objects.filter(ends)),
    ):
        # Where an organisation hangs is told by its parent; paths follow from that.
        found[name] = {str(r["id"]): _plain(r) for r in rows.values()}
    return found


def _plain(row: Mapping[str, Any]) -> Row:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items() if k not in {"id", "path"}}


def difference(before: Rows, after: Rows) -> Journal:
    """What was made and what was changed between two looks at the same organisations."""
    made = {name: {pk: row for pk, row in after[name].items() if pk not in before[name]} for name in TABLES}
    changed: Rows = {name: {} for name in TABLES}
    for name in TABLES:
        for pk, old in before[name].items():
            new = after[name].get(pk)
            if new is not None and new != old:
                changed[name][pk] = {k: [old[k], new[k]] for k in old if old[k] != new[k]}
    return Journal(made, changed)


@transaction.atomic
def take_back(journal: Journal, *, by: Actor, at: datetime) -> None:
    """This operation will undo what a journal tells, as if it had never been done.

    An organisation that it founded isn't deleted: it is closed as of its founding, and its code is free again.
    Raises TreeError when any of the rows has changed since, or something new points at what was founded.
    """
    _check(journal)
    founded = [int(pk) for pk in journal.made["organisation"]]
    try:
        with transaction.atomic():
            _put_back(journal)
            _free(founded)
    except (IntegrityError, models.ProtectedError) as error:
        raise _changed_since() from error
    _check_unused(founded)
    _rehang(journal)
    _check_hangs(journal)
    for pk in _organisations(journal):
        audit.record(by=by, at=at, action="undo_change", subject="organisation", subject_id=pk, organisation_id=pk)
    if _moved(journal):
        hooks.structure_changed.fire()
    else:
        hooks.tree_grew.fire()
    hooks.changed.fire(set(_persons(journal)))


def _changed_since() -> TreeError:
    return TreeError(_("这以后又有变化，不能撤销；请按现在的情况另行办理"))


def _check(journal: Journal) -> None:
    """Every row stands as the operation left it."""
    for name, model in TABLES.items():
        touched = {int(pk) for pk in (*journal.made[name], *journal.changed[name])}
        rows = {str(r["id"]): _plain(r) for r in model._default_manager.filter(pk__in=touched).values()}
        for pk, row in journal.made[name].items():
            if rows.get(pk) != row:
                raise _changed_since()
        for pk, columns in journal.changed[name].items():
            if pk not in rows or any(rows[pk][k] != new for k, (_old, new) in columns.items()):
                raise _changed_since()


def _put_back(journal: Journal) -> None:
    for name in ("succession", "version", "membership", "post"):
        TABLES[name]._default_manager.filter(pk__in=[int(pk) for pk in journal.made[name]]).delete()
    for name, model in TABLES.items():
        for pk, columns in journal.changed[name].items():
            model._default_manager.filter(pk=int(pk)).update(**{k: old for k, (old, _new) in columns.items()})


def _free(founded: Collection[int]) -> None:
    """Close as of the founding, under another code, so that the code may be given again."""
    for one in Organisation.objects.filter(pk__in=founded):
        one.closed_on, one.code = one.founded_on, f"{one.code[:30]}.{one.pk}"
        one.save(update_fields=["closed_on", "code"])


def _check_unused(founded: Collection[int]) -> None:
    used = (
        Membership.objects.filter(organisation__in=founded).exists()
        or Post.objects.filter(organisation__in=founded).exists()
        or OrganisationVersion.objects.filter(Q(parent__in=founded) | Q(organisation__in=founded)).exists()
    )
    if used:
        raise TreeError(_("新设的党组织已有党员、任职或下级，不能撤销；请办理合并或撤销党组织"))


def _moved(journal: Journal) -> set[str]:
    return {pk for pk, columns in journal.changed["organisation"].items() if "parent_id" in columns}


def _rehang(journal: Journal) -> None:
    for one in Organisation.objects.filter(pk__in=[int(pk) for pk in _moved(journal)]).select_related("parent"):
        old, one.path = one.path, (one.parent.path if one.parent else "") + path_step(one.pk)
        one.save(update_fields=["path"])
        move_subtree(old, one.path)


def _check_hangs(journal: Journal) -> None:
    """Nothing that is open hangs below something that has closed since, or below itself."""
    back = Organisation.objects.filter(pk__in=[int(pk) for pk in journal.changed["organisation"]], closed_on=None)
    for one in back.select_related("parent"):
        if one.parent is not None and (one.parent.closed_on is not None or one.parent.path.startswith(one.path)):
            raise _changed_since()


def _organisations(journal: Journal) -> list[int]:
    return sorted({int(pk) for pk in (*journal.made["organisation"], *journal.changed["organisation"])})


def _persons(journal: Journal) -> Iterator[int]:
    """Whoever belongs or belonged where something changed, or holds a post there."""
    for name in ("membership", "post"):
        for row in journal.made[name].values():
            yield row["person_id"]
        keys = [int(pk) for pk in journal.changed[name]]
        yield from TABLES[name]._default_manager.filter(pk__in=keys).values_list("person_id", flat=True)
    places = _organisations(journal)
    for model in (Membership, Post):
        yield from model.objects.filter(organisation__in=places).values_list("person_id", flat=True)
