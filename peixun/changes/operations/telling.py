"""Telling people about transfers: who has to receive, who proposed, and the member."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.urls import reverse

from peixun.changes.models import Transfer
from peixun.notices.operations import Holders, NewMessage, send
from peixun.people.queries.scope import Actor, Permission


def _message(kind: str, one: Transfer, *, opens: bool = True) -> NewMessage:
    parameters = {
        "name": one.person.name,
        "from": str(one.leaving),
        "to": str(one.receiving),
        "on": one.on.isoformat(),
        "note": one.note,
    }
    link = reverse("changes:transfer", args=[one.pk]) if opens else ""
    return NewMessage(kind=kind, key=f"{kind}:{one.pk}", parameters=parameters, link=link)


def tell_proposed(transfers: Sequence[Transfer], *, day: date, by: Actor, at: datetime) -> None:
    """This operation will tell those who stand nearest to the receiving branch that members wait."""
    messages = [
        replace(
            _message("transfer_proposed", one),
            holders=(Holders(Permission.MANAGE_PEOPLE, one.receiving_id, day),),
        )
        for one in transfers
    ]
    _send(messages, transfers, by, at)


def tell_accepted(transfers: Sequence[Transfer], *, by: Actor, at: datetime) -> None:
    """This operation will tell whoever proposed, and each member where they belong now."""
    proposers = [
        replace(_message("transfer_accepted", one), account_ids=(one.proposed_by_id,))
        for one in transfers
        if one.proposed_by_id is not None
    ]
    members = [replace(_message("transferred", one, opens=False), person_ids=(one.person_id,)) for one in transfers]
    _send([*proposers, *members], transfers, by, at)


def tell_refused(one: Transfer, *, by: Actor, at: datetime) -> None:
    """This operation will tell whoever proposed that the member was sent back, and why."""
    if one.proposed_by_id is not None:
        _send([replace(_message("transfer_refused", one), account_ids=(one.proposed_by_id,))], [one], by, at)


def tell_undone(one: Transfer, *, by: Actor, at: datetime) -> None:
    """This operation will tell the member, who was told of the transfer, that it doesn't hold."""
    _send([replace(_message("transfer_undone", one, opens=False), person_ids=(one.person_id,))], [one], by, at)


def _send(messages: Sequence[NewMessage], transfers: Sequence[Transfer], by: Actor, at: datetime) -> None:
    """Audited for the receiving branch: all transfers of one act go to the same one."""
    send(messages, by=by, at=at, organisation_id=transfers[0].receiving_id if transfers else None)
