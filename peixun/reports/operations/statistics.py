"""Statistical tables for any filter, as workbooks: what leaves the house is noted in the audit trail."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from peixun.catalog.models import Tier
from peixun.kernel.papers.numerals import format_date
from peixun.kernel.tables.writer import Column, Kind, Sheet, Target, write_workbook
from peixun.people.models import Audience
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.queries.ledger_state import ledger_state
from peixun.reports.queries.statistics import StatColumn, Statistics, StatTable, as_fraction, stat_table


def statistics_title(wanted: Statistics) -> str:
    """The title of the table: whose, of which year."""
    return _("%(name)s%(year)d年党员教育培训统计表") % {"name": wanted.organisation.name, "year": wanted.year}


def write_statistics(target: Target, *, wanted: Statistics, by: Actor, at: datetime) -> None:
    """This operation will write a statistical table as a workbook and note that it left the house.

    Raises OutOfScope unless the actor may report there, ValueError for a table that can't be.
    """
    by.require(Permission.REPORT, wanted.organisation.path)
    statistics_workbook(target, wanted)
    note_statistics(wanted, by=by, at=at)


def statistics_workbook(target: Target, wanted: Statistics) -> None:
    """Write a statistical table as a workbook; nothing is noted. Raises ValueError for a table that can't be."""
    table = stat_table(wanted)
    columns = [Column(table.row_heading, 40), *(Column(c.heading, 13, cast("Kind", c.kind)) for c in table.columns)]
    notes = Sheet(
        _("说明"), [Column(pgettext("notes", "项目"), 16), Column(_("说明"), 110)], list(_notes(wanted, table))
    )
    title = _("%(title)s（截至%(day)s）") % {"title": statistics_title(wanted), "day": format_date(wanted.as_of)}
    write_workbook(target, title=title, sheets=[Sheet(_("统计表"), columns, _cells(table)), notes])


def note_statistics(wanted: Statistics, *, by: Actor, at: datetime) -> None:
    """This operation will note that a statistical table left the house."""
    audit.record(
        by=by,
        at=at,
        action="export",
        subject="statistical_table",
        subject_id=wanted.year,
        organisation_id=wanted.organisation.pk,
        as_of=wanted.as_of.isoformat(),
        rows_by=wanted.rows,
        audience=wanted.audience,
        tier=wanted.tier,
    )


def _cells(table: StatTable) -> Iterator[list[Any]]:
    for row in table.rows:
        yield [row.name, *(_cell(c, value) for c, value in zip(table.columns, row.values, strict=True))]


def _cell(column: StatColumn, value: Any) -> Any:
    return as_fraction(value) if column.kind == "percent" else value


def _notes(wanted: Statistics, table: StatTable) -> Iterator[tuple[str, str]]:
    yield _("统计单位"), _("%s及其下级党组织，按截止日期的组织体系汇总") % wanted.organisation.name
    yield _("截止日期"), format_date(wanted.as_of)
    yield _("筛选"), narrowing_words(wanted)
    yield _("应训"), _("截止日期在册的党员干部，每人计一次；失联和批准免训的不计，流动党员计入")
    yield _("参训"), _("应训人员中，本年度计入学时大于零的，每人计一次；按层级或维度时，指参加过这一类活动的")
    yield _("达标"), _("参训人员中，本年度所在各类培训对象的学时要求都已达到的，每人计一次；按层级或维度时不统计")
    yield _("人次、学时"), _("应训人员参加的活动，每人每项活动计一次人次；学时按折算和封顶规则计入")
    if wanted.rows in {"audiences", "dimensions"}:
        yield _("各行关系"), _("同一人可以计入几行，各行人数不能相加")
    ledger = ledger_state()
    yield (
        _("台账封存"),
        _("封存到第 %(number)d 批，共 %(sealed)d 条，未封存 %(unsealed)d 条")
        % {"number": ledger.number, "sealed": ledger.sealed, "unsealed": ledger.unsealed},
    )
    if ledger.head:
        yield _("封存链首"), ledger.head
    if table.updating:
        yield _("提示"), _("部分数据正在更新，可能略有滞后")


def narrowing_words(wanted: Statistics) -> str:
    """What the table is narrowed to."""
    if wanted.audience:
        audience = Audience.objects.filter(key=wanted.audience).first()
        return _("培训对象：%s") % (audience.name if audience else wanted.audience)
    return _("活动层级：%s") % Tier(wanted.tier).label if wanted.tier else _("全部应训人员、全部活动")
