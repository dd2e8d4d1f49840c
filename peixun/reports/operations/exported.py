"""What a scheduled run makes: the file of one table, list or set of figures, up to one day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import orjson
from django.utils.translation import gettext as _

from peixun.coverage.exports import gap_rows, gap_sheet
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.listing import Roster, Selection
from peixun.kernel.tables.writer import write_workbook
from peixun.people.models import Audience, Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.models import Exported, Schedule
from peixun.reports.operations.drafting import compose_work_report, note_drafted
from peixun.reports.operations.statistics import note_statistics, statistics_title, statistics_workbook
from peixun.reports.queries.statistics import Statistics

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
PERMISSIONS = {
    Exported.STATISTICS: Permission.REPORT,
    Exported.FIGURES: Permission.REPORT,
    Exported.GAPS: Permission.EXPORT,
}
"""What one must be allowed to do on the organisation, at the time of each run and of each download."""


class NotMade(Exception):
    """A file can't be made like that any more. The text is for people."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and how to note that it was made."""

    name: str
    content_type: str
    data: bytes
    note: Callable[[Actor, datetime], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be made: whose schedule, up to which day, signed on a day."""

    schedule: Schedule
    as_of: date
    today: date

    @property
    def organisation(self) -> Organisation:
        """Of whose subtree."""
        found: Organisation = self.schedule.organisation
        return found


def make(run: Run, *, by: Actor) -> Made:
    """The file, with what the actor may see. Nothing is written. Raises OutOfScope, NotMade."""
    what = Exported(run.schedule.what)
    by.require(PERMISSIONS[what], run.organisation.path)
    return _MAKERS[what](run, by)


def _statistics(run: Run, by: Actor) -> Made:
    chosen = run.schedule.chosen
    _audience(chosen)
    wanted = Statistics(
        run.organisation,
        run.as_of.year,
        run.as_of,
        rows=chosen["rows"],
        columns=tuple(chosen["columns"]),
        audience=chosen["audience"],
        tier=chosen["tier"],
    )
    file = BytesIO()
    statistics_workbook(file, wanted)
    name = _named(statistics_title(wanted), run.as_of, "xlsx")
    return Made(name, XLSX, file.getvalue(), lambda by, at: note_statistics(wanted, by=by, at=at))


def _gaps(run: Run, by: Actor) -> Made:
    year = run.as_of.year
    selection = Selection(run.organisation, year, run.as_of, "unfulfilled", _audience(run.schedule.chosen))
    counted = _Counted(gap_rows(Roster(selection, current_books(), by.paths(Permission.EXPORT)), gaps_only=True))
    title = _("%(name)s%(year)s年欠学名单") % {"name": run.organisation.name, "year": year}
    file = BytesIO()
    write_workbook(file, title=title, sheets=[gap_sheet(counted)])

    def note(by: Actor, at: datetime) -> None:
        audit.record(
            by=by,
            at=at,
            action="export",
            subject="gaps",
            subject_id=run.organisation.code,
            organisation_id=run.organisation.pk,
            year=year,
            as_of=run.as_of.isoformat(),
            rows=counted.count,
        )

    return Made(_named(title, run.as_of, "xlsx"), XLSX, file.getvalue(), note)


def _figures(run: Run, by: Actor) -> Made:
    report = compose_work_report(run.organisation, year=run.as_of.year, as_of=run.as_of, signed_on=run.today)
    data = orjson.dumps(report.figures_json(), option=orjson.OPT_INDENT_2)
    title = _("%(name)s%(year)d年工作报告数据") % {"name": run.organisation.name, "year": run.as_of.year}
    name = _named(title, run.as_of, "json")
    return Made(name, JSON, data, lambda by, at: note_drafted(report, by=by, at=at))


_MAKERS: dict[Exported, Callable[[Run, Actor], Made]] = {
    Exported.STATISTICS: _statistics,
    Exported.GAPS: _gaps,
    Exported.FIGURES: _figures,
}


def _audience(chosen: dict[str, Any]) -> Audience | None:
    key = chosen.get("audience", "")
    found = Audience.objects.filter(key=key).first() if key else None
    if key and found is None:
        raise NotMade(_("所选的培训对象已经删除，请删除这项定期导出，重新设定"))
    return found


def _named(title: str, as_of: date, ending: str) -> str:
    return _("%(title)s（截至%(day)s）.%(ending)s") % {"title": title, "day": as_of.isoformat(), "ending": ending}


class _Counted:
    """Rows that count themselves while they pass."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.count = 0
        self._rows = rows

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            self.count += 1
            yield row
