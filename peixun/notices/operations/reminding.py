"""The weekly reminder of one's own tasks: at most one a week, none when there is nothing to do."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from peixun.kernel.clock import ZONE
from peixun.notices import waiting
from peixun.notices.models import Preference, Round, Weekday
from peixun.notices.operations.sending import NewMessage, send
from peixun.notices.queries.tasks import tasks
from peixun.notices.rules import week_of
from peixun.people.models import Account, Grant
from peixun.people.queries.scope import ROLE_PERMISSIONS, actor_of, system_actor

WEEKLY = "weekly_tasks"
AT_ONCE = 100


def remind(*, day: date, at: datetime) -> int:
    """This operation will look through the tasks of accounts whose weekday it is and return how many were reminded.

    Each account is looked through once in an ISO week, in a transaction of its own; of two workers one does it.
    """
    return sum(_remind(account, day, at) for account in _to_look_through(day))


def _to_look_through(day: date) -> Collection[Account]:
    asked = waiting.permissions()
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if asked & permissions]
    holders = Grant.objects.on(day).filter(role__in=roles).values("account")
    chosen = Preference.objects.filter(account=OuterRef("pk")).values("weekday")
    seen = Round.objects.filter(account=OuterRef("pk")).values("week")
    rows = Account.objects.filter(pk__in=holders, is_active=True).annotate(
        weekday=Coalesce(Subquery(chosen), int(Weekday.MONDAY)), week=Subquery(seen)
    )
    due = rows.filter(Q(week__isnull=True) | ~Q(week=week_of(day)), weekday=day.isoweekday())
    return list(due.order_by(F("pk"))[:AT_ONCE])


@transaction.atomic
def _remind(account: Account, day: date, at: datetime) -> int:
    week = week_of(day)
    Round.objects.bulk_create([Round(account=account, week="")], ignore_conflicts=True)
    if not Round.objects.filter(account=account).exclude(week=week).update(week=week):
        return 0
    own = tasks(actor_of(account, day=day), day=day).own
    if not own:
        return 0
    message = NewMessage(
        kind=WEEKLY,
        key=f"{WEEKLY}:{week}",
        parameters={
            "count": len(own),
            "since": min(one.since for one in own).astimezone(ZONE).date().isoformat(),
        },
        account_ids=(account.pk,),
        link=reverse("notices:tasks"),
    )
    return send([message], by=system_actor(), at=at)
