"""Merging two records of one person, or keeping them apart, by whoever acts for both."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.changes.models import Transfer, TransferState
from peixun.changes.operations.transfers import TransferRefused
from peixun.people.models import Membership, NotSamePerson, Person, PersonAlias, Post, StatusPeriod
from peixun.people.operations import duplicates
from peixun.people.operations.memberships import MembershipError
from peixun.people.queries.duplicates import may_handle
from peixun.people.queries.scope import Actor, OutOfScope


class DuplicateRefused(TransferRefused):
    """Two records can't be merged, kept apart or separated like that. The text is for people."""


def _require(by: Actor, *person_ids: int) -> None:
    if not may_handle(by, person_ids):
        raise OutOfScope("one of the two is not within the actor's scope")


@transaction.atomic
def merge(alias: Person, *, into: Person, today: date, by: Actor, at: datetime) -> PersonAlias:
    """This operation will merge one record into another of the same human being; both stay as they are written.

    Raises DuplicateRefused while a transfer of either is open, while the record that would be merged still holds a
    post, a status or the only membership, and for records merged before; OutOfScope unless the actor acts for both.
    """
    _require(by, alias.pk, into.pk)
    try:
        row = duplicates.merge_persons(alias, into=into, by=by, at=at)
    except MembershipError as error:
        raise DuplicateRefused(str(error)) from error
    # Looked at once both records are held, so that nobody proposes a transfer in between.
    _check_transfers(alias, into)
    _check_leftovers(alias, into, today)
    return row


def _check_transfers(*persons: Person) -> None:
    moving = Transfer.objects.filter(person__in=persons, state=TransferState.PROPOSED).select_related("leaving")
    for one in moving:
        raise DuplicateRefused(
            _("“%(name)s”在%(branch)s的记录正在转接，先办完或撤回转接") % {"name": one.person, "branch": one.leaving}
        )


def _check_leftovers(alias: Person, into: Person, today: date) -> None:
    """What nobody would find again under the other record has to be settled first."""
    post = Post.objects.filter(person=alias, until__isnull=True).select_related("organisation").first()
    if post is not None:
        raise DuplicateRefused(
            _("要并入的记录还担任%(branch)s的%(title)s：请保留这条记录，或先登记免职")
            % {"branch": post.organisation, "title": post.get_title_display()}
        )
    status = StatusPeriod.objects.on(today).filter(person=alias).first()
    if status is not None:
        raise DuplicateRefused(
            _("要并入的记录登记着“%(kind)s”：请保留这条记录，或先登记恢复正常") % {"kind": status.get_kind_display()}
        )
    belongs = set(Membership.objects.filter(person__in=[alias, into], until=None).values_list("person", flat=True))
    if alias.pk in belongs and into.pk not in belongs:
        raise DuplicateRefused(_("要保留的记录目前没有组织关系，请保留有组织关系的那一条"))


@transaction.atomic
def undo_merge(row: PersonAlias, *, by: Actor, at: datetime) -> None:
    """This operation will separate two records again, each with what it held. Raises DuplicateRefused, OutOfScope."""
    _require(by, row.alias_id, row.person_id)
    try:
        duplicates.undo_merge(row, by=by, at=at)
    except MembershipError as error:
        raise DuplicateRefused(str(error)) from error


@transaction.atomic
def keep_apart(one: Person, other: Person, *, reason: str, by: Actor, at: datetime) -> NotSamePerson:
    """This operation will note that two records are two human beings. Raises DuplicateRefused, OutOfScope."""
    _require(by, one.pk, other.pk)
    try:
        return duplicates.keep_apart(one, other, reason=reason, by=by, at=at)
    except MembershipError as error:
        raise DuplicateRefused(str(error)) from error


@transaction.atomic
def undo_keep_apart(row: NotSamePerson, *, by: Actor, at: datetime) -> None:
    """This operation will make a pair suspect again. Raises DuplicateRefused, OutOfScope."""
    _require(by, row.first_id, row.second_id)
    try:
        duplicates.undo_keep_apart(row, by=by, at=at)
    except MembershipError as error:
        raise DuplicateRefused(str(error)) from error
