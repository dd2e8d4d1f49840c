"""Whom an organisation itself has yet to train this year, as lines of a list of tasks."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.listing import Roster, Selection
from peixun.coverage.queries.tasks import Tasks
from peixun.kernel.clock import ZONE
from peixun.notices.waiting import Waiting
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission

AT_MOST = 5
"""Organisations that are looked at for one actor: those they were given, not those below."""


def year_tasks(actor: Actor, paths: Sequence[str], day: date) -> list[Waiting]:
    """For each of the actor's organisations, how many of the missing it has to train itself this year."""
    own = [
        grant.organisation_id
        for grant in actor.grants
        if actor.may(Permission.SEE_COVERAGE, grant.path) and any(grant.path.startswith(path) for path in paths)
    ]
    rows = Organisation.objects.filter(pk__in=own).order_by("path")[:AT_MOST]
    return [line for organisation in rows if (line := _line(organisation, day)) is not None]


def _line(organisation: Organisation, day: date) -> Waiting | None:
    selection = Selection(organisation, day.year, day, "uncovered")
    count = Tasks(Roster(selection, current_books())).organisations.get(organisation.pk, 0)
    if not count:
        return None
    return Waiting(
        kind="year_task",
        title=_("%(count)s 人今年未训，由本单位补训") % {"count": count},
        count=count,
        url=reverse("coverage:tasks", args=[organisation.code]),
        since=datetime.combine(date(day.year, 1, 1), time(), ZONE),
        organisation_id=organisation.pk,
    )
