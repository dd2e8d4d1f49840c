"""Whose task the missing are: an organisation's own, those of the ones below it and those of the ones above."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.coverage.forms import OF_ONE, TASK_WORDS, TaskFilters
from peixun.coverage.queries.listing import Roster, Row, Selection
from peixun.coverage.queries.people import Owed, Requirements
from peixun.coverage.queries.tasks import NOBODY, ChildTasks, Group, Tasks, group_key
from peixun.coverage.views.common import Looking, look, organisation_in_scope
from peixun.people.queries.scope import Permission

LISTED_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class LevelRow:
    """So many people are the task of a level; `url` leads to them, "" for whoever may not see names."""

    name: str
    people: int
    url: str


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group of the organisation's own task: the first of its people with what each owes."""

    group: Group
    people: list[tuple[Row, list[Owed]]]
    url: str

    @property
    def more(self) -> int:
        """How many aren't listed here."""
        return len(self.group.person_ids) - len(self.people)


def level_rows(looking: Looking, tasks: Tasks) -> list[LevelRow]:
    """The levels that have a task, from the highest on."""
    return [
        LevelRow(str(word), tasks.levels[level], looking.people_url("uncovered", task=level))
        for level, word in TASK_WORDS.items()
        if level in tasks.levels
    ]


@require_safe
def tasks(request: Any, code: str) -> HttpResponse:
    """The tasks of an organisation."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, form = look(request, organisation, TaskFilters)
    selection = Selection(organisation, looking.year, looking.day, "uncovered", looking.audience)
    found = Tasks(Roster(selection, looking.books, list(looking.scope)))
    children, here = found.children(), found.organisations.get(organisation.pk, 0)
    below = sum(child.own + child.below for child in children)
    nobody = found.levels.get(NOBODY, 0)
    own_list = {"state": "uncovered", "task": f"{OF_ONE}{organisation.code}"}
    context = {
        "looking": looking,
        "organisation": organisation,
        "form": form,
        "chosen": _chosen(looking),
        "path": looking.path("tasks"),
        "total": found.total,
        "here": here,
        "below": below,
        "above": found.total - here - below - nobody,
        "nobody": nobody,
        "groups": _groups(looking, found),
        "children": [_child(looking, child) for child in children],
        "levels": level_rows(looking, found),
        "total_url": looking.people_url("uncovered"),
        "own_url": looking.url("people", **own_list) if looking.sees_people else "",
        "nobody_url": looking.people_url("uncovered", task=NOBODY),
        "export_url": _export_url(looking, own_list),
        "answer_url": looking.url("answer"),
    }
    return render(request, "coverage/tasks.html", context)


def _export_url(looking: Looking, own_list: dict[str, str]) -> str:
    if not looking.actor.may(Permission.EXPORT, looking.organisation.path):
        return ""
    return looking.url("people-export", **own_list)


def _groups(looking: Looking, found: Tasks) -> list[GroupShown]:
    requirements = Requirements()
    shown = []
    for group in found.own():
        rows = islice(found.roster.narrowed(group.person_ids).walk(), LISTED_PEOPLE) if looking.sees_people else ()
        task = f"{OF_ONE}{looking.organisation.code}/{group_key(group.duty)}"
        url = looking.people_url("uncovered", task=task)
        shown.append(GroupShown(group, [(row, requirements.owed(row.missing)) for row in rows], url))
    return shown


def _child(looking: Looking, child: ChildTasks) -> dict[str, Any]:
    organisation = child.organisation
    seen = looking.actor.may(Permission.SEE_COVERAGE, organisation.path)
    listed = seen and looking.at(organisation).sees_people
    return {
        "name": organisation.name,
        "url": looking.url("tasks", code=organisation.code) if seen else "",
        "own": child.own,
        "below": child.below,
        "own_url": looking.url("people", code=organisation.code, state="uncovered", task=OF_ONE + organisation.code)
        if listed
        else "",
    }


def _chosen(looking: Looking) -> list[dict[str, str]]:
    chips = []
    if looking.audience:
        chips.append({"label": looking.audience.name, "remove_url": looking.url("tasks", audience="")})
    if looking.as_of:
        label = _("截至%(day)s") % {"day": f"{looking.as_of:%Y-%m-%d}"}
        chips.append({"label": label, "remove_url": looking.url("tasks", as_of="")})
    return chips
