"""Writing a plan, with its trace in the audit."""

from datetime import datetime

from django.db import transaction

from peixun.catalog.models import RequirementPack
from peixun.catalog.operations import install_rules
from peixun.kernel import imports
from peixun.kernel.imports import Importer, ImportPlan, Progress
from peixun.people.models import Audience, Organisation
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_paths
from peixun.people.queries.scope import Actor, Permission


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

    The first import of organisations also puts the shipped rules in force for the root, so that coverage can be seen
    from the first roster on. Raises ImportOvertaken when something changed since it was planned.
    """
    imports.apply_plan(chosen, plan, by=by, at=at, progress=progress)
    _install_rules_once(by, at)
    audit.record(
        by=by,
        at=at,
        action="import",
        subject=chosen.key,
        organisation_id=_place(by),
        file=file_name,
        rows=plan.rows,
        new=plan.new,
        changed=plan.changed,
        unchanged=plan.unchanged,
        bad=plan.bad,
    )


def _place(by: Actor) -> int | None:
    """Where the import belongs: what holds all that whoever imports may import into; the system imports at the root."""
    if by.is_system:
        return Organisation.objects.filter(parent__isnull=True).values_list("pk", flat=True).first()
    return place_of_paths(by.paths(Permission.IMPORT))


def _install_rules_once(by: Actor, at: datetime) -> None:
    """An installation without any rule or audience gets those that are shipped; one that has some is left alone."""
    if RequirementPack.objects.exists() or Audience.objects.exists():
        return
    root = Organisation.objects.filter(parent__isnull=True).first()
    if root is not None:
        install_rules(root, by=by, at=at)
