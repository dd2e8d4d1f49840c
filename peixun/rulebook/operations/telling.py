"""Telling the offices of a subtree about rules that were put in force."""

from datetime import date, datetime

from django.urls import reverse

from peixun.notices.operations import Holders, NewMessage, send
from peixun.people.queries.scope import Actor, Permission
from peixun.rulebook.queries.checking import Pack, kind_of


def tell_published(pack: Pack, *, today: date, by: Actor, at: datetime) -> None:
    """This operation will tell the offices below a pack's owner from when on which rules hold."""
    message = NewMessage(
        kind="rules_published",
        key=f"rules_published:{kind_of(pack)}:{pack.pk}",
        parameters={"owner": str(pack.owner), "name": pack.name, "on": pack.since.isoformat()},
        holders=(Holders(Permission.MANAGE_RULES, pack.owner_id, today, below=True),),
        link=reverse("catalog:index"),
    )
    send([message], by=by, at=at, organisation_id=pack.owner_id)
