"""Telling an account about its roles."""

from datetime import datetime

from django.urls import reverse

from peixun.notices.operations import NewMessage, send
from peixun.people.hooks import RoleChange
from peixun.people.queries.scope import Actor


def tell_role(change: RoleChange, by: Actor, at: datetime) -> None:
    """This operation will tell an account that it was given a role, or from which day on it no longer has it."""
    kind = "role_given" if change.given else "role_ended"
    message = NewMessage(
        kind=kind,
        key=f"{kind}:{change.grant_id}",
        parameters={"role": change.role, "organisation": change.organisation, "on": change.on.isoformat()},
        account_ids=(change.account_id,),
        link=reverse("home:start") if change.given else "",
    )
    send([message], by=by, at=at, organisation_id=change.organisation_id)
