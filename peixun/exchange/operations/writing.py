"""Writing a plan, with its trace in the audit."""

from datetime import datetime

from django.db import transaction

from peixun.kernel import imports
from peixun.kernel.imports import Importer, ImportPlan, Progress
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor


@transaction.atomic
def write(
    chosen: Importer,
    plan: ImportPlan,
    *,
    by: Actor,
    at: datetime,
    file_name: str,
    progress: Progress = imports.no_progress,
) -> None:
    """This operation will write what the plan's good rows change, in one transaction with its audit entry.

    Raises ImportOvertaken when something changed since it was planned.
    """
    imports.apply_plan(chosen, plan, by=by, at=at, progress=progress)
    audit.record(
        by=by,
        at=at,
        action="import",
        subject=chosen.key,
        file=file_name,
        rows=plan.rows,
        new=plan.new,
        changed=plan.changed,
        unchanged=plan.unchanged,
        bad=plan.bad,
    )
