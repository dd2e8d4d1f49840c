"""Records of one person found twice: merged, kept apart, and either taken back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import NotSamePerson, Person, PersonAlias
from peixun.people.operations import audit
from peixun.people.operations.memberships import MembershipError
from peixun.people.queries.duplicates import last_branches
from peixun.people.queries.scope import Actor


@transaction.atomic
def merge_persons(alias: Person, *, into: Person, by: Actor, at: datetime) -> PersonAlias:
    """This operation will note that two records are one human being; the ledger is never re-pointed.

    Raises MembershipError for a record that is merged already or that others were merged into.
    """
    _hold(alias.pk, into.pk)
    if alias.pk == into.pk or alias.aliases.exists():
        raise MembershipError(_("这条记录下已并入其他记录，请反向合并"))
    if PersonAlias.objects.filter(alias__in=[alias.pk, into.pk]).exists():
        raise MembershipError(_("其中一条记录已经并入他人"))
    row = PersonAlias.objects.create(alias=alias, person=into, merged_at=at, merged_by_id=by.account_id)
    _note("merge", into.pk, alias.pk, "alias", by=by, at=at)
    hooks.changed.fire({alias.pk, into.pk})
    return row


@transaction.atomic
def undo_merge(row: PersonAlias, *, by: Actor, at: datetime) -> None:
    """This operation will undo a merger: both records stand for themselves again.

    Raises MembershipError when somebody has undone it already.
    """
    alias_id, person_id = row.alias_id, row.person_id
    _hold(alias_id, person_id)
    gone, _kinds = PersonAlias.objects.filter(alias=alias_id, person=person_id, merged_at=row.merged_at).delete()
    if not gone:
        raise MembershipError(_("这次合并已由他人撤销，请重新打开查看"))
    _note("undo_merge", person_id, alias_id, "alias", by=by, at=at)
    hooks.changed.fire({alias_id, person_id})


@transaction.atomic
def keep_apart(one: Person, other: Person, *, reason: str, by: Actor, at: datetime) -> NotSamePerson:
    """This operation will note that two records are two human beings, so that nobody is asked again.

    Raises MembershipError without a reason, for a pair that is marked already, and for records that are merged.
    """
    _hold(one.pk, other.pk)
    if not reason.strip():
        raise MembershipError(_("请写明为什么不是同一人"))
    if one.pk == other.pk or PersonAlias.objects.filter(alias__in=[one.pk, other.pk]).exists():
        raise MembershipError(_("其中一条记录已经并入他人"))
    first, second = sorted((one.pk, other.pk))
    if NotSamePerson.objects.filter(first=first, second=second).exists():
        raise MembershipError(_("这两条记录已标记为不是同一人"))
    row = NotSamePerson.objects.create(
        first_id=first, second_id=second, reason=reason.strip()[:100], marked_by_id=by.account_id, marked_at=at
    )
    _note("keep_apart", first, second, "other", by=by, at=at, reason=row.reason)
    return row


@transaction.atomic
def undo_keep_apart(row: NotSamePerson, *, by: Actor, at: datetime) -> None:
    """This operation will make a pair suspect again. Raises MembershipError when somebody has done so already."""
    gone, _kinds = NotSamePerson.objects.filter(pk=row.pk).delete()
    if not gone:
        raise MembershipError(_("这个标记已由他人撤销，请重新打开查看"))
    _note("undo_keep_apart", row.first_id, row.second_id, "other", by=by, at=at)


def _hold(*person_ids: int) -> None:
    # Of two who merge the same records at once, or one into the other and back, the second waits and is told.
    list(Person.objects.select_for_update().filter(pk__in=person_ids).order_by("pk"))


def _note(action: str, person_id: int, other_id: int, role: str, *, by: Actor, at: datetime, **more: str) -> None:
    """One entry for each record's branch, so that the auditors of either see it."""
    places = last_branches([person_id, other_id])
    place, other = (places[pk].pk if pk in places else None for pk in (person_id, other_id))
    acts = [audit.Act(person_id, place, {role: other_id, **more})]
    if other is not None and other != place:
        acts.append(audit.Act(other_id, other, {"into" if role == "alias" else role: person_id, **more}))
    audit.record_all(acts, by=by, at=at, action=action, subject="person")
