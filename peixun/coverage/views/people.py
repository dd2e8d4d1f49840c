"""The list of persons behind a count, with what each still owes, and its export."""

from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.catalog.models import Responsibility
from peixun.coverage.exports import HEADINGS, gap_rows, gap_sheet, task_words
from peixun.coverage.forms import OF_ONE, STATE_WORDS, TASK_WORDS, PeopleFilters
from peixun.coverage.queries.listing import STATES, Cursor, Place, Roster, Row, Selection
from peixun.coverage.queries.people import Owed, Requirements
from peixun.coverage.queries.position import Count, position
from peixun.coverage.queries.tasks import TaskBook, Tasks, names_of
from peixun.coverage.views.common import Looking, look, organisation_in_scope
from peixun.kernel.tables.writer import csv_blocks, write_workbook
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Permission

PAGE = 50
MOST_IN_WORKBOOK = 50_000
"""Longer lists go out as CSV, which streams: a workbook is written as a whole before its first byte leaves."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list."""

    row: Row
    place: Place
    owed: list[Owed]
    task: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What is asked for, and the roster that answers."""

    looking: Looking
    form: PeopleFilters
    state: str
    text: str
    roster: Roster
    task: str = ""
    task_name: str = ""

    @property
    def total(self) -> int:
        """How many persons the whole list has."""
        if self.roster.is_kept or self.text or self.task:
            return self.roster.total
        return _of_state(self._count(), self.state) - self.roster.hidden

    def _count(self) -> Count:
        looking = self.looking
        return position(
            looking.organisation,
            year=looking.year,
            as_of=looking.day,
            audience=looking.audience_key,
            books=looking.books,
        ).total


def _of_state(count: Count, state: str) -> int:
    numbers = {
        "due": count.due,
        "covered": count.covered,
        "uncovered": count.missing,
        "fulfilled": count.fulfilled,
        "unfulfilled": count.due - count.fulfilled,
    }
    return numbers[state]


def _listed(request: Any, code: str, permission: Permission) -> Listed:
    organisation = organisation_in_scope(request.actor, code, permission)
    looking, form = look(request, organisation, PeopleFilters)
    cleaned = getattr(form, "cleaned_data", {})
    state = cleaned.get("state") or "due"
    text = (cleaned.get("q") or "").strip()
    selection = Selection(organisation, looking.year, looking.day, state, looking.audience, text)
    roster = Roster(selection, looking.books, request.actor.paths(permission))
    task = cleaned.get("task") or ""
    if not task:
        return Listed(looking, form, state, text, roster)
    only, name = _of_task(Tasks(roster), task)
    return Listed(looking, form, state, text, roster.narrowed(only), task, name)


def _of_task(tasks: Tasks, task: str) -> tuple[frozenset[int], str]:
    """Whose task it is: the persons of a level or of an organisation, and its name."""
    if not task.startswith(OF_ONE):
        return tasks.persons(level=task), str(TASK_WORDS[task])
    code, _slash, group = task.removeprefix(OF_ONE).partition("/")
    found = Organisation.objects.filter(code=code).first()
    # Whoever trains nobody here is not named: it may lie outside the reader's scope.
    if found is None or found.pk not in tasks.organisations:
        return frozenset(), _("所选单位")
    persons = tasks.persons(organisation=found.pk, group=group)
    return persons, _("%(name)s（%(group)s）") % {
        "name": found.name,
        "group": _group_name(group),
    } if group else found.name


def _group_name(group: str) -> str:
    duty = Responsibility.objects.filter(pk=int(group)).first() if group.isdecimal() else None
    return duty.audience.name if duty else _("其他党员")


def _cursor(text: str) -> Cursor | None:
    branch, _dash, person = text.partition("-")
    return (int(branch), int(person)) if branch.isdecimal() and person.isdecimal() else None


@require_safe
def people(request: Any, code: str) -> HttpResponse:
    """One page of the list."""
    listed = _listed(request, code, Permission.SEE_PEOPLE)
    after, before = _cursor(request.GET.get("after", "")), _cursor(request.GET.get("before", ""))
    backwards = before is not None
    rows = list(islice(listed.roster.walk(after=before if backwards else after, reverse=backwards), PAGE + 1))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    looking = listed.looking
    context = {
        "looking": looking,
        "organisation": looking.organisation,
        "form": listed.form,
        "state": listed.state,
        "state_word": STATE_WORDS[listed.state],
        "states": [
            {"word": STATE_WORDS[s], "url": _url(listed, state=s, task=""), "current": s == listed.state}
            for s in STATES
        ],
        "chosen": _chosen(listed),
        "path": looking.path("people"),
        "lines": _lines(listed, rows),
        "tasks_known": bool(looking.books.packs.responsibility_packs),
        "total": listed.total,
        "hidden_people": listed.roster.hidden,
        "answer_url": looking.url("answer"),
        "export_url": _export_url(listed),
        "older_url": _url(listed, after=_key(rows[-1])) if rows and (more or backwards) else "",
        "newer_url": _url(listed, before=_key(rows[0])) if rows and (more if backwards else after) else "",
    }
    return render(request, "coverage/people.html", context)


def _lines(listed: Listed, rows: list[Row]) -> list[Line]:
    requirements = Requirements()
    looking = listed.looking
    tasks = TaskBook(looking.books, looking.year, looking.day).of_rows(rows)
    names = names_of(tasks.values()) if tasks else {}
    return [
        Line(
            row,
            listed.roster.places[row.branch_id],
            requirements.owed(row.missing),
            task_words(tasks[row.person_id], names) if row.person_id in tasks else "",
        )
        for row in rows
    ]


def _key(row: Row) -> str:
    return f"{row.branch_id}-{row.person_id}"


def _url(listed: Listed, **extra: Any) -> str:
    return listed.looking.url("people", **{"state": listed.state, "q": listed.text, "task": listed.task, **extra})


def _export_url(listed: Listed) -> str:
    looking = listed.looking
    if not looking.actor.may(Permission.EXPORT, looking.organisation.path):
        return ""
    return looking.url("people-export", state=listed.state, q=listed.text, task=listed.task)


def _chosen(listed: Listed) -> list[dict[str, str]]:
    looking, chips = listed.looking, []
    if listed.text:
        label = _("姓名含“%(text)s”") % {"text": listed.text}
        chips.append({"label": label, "remove_url": _url(listed, q="")})
    if listed.task:
        label = _("由%(name)s补训") % {"name": listed.task_name}
        chips.append({"label": label, "remove_url": _url(listed, task="")})
    if looking.audience:
        chips.append({"label": looking.audience.name, "remove_url": _url(listed, audience="")})
    if looking.as_of:
        label = _("截至%(day)s") % {"day": f"{looking.as_of:%Y-%m-%d}"}
        chips.append({"label": label, "remove_url": _url(listed, as_of="")})
    return chips


@require_safe
def export(request: Any, code: str) -> HttpResponseBase:
    """The list as one sees it, whole: a workbook, or CSV for a list that is longer than a workbook should be."""
    listed = _listed(request, code, Permission.EXPORT)
    looking, total = listed.looking, listed.total
    audit.record(
        by=request.actor,
        at=timezone.now(),
        action="export",
        subject="people",
        subject_id=looking.organisation.code,
        organisation_id=looking.organisation.pk,
        year=looking.year,
        state=listed.state,
        rows=total,
    )
    words = {"name": looking.organisation.name, "year": looking.year, "state": STATE_WORDS[listed.state]}
    name = _("%(name)s%(year)s年%(state)s名单") % words
    rows = gap_rows(listed.roster)
    if total > MOST_IN_WORKBOOK:
        answer = StreamingHttpResponse(
            csv_blocks(columns=[str(h) for h in HEADINGS], rows=rows), content_type="text/csv"
        )
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
        return answer
    file = BytesIO()
    write_workbook(file, title=name, sheets=[gap_sheet(rows)])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
