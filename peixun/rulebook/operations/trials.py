"""Trying out: noted, worked out, kept."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor
from peixun.rulebook.models import PackDraft, Trial, TrialState
from peixun.rulebook.queries.effects import effects, stamp
from peixun.rulebook.queries.scope import require_owner


@transaction.atomic
def ask(
    owner: Organisation,
    *,
    draft: PackDraft | None = None,
    wanted: dict[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Trial:
    """This operation will note a trial of a draft, or of an audience as it would be saved. Raises OutOfScope."""
    require_owner(by, owner)
    if draft is not None:
        draft.trials.all().delete()
    return Trial.objects.create(
        owner=owner,
        draft=draft,
        version=draft.version if draft is not None else 0,
        wanted=wanted or {},
        made_by_id=by.account_id,
        made_at=at,
    )


def run(trial: Trial, *, today: date) -> None:
    """This operation will work a trial out and keep what it found; nothing is locked meanwhile.

    A draft that was changed since, or can't be read, ends it as failed.
    """
    rows = Trial.objects.filter(pk=trial.pk)
    if not rows.filter(state=TrialState.WAITING).update(state=TrialState.RUNNING):
        return

    def tell(done: int, total: int) -> None:
        rows.update(done=done, total=total)

    seen = stamp()
    try:
        result = effects(trial, today=today, progress=tell)
    except ValueError:
        fail(trial)
        return
    version = trial.draft.version if trial.draft is not None else 0
    rows.update(state=TrialState.DONE, result=result, stamp=seen, version=version)
    trial.refresh_from_db()


def fail(trial: Trial) -> None:
    """This operation will note that a trial broke off, so that nobody waits for it."""
    Trial.objects.filter(pk=trial.pk).update(state=TrialState.FAILED)
    trial.refresh_from_db()
