"""Imports: what a room that takes files in offers, and the plumbing that all of them share.

A room registers its importers in `AppConfig.ready`; commands and screens find them by key and never know a column:

    importer = imports.importer("members")
    plan = imports.plan_file(importer, path, actor=actor, today=clock.today())
    if plan.may_be_written(skip_bad=False):
        imports.apply_plan(importer, plan, by=actor, at=timezone.now())

Planning reads and checks the whole file and writes nothing. An importer works on an `Intake`: rows become drafts
of parsed values, and whatever can't be taken is refused with its reason, at any later moment too.
"""

from peixun.kernel.imports.intake import Draft, Field, Intake, rows_named
from peixun.kernel.imports.plans import (
    SAMPLES,
    Importer,
    ImportOvertaken,
    ImportPlan,
    Mask,
    Missing,
    Problem,
    Progress,
    Sample,
    UnknownImporter,
    apply_plan,
    importer,
    importers,
    no_progress,
    plan_file,
    register,
    shown,
)

__all__ = [
    "SAMPLES",
    "Draft",
    "Field",
    "ImportOvertaken",
    "ImportPlan",
    "Importer",
    "Intake",
    "Mask",
    "Missing",
    "Problem",
    "Progress",
    "Sample",
    "UnknownImporter",
    "apply_plan",
    "importer",
    "importers",
    "no_progress",
    "plan_file",
    "register",
    "rows_named",
    "shown",
]
