"""Trying out: noted, worked out, kept, stopped."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor
from peixun.rulebook.models import UNDER_WAY, PackDraft, Trial, TrialState
from peixun.rulebook.operations.drafts import RulesRefused
from peixun.rulebook.queries.checking import check
from peixun.rulebook.queries.effects import effects, stamp
from peixun.rulebook.queries.scope import require_owner


class Stopped(Exception):
    """Somebody stopped a trial, or asked for it anew."""


@transaction.atomic
def ask_draft(draft: PackDraft, *, today: date, by: Actor, at: datetime) -> Trial:
    """This operation will note a trial of a draft in place of the one before.

    Raises RulesRefused with every error of the draft, and OutOfScope.
    """
    require_owner(by, draft.owner)
    found = check(draft, today=today, people={})
    if found.new is None:
        raise RulesRefused(_("；").join(found.errors))
    draft.trials.all().delete()
    return Trial.objects.create(
        owner=draft.owner, draft=draft, version=draft.version, made_by_id=by.account_id, made_at=at
    )


@transaction.atomic
def ask(owner: Organisation, wanted: dict[str, Any], *, by: Actor, at: datetime) -> Trial:
    """This operation will note a trial of an audience as it would be saved, or of the end of a pack.

    Raises OutOfScope.
    """
    require_owner(by, owner)
    return Trial.objects.create(owner=owner, wanted=wanted, made_by_id=by.account_id, made_at=at)


def run(trial: Trial, *, today: date) -> None:
    """This operation will work a trial out and keep what it found; nothing is locked meanwhile.

    A draft that was changed since, or can't be read, ends it as failed; one that was stopped stays so.
    """
    rows = Trial.objects.filter(pk=trial.pk)
    if not rows.filter(state=TrialState.WAITING).update(state=TrialState.RUNNING, told_at=Now()):
        return

    def tell(done: int, total: int) -> None:
        if not rows.filter(state=TrialState.RUNNING).update(done=done, total=total, told_at=Now()):
            raise Stopped

    seen = stamp()
    try:
        result = effects(trial, today=today, progress=tell)
    except ValueError:
        fail(trial)
        return
    except Stopped:
        return
    version = trial.draft.version if trial.draft is not None else 0
    running = rows.filter(state=TrialState.RUNNING)
    if running.update(state=TrialState.DONE, result=result, stamp=seen, version=version):
        trial.refresh_from_db()


def fail(trial: Trial) -> None:
    """This operation will note that a trial broke off, so that nobody waits for it."""
    Trial.objects.filter(pk=trial.pk, state__in=UNDER_WAY).update(state=TrialState.FAILED)


@transaction.atomic
def stop(trial: Trial, *, by: Actor) -> None:
    """This operation will stop a trial: at once while it waits, else at its next word. Raises OutOfScope."""
    require_owner(by, trial.owner)
    Trial.objects.filter(pk=trial.pk, state__in=UNDER_WAY).update(state=TrialState.STOPPED)
