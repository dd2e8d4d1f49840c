"""Statistical tables: what leaves the house is noted in the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from peixun.kernel.papers.numerals import format_date
from peixun.kernel.tables.writer import Column, Sheet, Target, write_workbook
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.table import audience_rows, unit_rows


@dataclass(frozen=True)
class TableRequest:
    """Which statistical table: of whose subtree, in which year, up to which date of it, how many levels down."""

    organisation: Organisation
    year: int
    as_of: date
    levels: int = 2


def write_table(target: Target, *, wanted: TableRequest, by: Actor, at: datetime) -> None:
    """This operation will write the statistical table as a workbook and note that it left the house.

    Raises OutOfScope unless the actor may report there, ValueError when the date lies outside the year.
    """
    organisation = wanted.organisation
    by.require(Permission.REPORT, organisation.path)
    year = YearRecords(organisation, wanted.year, wanted.as_of)
    title = _("%(name)s%(year)d年党员教育培训统计表（截至%(day)s）") % {
        "name": organisation.name,
        "year": wanted.year,
        "day": format_date(wanted.as_of),
    }
    sheets = [
        Sheet(_("按党组织"), [_unit_column(), *_count_columns(), *_amount_columns()], _unit_cells(year, wanted.levels)),
        Sheet(
            _("按党组织和培训对象"),
            [_unit_column(), Column(_("培训对象"), 24), *_count_columns()],
            _audience_cells(year, wanted.levels),
        ),
        Sheet(_("说明"), [Column(pgettext("notes", "项目"), 16), Column(_("说明"), 110)], _notes(year)),
    ]
    write_workbook(target, title=title, sheets=sheets)
    audit.record(
        by=by,
        at=at,
        action="export",
        subject="statistical_table",
        subject_id=wanted.year,
        organisation_id=organisation.pk,
        as_of=wanted.as_of.isoformat(),
    )


def _unit_column() -> Column:
    return Column(_("党组织"), 44)


def _count_columns() -> list[Column]:
    return [
        Column(_("应训（人）"), 11, "int"),
        Column(_("参训（人）"), 11, "int"),
        Column(_("未参训（人）"), 12, "int"),
        Column(_("覆盖率"), 10, "percent"),
        Column(_("达标（人）"), 11, "int"),
        Column(_("达标率"), 10, "percent"),
    ]


def _amount_columns() -> list[Column]:
    return [Column(_("参训（人次）"), 13, "int"), Column(_("学时"), 14, "hours")]


def _unit_cells(year: YearRecords, levels: int) -> Iterator[list[Any]]:
    for row in unit_rows(year, levels=levels):
        name = "　" * row.depth + row.organisation.name
        yield [name, *_count_cells(row.count), row.count.person_times, row.count.hours]


def _audience_cells(year: YearRecords, levels: int) -> Iterator[list[Any]]:
    for row in audience_rows(year, levels=levels):
        yield ["　" * row.depth + row.organisation.name, row.audience, *_count_cells(row.count)]


def _count_cells(count: Any) -> list[Any]:
    return [
        count.due,
        count.covered,
        count.missing,
        _fraction(count.share),
        count.fulfilled,
        _fraction(count.fulfilled_share),
    ]


def _fraction(percent: Any) -> Any:
    return None if percent is None else percent / 100


def _notes(year: YearRecords) -> Iterator[tuple[str, str]]:
    yield _("统计范围"), _("%s及其下级党组织，按截止日期的组织体系汇总") % year.organisation.name
    yield _("截止日期"), format_date(year.as_of)
    yield _("应训"), _("截止日期在册的党员干部，每人计一次；失联和批准免训的不计，流动党员计入")
    yield _("参训"), _("应训人员中，本年度计入学时大于零的，每人计一次")
    yield _("达标"), _("参训人员中，本年度所在各类培训对象的学时要求都已达到的，每人计一次；没有要求的不计达标")
    yield _("人次、学时"), _("应训人员参加的活动，每人每项活动计一次人次；学时按折算和封顶规则计入")
    yield _("培训对象"), _("同一人可以属于几类培训对象，各类人数不能相加")
    if year.position.updating:
        yield _("提示"), _("部分数据正在更新，可能略有滞后")
