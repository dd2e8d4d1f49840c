"""Deciding about people who are on the roll and were not in the file."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.exchange.models import Choice, ImportJob, MissingPerson
from peixun.people.models import Membership, StatusKind, StatusPeriod
from peixun.people.operations.memberships import NewStatus, end_memberships, set_statuses
from peixun.people.queries.scope import Actor, Permission

ENDS = {Choice.LEFT: "left", Choice.DIED: "died"}


class DecisionRefused(Exception):
    """A decision can't be carried out; the text is for people. Nothing was written."""


@transaction.atomic
def decide(job: ImportJob, choices: Mapping[int, str], *, on: date, by: Actor, at: datetime) -> int:
    """This operation will carry out decisions about missing people, by the id of their row, and return how many.

    `keep` notes that they stay; `left` and `died` end the membership on the day; `lost` begins lost contact. Rows
    that are decided already are passed over. Raises DecisionRefused for somebody who has moved on meanwhile, and
    OutOfScope for somebody who belongs elsewhere now.
    """
    rows = list(
        MissingPerson.objects.select_for_update()
        .filter(job=job, pk__in=list(choices), choice="")
        .select_related("person")
    )
    places = _places(rows, on)
    ends: list[tuple[int, date, str, int | None]] = []
    lost: list[int] = []
    for row in rows:
        membership = places.get(row.person_id)
        if membership is None:
            raise DecisionRefused(_("%(name)s目前没有组织关系，请刷新后再看") % {"name": row.person.name})
        by.require(Permission.IMPORT, membership.organisation.path)
        row.choice, row.decided_by_id, row.decided_at = choices[row.pk], by.account_id, at
        if row.choice in ENDS:
            if membership.since >= on:
                raise DecisionRefused(_("%(name)s的组织关系今天才开始，明天起才能结束") % {"name": row.person.name})
            ends.append((row.person_id, on, ENDS[Choice(row.choice)], None))
        elif row.choice == Choice.LOST:
            lost.append(row.person_id)
    _carry_out(ends, lost, on=on, by=by, at=at)
    MissingPerson.objects.bulk_update(rows, ["choice", "decided_by", "decided_at"], batch_size=500)
    return len(rows)


def _places(rows: list[MissingPerson], on: date) -> dict[int, Membership]:
    memberships = Membership.objects.on(on).filter(person__in=[row.person_id for row in rows])
    return {m.person_id: m for m in memberships.select_related("organisation")}


def _carry_out(
    ends: list[tuple[int, date, str, int | None]], lost: list[int], *, on: date, by: Actor, at: datetime
) -> None:
    if ends:
        end_memberships(ends, by=by, at=at)
    known = set(
        StatusPeriod.objects.filter(person__in=lost, kind=StatusKind.LOST, until__isnull=True).values_list(
            "person_id", flat=True
        )
    )
    fresh = [NewStatus(person, StatusKind.LOST, on) for person in lost if person not in known]
    if fresh:
        set_statuses(fresh, by=by, at=at)
