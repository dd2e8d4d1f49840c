"""Lists of persons as tables that leave the house."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.coverage.queries.listing import Roster, Row
from peixun.coverage.queries.people import Owed, Requirements
from peixun.coverage.queries.tasks import TaskBook, names_of
from peixun.coverage.rules import Task
from peixun.kernel import bulk
from peixun.kernel.hours import from_quarters
from peixun.kernel.tables.writer import Column, Sheet
from peixun.people.models import Level

IN_ONE_STEP = 2000

HEADINGS = (
    gettext_lazy("姓名"),
    gettext_lazy("所在党支部"),
    gettext_lazy("党支部代码"),
    gettext_lazy("计入学时"),
    gettext_lazy("参训人次"),
    gettext_lazy("是否已训"),
    gettext_lazy("是否达标"),
    gettext_lazy("还差学时"),
    gettext_lazy("还差集中培训次数"),
    gettext_lazy("还差什么"),
    gettext_lazy("补训责任单位"),
)
_WIDTHS = (10, 28, 16, 10, 10, 10, 10, 10, 12, 48, 28)
_KINDS = ("text", "text", "text", "hours", "int", "text", "text", "hours", "int", "text", "text")


def gap_rows(roster: Roster, *, gaps_only: bool = False) -> Iterator[Sequence[Any]]:
    """One row a person in the order of `HEADINGS`, worked out as they are asked for.

    With `gaps_only`, those are left out who are covered and of whom nothing is asked.
    """
    requirements = Requirements()
    book = TaskBook(roster.books, roster.selection.year, roster.selection.day)
    asked = (row for row in roster.walk() if not (gaps_only and row.covered and not row.missing))
    for row, task in _with_tasks(book, asked):
        owed = requirements.owed(row.missing)
        place = roster.places[row.branch_id]
        yield (
            row.name,
            place.name,
            place.code,
            from_quarters(row.quarters),
            row.person_times,
            _("是") if row.covered else _("否"),
            _("是") if row.fulfilled else _("否"),
            from_quarters(max((gap[1] for gap in row.missing), default=0)),
            max((gap[2] for gap in row.missing), default=0),
            _("；").join(owed_words(o) for o in owed),
            task,
        )


def _with_tasks(book: TaskBook, rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Each row with whose task it is, in words; "" for those who are covered."""
    for chunk in bulk.chunks(rows, IN_ONE_STEP):
        tasks = book.of_rows(chunk)
        names = names_of(tasks.values())
        for row in chunk:
            task = tasks.get(row.person_id)
            yield row, task_words(task, names) if task else ""


def task_words(task: Task, names: Mapping[int, str]) -> str:
    """Whose task a missing person is: an organisation, or a level above all organisations here."""
    if not task.level:
        return _("没有规则")
    return names.get(task.organisation or 0) or str(Level(task.level).label)


def owed_words(owed: Owed) -> str:
    """What is owed for one requirement, in words."""
    values = {"name": owed.name, "hours": owed.hours.rstrip("0").rstrip("."), "n": owed.concentrated}
    if not owed.concentrated:
        return _("%(name)s：还差 %(hours)s 学时") % values
    if owed.hours == "0.00":
        return _("%(name)s：还差集中培训 %(n)s 次") % values
    return _("%(name)s：还差 %(hours)s 学时、集中培训 %(n)s 次") % values


def gap_sheet(rows: Iterable[Sequence[Any]]) -> Sheet:
    """The rows as a sheet."""
    columns = [
        Column(str(heading), width, kind)  # type: ignore[arg-type]
        for heading, width, kind in zip(HEADINGS, _WIDTHS, _KINDS, strict=True)
    ]
    return Sheet(str(_("名单")), columns, rows)
