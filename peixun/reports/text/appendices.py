"""The appendices: every figure with its rule; what was left out; the ledger's sealed head."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from peixun.kernel.figures import Figure, Part
from peixun.kernel.papers.model import Appendix, Block, Cell, Run, Table, paragraph
from peixun.kernel.papers.numerals import format_date
from peixun.reports.queries.ledger_state import LedgerState
from peixun.reports.text.writer import printed

GROUP = 8
"""The sealed head is printed in groups of so many digits, so that two can be compared by eye."""


@dataclass(frozen=True)
class LeftOut:
    """A figure of the contract that nothing is recorded for yet."""

    key: str
    label: str
    reason: str


def left_out() -> list[LeftOut]:
    """What the report leaves out, and why."""
    return [
        LeftOut("app_users", _("安装使用学习客户端的党员人数"), _("学习客户端尚未启用，没有使用记录可以统计")),
        LeftOut(
            "films_broadcast", _("制作播出的专题片部数"), _("专题片制作和电视播出尚未在系统中登记，没有记录可以统计")
        ),
    ]


def figures_appendix(figures: Iterable[Figure]) -> Appendix:
    """Every figure of the report: value, unit, rule, numerator and denominator, date, number of records."""
    rows: list[list[Cell]] = [
        [
            str(number),
            figure.label,
            Run(printed(figure)),
            figure.unit,
            figure.rule,
            _parts(figure),
            str(figure.entries),
        ]
        for number, figure in enumerate(figures, start=1)
    ]
    columns = ["序号", "数据项", "数值", "单位", "统计口径", "分子／分母", "依据记录（条）"]
    return Appendix("数据及统计口径", [Table(columns, rows)], landscape=True)


def _parts(figure: Figure) -> str:
    whole: Part | None = figure.denominator
    return f"{figure.numerator.value}／{whole.value}" if whole is not None else f"{figure.numerator.value}"


def notes_appendix(missing: Sequence[LeftOut], ledger: LedgerState, *, as_of: str, lagging: bool) -> Appendix:
    """What was left out and why; what the figures rest on."""
    told: list[Block] = [
        paragraph("以下数据没有记录可查，本报告不作反映。"),
        Table(["未反映的数据", "原因"], [[item.label, item.reason] for item in missing]),
        paragraph(
            f"本报告数据统计截止日期为{as_of}，由学时台账和党员名册逐条统计得出，"
            "同一人在同一口径内只计一次，人数与人次分别注明。出具报告时学时台账的封存情况如下。"
        ),
        Table(["学时台账", "情况"], sealed_rows(ledger)),
    ]
    if lagging:
        told.append(paragraph("出具本报告时部分达标数据正在更新，达标人数可能略有滞后。"))
    return Appendix("未反映事项和数据依据", told)


def sealed_rows(ledger: LedgerState) -> list[list[str]]:
    """How far the ledger is sealed, as rows of a table."""
    counts = [["已封存记录（条）", str(ledger.sealed)], ["未封存记录（条）", str(ledger.unsealed)]]
    if not ledger.head:
        return counts
    head = " ".join(ledger.head[place : place + GROUP] for place in range(0, len(ledger.head), GROUP))
    return [
        *counts,
        ["最近一次封存", f"第{ledger.number}批，{format_date(ledger.sealed_on)}"],
        ["封存链首", head],
    ]
