"""Transfers: proposed by the branch that a member leaves, accepted or refused by the one that receives them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peixun.changes.models import Transfer, TransferState
from peixun.changes.operations.telling import tell_accepted, tell_proposed, tell_refused, tell_undone
from peixun.kernel import bulk
from peixun.people.models import MEMBER_KINDS, Membership, Organisation, PersonAlias
from peixun.people.operations import audit
from peixun.people.operations.memberships import MembershipError, transfer_all, undo_transfer
from peixun.people.queries.scope import Actor, OutOfScope, Permission

MANAGE = Permission.MANAGE_PEOPLE
AT_MOST = 5000


class TransferRefused(Exception):
    """A transfer can't be done like that. The text is for people."""


class AlreadyDecided(TransferRefused):
    """Somebody else was faster: what was to be decided has been decided."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("这次转接已由他人办理，请重新打开查看"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """Members to transfer, all to one branch, from a day on."""

    person_ids: tuple[int, ...]
    receiving: Organisation
    on: date
    reason: str = ""


@transaction.atomic
def propose(proposal: Proposal, *, today: date, by: Actor, at: datetime) -> list[Transfer]:
    """This operation will propose transfers; where the actor acts for the receiving branch too, they are done at once.

    Raises TransferRefused with every reason, and OutOfScope for members whom the actor may not transfer.
    """
    if not 0 < len(proposal.person_ids) <= AT_MOST:
        raise TransferRefused(_("请选择 1 至 %(most)s 名党员") % {"most": AT_MOST})
    if proposal.on > today:
        raise TransferRefused(_("转接日期不能晚于今天"))
    receiving = _hold_branches({proposal.receiving.pk, *_places(proposal.person_ids)})[proposal.receiving.pk]
    if receiving.kind not in MEMBER_KINDS or receiving.closed_on is not None or proposal.on < receiving.founded_on:
        raise TransferRefused(_("“%(name)s”在这一天不能接收党员") % {"name": receiving.name})
    memberships = _memberships(proposal.person_ids, by)
    _check_members(memberships, proposal)
    rows = [
        Transfer(
            person_id=m.person_id,
            leaving_id=m.organisation_id,
            receiving=receiving,
            on=proposal.on,
            reason=proposal.reason,
            proposed_by_id=by.account_id,
            proposed_at=at,
        )
        for m in memberships
    ]
    try:
        with transaction.atomic():
            Transfer.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise TransferRefused(_("所选党员中有人已在转接中，先办完或撤回")) from error
    open_now = Transfer.objects.filter(state=TransferState.PROPOSED).select_related("person", "leaving", "receiving")
    made = list(open_now.filter(person__in=proposal.person_ids))
    _note(made, "propose_transfer", by=by, at=at)
    if by.may(MANAGE, receiving.path):
        accept(made, by=by, at=at)
    else:
        tell_proposed(made, day=today, by=by, at=at)
    return made


def _hold_branches(ids: Collection[int]) -> dict[int, Organisation]:
    """The branches as they stand now, held until the transaction ends: none is merged or closed meanwhile."""
    rows = Organisation.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows}


def _places(person_ids: Collection[int]) -> set[int]:
    """Ids of the branches that people belong to now."""
    found: set[int] = set()
    for chunk in bulk.chunks(person_ids, 5000):
        rows = Membership.objects.filter(person__in=chunk, until__isnull=True)
        found.update(rows.values_list("organisation_id", flat=True))
    return found


def _memberships(person_ids: Collection[int], by: Actor) -> list[Membership]:
    rows: list[Membership] = []
    for chunk in bulk.chunks(person_ids, 5000):
        # In the order of people, so that two who propose the same ones never wait for each other.
        here = Membership.objects.filter(person__in=chunk, until__isnull=True).order_by("person")
        rows += here.select_related("organisation", "person")
        if PersonAlias.objects.filter(alias__in=chunk).exists():
            raise TransferRefused(_("所选记录已并入他人，请从本人档案办理"))
    if len(rows) < len(set(person_ids)):
        raise TransferRefused(_("所选人员中有人目前没有组织关系"))
    for row in rows:
        by.require(MANAGE, row.organisation.path)
    return rows


def _check_members(memberships: Sequence[Membership], proposal: Proposal) -> None:
    staying = [m.person.name for m in memberships if m.organisation_id == proposal.receiving.pk]
    if staying:
        raise TransferRefused(_("%(names)s 已在这个支部") % {"names": _names(staying)})
    early = [m.person.name for m in memberships if m.since >= proposal.on]
    if early:
        raise TransferRefused(_("转接日期不晚于 %(names)s 转入现支部的日期") % {"names": _names(early)})


def _names(names: Sequence[str]) -> str:
    shown = _("、").join(names[:5])
    return _("%(names)s 等 %(count)s 人") % {"names": shown, "count": len(names)} if len(names) > 5 else shown


def _note(transfers: Sequence[Transfer], action: str, *, by: Actor, at: datetime) -> None:
    audit.record_all(
        (audit.Act(t.person_id, t.leaving_id, {"transfer": t.pk, "to": t.receiving_id}) for t in transfers),
        by=by,
        at=at,
        action=action,
        subject="person",
    )


def _hold(transfers: Sequence[Transfer]) -> None:
    """Hold branches first, then the transfers, in order, as a merger of branches does: nobody gets stuck."""
    _hold_branches({pk for t in transfers for pk in (t.leaving_id, t.receiving_id)})
    for chunk in bulk.chunks([t.pk for t in transfers], 5000):
        list(Transfer.objects.select_for_update(no_key=True).filter(pk__in=chunk).order_by("pk").values_list("pk"))


def _decide(
    transfers: Sequence[Transfer], state: TransferState, *, was: TransferState, by: Actor, at: datetime, note: str = ""
) -> None:
    """Move transfers from one state to another; of two who decide at once only one succeeds."""
    for chunk in bulk.chunks(transfers, 5000):
        moved = Transfer.objects.filter(pk__in=[t.pk for t in chunk], state=was).update(
            state=state, decided_by_id=by.account_id, decided_at=at, note=note
        )
        if moved < len(chunk):
            raise AlreadyDecided
    for one in transfers:
        one.state, one.decided_by_id, one.decided_at, one.note = state, by.account_id, at, note


@transaction.atomic
def accept(transfers: Sequence[Transfer], *, by: Actor, at: datetime) -> None:
    """This operation will receive the members: from the day of each transfer on they belong to the new branch.

    Raises AlreadyDecided, TransferRefused when a member has moved otherwise meanwhile, and OutOfScope.
    """
    for one in transfers:
        by.require(MANAGE, one.receiving.path)
    _hold(transfers)
    _decide(transfers, TransferState.ACCEPTED, was=TransferState.PROPOSED, by=by, at=at)
    stands: dict[int, int] = {}
    for chunk in bulk.chunks([t.person_id for t in transfers], 5000):
        rows = Membership.objects.filter(person__in=chunk, until__isnull=True)
        stands.update(rows.values_list("person_id", "organisation_id"))
    if any(stands.get(t.person_id) != t.leaving_id for t in transfers):
        raise TransferRefused(_("党员的组织关系已有其他变化，请退回这次转接"))
    try:
        transfer_all([(t.person_id, t.on, t.receiving_id) for t in transfers], by=by, at=at)
    except MembershipError as error:
        raise TransferRefused(str(error)) from error
    _note(transfers, "accept_transfer", by=by, at=at)
    tell_accepted(transfers, by=by, at=at)


@transaction.atomic
def refuse(one: Transfer, *, note: str, by: Actor, at: datetime) -> None:
    """This operation will send a transfer back; the member stays. Raises TransferRefused without a reason."""
    by.require(MANAGE, one.receiving.path)
    if not note.strip():
        raise TransferRefused(_("请写明退回的原因"))
    _decide([one], TransferState.REFUSED, was=TransferState.PROPOSED, by=by, at=at, note=note.strip())
    _note([one], "refuse_transfer", by=by, at=at)
    tell_refused(one, by=by, at=at)


@transaction.atomic
def withdraw(one: Transfer, *, by: Actor, at: datetime) -> None:
    """This operation will withdraw a proposal that nobody has decided on. Raises AlreadyDecided."""
    by.require(MANAGE, one.leaving.path)
    _decide([one], TransferState.WITHDRAWN, was=TransferState.PROPOSED, by=by, at=at)
    _note([one], "withdraw_transfer", by=by, at=at)


@transaction.atomic
def withdraw_for_change(transfers: Sequence[Transfer], *, note: str, by: Actor, at: datetime) -> None:
    """This operation will withdraw open proposals because an organisation that they concern is no more, saying why."""
    _decide(transfers, TransferState.WITHDRAWN, was=TransferState.PROPOSED, by=by, at=at, note=note[:100])
    _note(transfers, "withdraw_transfer", by=by, at=at)


@transaction.atomic
def reopen_withdrawn(ids: Collection[int], *, withdrawn_at: datetime) -> int:
    """This operation will let proposals wait again that were withdrawn at that moment, and return how many.

    Whoever is on the way elsewhere by now isn't proposed twice.
    """
    rows = Transfer.objects.filter(pk__in=ids, state=TransferState.WITHDRAWN, decided_at=withdrawn_at)
    busy = Transfer.objects.filter(state=TransferState.PROPOSED).values("person")
    waiting = [t.pk for t in rows.exclude(person__in=busy)]
    return Transfer.objects.filter(pk__in=waiting).update(
        state=TransferState.PROPOSED, decided_by=None, decided_at=None, note=""
    )


@transaction.atomic
def undo(one: Transfer, *, note: str, by: Actor, at: datetime) -> None:
    """This operation will undo a transfer that was done: the member is back as if it had never been.

    Either branch may, as long as nothing else has changed since. Raises TransferRefused.
    """
    if not may_undo(one, by):
        raise OutOfScope("neither branch is within the actor's scope")
    if not note.strip():
        raise TransferRefused(_("请写明撤销的原因"))
    _hold([one])
    _decide([one], TransferState.UNDONE, was=TransferState.ACCEPTED, by=by, at=at, note=note.strip())
    if Organisation.objects.filter(pk=one.leaving_id, closed_on__isnull=False).exists():
        raise TransferRefused(_("“%(name)s”已经撤销，不能撤销转接") % {"name": one.leaving.name})
    try:
        undo_transfer(one.person, on=one.on, by=by, at=at)
    except MembershipError as error:
        raise TransferRefused(str(error)) from error
    tell_undone(one, by=by, at=at)


def may_undo(one: Transfer, by: Actor) -> bool:
    """Whether an actor acts for one of the two branches."""
    return by.may(MANAGE, one.receiving.path) or by.may(MANAGE, one.leaving.path)
