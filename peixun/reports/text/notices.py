"""通报 and 通知: how far an organisation's units have come, and what is still to be trained until when.

Organisations are named, in the order of their codes: a list of work to do and no ranking. Persons never are.
"""

from collections.abc import Iterable
from datetime import date

from peixun.catalog.models import Requirement
from peixun.coverage.queries.position import ChildCount
from peixun.kernel.papers.model import Appendix, Block, Cell, Heading, Paper, Paragraph, Table, as_run, paragraph
from peixun.kernel.papers.numerals import format_date
from peixun.reports.queries.ledger_state import LedgerState
from peixun.reports.queries.statistics import DIMENSION_WORDS
from peixun.reports.text.appendices import sealed_rows
from peixun.reports.text.problems import FEWEST_IN_AUDIENCE
from peixun.reports.text.writer import Sentence, Writer, listed

SPECIAL_LIMIT = 4000
"""Characters that a bulletin or notice may have."""
NAMED = 10


def bulletin_paper(writer: Writer, *, signed_on: date, ledger: LedgerState) -> Paper:
    """关于2018年党员教育培训进展情况的通报: what is done, where gaps are, what is to be done."""
    year = writer.year
    children = year.position.children
    body: list[Block] = [_plain(_opening(writer)), Heading(1, "总体进展"), _plain(_progress(writer))]
    gaps = _gaps(writer, children)
    if gaps:
        body += [Heading(1, "尚需补齐的工作"), *gaps]
    body += [Heading(1, "下一步工作要求"), *_demands(writer, children)]
    appendices = [Appendix("各单位培训进展", [_units(writer, children)])] if children else []
    return Paper(
        title=f"关于{year.year}年党员教育培训\n进展情况的通报",
        organisation=year.organisation.name,
        date=signed_on,
        salutation="各下级党组织：" if children else "全体党员：",
        body=body,
        appendices=[*appendices, _basis(writer, ledger)],
    )


def notice_paper(
    writer: Writer,
    *,
    until: date,
    contact: str,
    requirements: Iterable[Requirement],
    signed_on: date,
    ledger: LedgerState,
) -> Paper:
    """关于做好2018年党员教育培训补训工作的通知: whom, what they owe, until when."""
    year, n = writer.year, writer.number
    children = year.position.children
    whom: Sentence = [
        f"截至{writer.until}，{year.organisation}应训{writer.learners}",
        *(n("members_total"), "人，已参训", n("trained_total"), "人，"),
    ]
    if writer.value("uncovered_total"):
        whom += ["尚有", n("uncovered_total"), "人没有学时记录，"]
    if writer.value("unfulfilled_total"):
        whom += ["学时未达标的共", n("unfulfilled_total"), "人（含没有学时记录的），"]
    owing = writer.value("uncovered_total") or writer.value("unfulfilled_total")
    whom.append("以上未参训和未达标人员均须参加补训。" if owing else "均已达标，本次培训面向需要巩固提高的人员。")
    body: list[Block] = [
        paragraph(f"为完成{year.year}年党员教育培训任务，现就做好补训工作通知如下。"),
        Heading(1, "培训对象"),
        _plain(whom),
        *_of_audiences(writer),
        Heading(1, "学时要求"),
        *_owed(requirements),
        Heading(1, "完成时限"),
        paragraph(f"补训于{format_date(until)}前完成，学时记录同时登记入账。"),
        Heading(1, "有关要求"),
        paragraph("各单位在系统中打开本单位欠学名单，逐人核对，明确补训方式和责任人。", lead="核对名单。"),
        paragraph(
            "对外出流动、年老体弱和工学矛盾突出的，分别采取网络自学、送学上门、集中补课等办法。", lead="分类安排。"
        ),
        paragraph("学时随学随记，凭活动记录登记，不得补造。", lead="如实登记。"),
    ]
    if contact:
        body.append(paragraph(f"联系人及电话：{contact}"))
    appendices = [Appendix("各单位补训任务", [_units(writer, children)])] if children else []
    return Paper(
        title=f"关于做好{year.year}年党员教育培训\n补训工作的通知",
        organisation=year.organisation.name,
        date=signed_on,
        salutation="各下级党组织：" if children else "全体党员：",
        body=body,
        appendices=[*appendices, _basis(writer, ledger)],
    )


def _plain(sentence: Sentence) -> Paragraph:
    return Paragraph([as_run(piece) for piece in sentence])


def _opening(writer: Writer) -> Sentence:
    return [f"现将{writer.year.organisation}{writer.span}{writer.learners}教育培训进展情况通报如下。"]


def _progress(writer: Writer) -> Sentence:
    n = writer.number
    if not writer.value("members_total"):
        return [f"截至{writer.until}，没有应训{writer.learners}。"]
    return [
        f"截至{writer.until}，应训{writer.learners}",
        *(n("members_total"), "人，已参训", n("trained_total"), "人，覆盖率", n("coverage_rate"), "；"),
        *("学时达标", n("fulfilled_total"), "人，达标率", n("fulfilment_rate"), "。"),
        *("共开展各类培训活动", n("all_activities"), "次，参训", n("all_person_times"), "人次。"),
    ]


def _gaps(writer: Writer, children: list[ChildCount]) -> list[Block]:
    n = writer.number
    told: list[Block] = []
    if writer.value("uncovered_total"):
        sentence: Sentence = ["还有", n("uncovered_total"), f"名应训{writer.learners}没有学时记录"]
        lacking = [str(c.organisation) for c in children if c.count.missing]
        if lacking:
            sentence.append(f"，分布在{listed(lacking, most=NAMED)}{len(lacking)}个单位，各单位人数见附件")
        told.append(Paragraph([as_run(piece) for piece in [*sentence, "。"]], lead="未参训。"))
    if writer.value("unfulfilled_total"):
        told.append(paragraph("学时未达标的共", n("unfulfilled_total"), "人，含没有学时记录的。", lead="未达标。"))
    return told


def _demands(writer: Writer, children: list[ChildCount]) -> list[Block]:
    if not writer.value("uncovered_total") and not writer.value("unfulfilled_total"):
        return [paragraph("保持现有做法，如实登记学时，组织好巩固提高。")]
    who = "各单位对照附件所列人数" if children else "支部对照欠学名单"
    return [
        paragraph(
            f"{who}，逐人核对，分清外出流动、年老体弱、工学矛盾等情况，明确补训方式和责任人。", lead="核对名单。"
        ),
        paragraph("未参训的先安排参训，未达标的按所欠学时安排，避免集中到年底。", lead="抓紧补训。"),
        paragraph("学时随学随记，凭活动记录登记，不得补造。", lead="如实登记。"),
    ]


def _of_audiences(writer: Writer) -> list[Block]:
    """How many of each audience are left; small ones would point at single persons."""
    sentence: Sentence = []
    for audience in writer.year.position.audiences:
        count = audience.count
        if count.due >= FEWEST_IN_AUDIENCE and count.missing:
            sentence += [
                "，" if sentence else "其中，",
                audience.name,
                writer.number(f"uncovered_of:{audience.key}"),
                "人",
            ]
    return [_plain([*sentence, "尚未参训。同一人属于几类对象的，各类分别计入。"])] if sentence else []


def _owed(requirements: Iterable[Requirement]) -> list[Block]:
    rows = [[one.audience.name, str(one.get_period_display()), _least(one)] for one in requirements]
    if not rows:
        return [paragraph("本年度没有发布学时要求，按每人至少参加一次培训安排。")]
    told = "学时要求按培训对象确定如下，同属几类的分别达到。"
    return [paragraph(told), Table(["培训对象", "周期", "不少于"], rows)]


def _least(one: Requirement) -> str:
    parts = [f"{one.min_hours.normalize():f}学时" if one.min_hours else ""]
    if one.min_days:
        parts[0] += f"{'或' if parts[0] else ''}{one.min_days}天"
    if one.min_concentrated:
        parts.append(f"集中培训{one.min_concentrated}次")
    parts += [f"其中{DIMENSION_WORDS[w['dimension']](w['value']).label}{w['hours']}学时" for w in one.within]
    return "，".join(part for part in parts if part)


def _units(writer: Writer, children: list[ChildCount]) -> Table:
    """Every unit in the order of codes, also those with nothing left to do."""
    rows: list[list[Cell]] = [
        [
            child.organisation.name,
            str(child.count.due),
            str(child.count.covered),
            writer.number(f"uncovered_in:{child.organisation.code}"),
        ]
        for child in children
    ]
    return Table(["单位", "应训（人）", "已参训（人）", "尚未参训（人）"], rows)


def _basis(writer: Writer, ledger: LedgerState) -> Appendix:
    told: list[Block] = [
        paragraph(f"数据截至{writer.until}，由学时台账和党员名册逐条统计，同一人只计一次。"),
        Table(
            ["数据项", "数值", "统计口径"],
            [[f.label, f"{f.value}{f.unit}", f.rule] for f in writer.used.values() if ":" not in f.key],
        ),
        Table(["学时台账", "情况"], sealed_rows(ledger)),
    ]
    if writer.year.position.updating:
        told.append(paragraph("起草时部分数据正在更新，达标人数可能略有滞后。"))
    return Appendix("数据依据", told)
