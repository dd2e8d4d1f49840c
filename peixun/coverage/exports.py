"""Lists of persons, comparisons and months as tables that leave the house."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.coverage.queries.closed import Late
from peixun.coverage.queries.comparing import Comparison, Month
from peixun.coverage.queries.listing import Roster, Row
from peixun.coverage.queries.people import Owed, Requirements
from peixun.coverage.queries.position import Count
from peixun.coverage.queries.tasks import TaskBook, names_of
from peixun.coverage.rules import Task
from peixun.coverage.words import cut_words, late_words
from peixun.kernel import bulk, clock
from peixun.kernel.hours import from_quarters
from peixun.kernel.tables.writer import Column, Kind, Sheet
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


def comparison_sheets(both: Comparison) -> list[Sheet]:
    """Two dates side by side: the total, audiences, dimensions and organisations below."""
    before, after = both.before.as_of.isoformat(), both.after.as_of.isoformat()
    total = both.total
    totals = [
        (_("应训（人）"), total.before.due, total.after.due, total.due),
        (_("已训（人）"), total.before.covered, total.after.covered, total.covered),
        (_("覆盖（%）"), total.before.share, total.after.share, total.points),
        (
            _("达标（人）"),
            total.before.fulfilled,
            total.after.fulfilled,
            total.fulfilled,
        ),
        (
            _("参训（人次）"),
            total.before.person_times,
            total.after.person_times,
            total.person_times,
        ),
        (_("计入学时"), total.before.hours, total.after.hours, total.hours),
    ]
    # Whole people and hours stand in one column here: their own text keeps each as it is shown.
    rows = [(name, *(None if v is None else str(v) for v in values)) for name, *values in totals]
    columns = [Column(_("指标"), 16), Column(before, 14), Column(after, 14), Column(_("增减"), 12)]
    children = [(pair.name, pair.key, pair) for pair in both.children]
    return [
        Sheet(_("合计"), columns, rows),
        Sheet(_("下级单位"), _pair_columns(before, after, [_("单位"), _("代码")]), _pair_rows(children)),
        Sheet(
            _("培训对象"),
            _pair_columns(before, after, [_("培训对象")]),
            _pair_rows([(pair.name, pair) for pair in both.audiences]),
        ),
        Sheet(
            _("培训方式"),
            _cut_columns(before, after),
            [
                (
                    *cut_words(pair.key),
                    pair.before.covered,
                    pair.after.covered,
                    pair.covered,
                    pair.before.person_times,
                    pair.after.person_times,
                    pair.person_times,
                    pair.before.hours,
                    pair.after.hours,
                )
                for pair in both.dimensions
            ],
        ),
    ]


def _pair_columns(before: str, after: str, names: Sequence[str]) -> list[Column]:
    values: list[tuple[str, Kind]] = [
        (_("%(day)s 应训（人）"), "int"),
        (_("%(day)s 已训（人）"), "int"),
        (_("%(day)s 达标（人）"), "int"),
        (_("%(day)s 参训（人次）"), "int"),
        (_("%(day)s 计入学时"), "hours"),
    ]
    dated = [Column(words % {"day": day}, 14, kind) for day in (before, after) for words, kind in values]
    changes = [Column(_("应训增减（人）"), 12, "int"), Column(_("已训增减（人）"), 12, "int")]
    points = Column(_("覆盖增减（百分点）"), 14, "hours")
    return [*(Column(name, 24) for name in names), *dated, *changes, points]


def _pair_rows(named: Iterable[tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    for *names, pair in named:
        yield (*names, *_values(pair.before), *_values(pair.after), pair.due, pair.covered, pair.points)


def _values(count: Count) -> tuple[Any, ...]:
    return (count.due, count.covered, count.fulfilled, count.person_times, count.hours)


def _cut_columns(before: str, after: str) -> list[Column]:
    return [
        Column(_("方式"), 12),
        Column(_("类别"), 16),
        Column(_("%(day)s 人数（人）") % {"day": before}, 14, "int"),
        Column(_("%(day)s 人数（人）") % {"day": after}, 14, "int"),
        Column(_("人数增减（人）"), 12, "int"),
        Column(_("%(day)s 参训（人次）") % {"day": before}, 14, "int"),
        Column(_("%(day)s 参训（人次）") % {"day": after}, 14, "int"),
        Column(_("人次增减"), 12, "int"),
        Column(_("%(day)s 计入学时") % {"day": before}, 14, "hours"),
        Column(_("%(day)s 计入学时") % {"day": after}, 14, "hours"),
    ]


def late_sheet(rows: Iterable[Late]) -> Sheet:
    """What was posted after a closing, one row an entry; names stand only where the reader may see them."""
    columns = [
        Column(_("学时记录（号）"), 12, "int"),
        Column(_("冲销第几号"), 12, "int"),
        Column(_("姓名"), 10),
        Column(_("活动"), 30),
        Column(_("日期"), 12, "date"),
        Column(_("学时"), 8, "hours"),
        Column(_("补记原因"), 36),
        Column(_("记入时间"), 18),
        Column(_("记入人"), 16),
        Column(_("对本人统计的影响"), 20),
    ]
    values = (
        (
            row.entry.pk,
            row.entry.reverses_id,
            row.person.name if row.person else _("不显示姓名"),
            row.entry.activity.title,
            row.entry.happened_on,
            row.entry.hours,
            row.note.reason,
            f"{row.entry.posted_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
            str(row.posted_by or ""),
            late_words(row),
        )
        for row in rows
    )
    return Sheet(_("关账后补记"), columns, values)


def months_sheet(year: int, months: Sequence[Month]) -> Sheet:
    """The month ends of a year, each with its difference from the one before."""
    columns = [
        Column(_("截至"), 14, "date"),
        Column(_("应训（人）"), 12, "int"),
        Column(_("应训增减（人）"), 12, "int"),
        Column(_("已训（人）"), 12, "int"),
        Column(_("已训增减（人）"), 12, "int"),
        Column(_("覆盖（%）"), 10, "hours"),
        Column(_("覆盖增减（百分点）"), 14, "hours"),
        Column(_("达标（人）"), 12, "int"),
        Column(_("参训（人次）"), 12, "int"),
        Column(_("计入学时"), 12, "hours"),
    ]
    rows = [
        (
            month.day,
            month.count.due,
            month.pair.due if month.pair else None,
            month.count.covered,
            month.pair.covered if month.pair else None,
            month.count.share,
            month.pair.points if month.pair else None,
            month.count.fulfilled,
            month.count.person_times,
            month.count.hours,
        )
        for month in months
    ]
    return Sheet(_("%(year)s年各月") % {"year": year}, columns, rows)
