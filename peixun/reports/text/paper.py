"""The work report as a paper: opening, practices, problems, next steps, appendices."""

from datetime import date

from peixun.kernel.papers.model import Block, Heading, Paper, Paragraph, as_run
from peixun.kernel.papers.numerals import format_date
from peixun.reports.queries.ledger_state import LedgerState
from peixun.reports.text.appendices import LeftOut, figures_appendix, notes_appendix
from peixun.reports.text.practices import practices
from peixun.reports.text.problems import problems
from peixun.reports.text.writer import Sentence, Writer, paragraph_of

COMPREHENSIVE_LIMIT = 5000
"""Characters that a comprehensive paper may have."""


def work_paper(writer: Writer, *, signed_on: date, ledger: LedgerState, missing: list[LeftOut]) -> Paper:
    """The report, figures printed on the way noted in the writer; the contract's figures head the appendix."""
    year = writer.year
    # In this order, since the appendix lists figures as the text prints them.
    opening, done, found = _opening(writer), practices(writer), problems(writer)
    body: list[Block] = [opening]
    if done:
        body += [Heading(1, "主要做法"), *done]
    body += [Heading(1, "存在的问题"), *_numbered([(p.lead, p.sentence) for p in found])]
    body += [Heading(1, "下一步打算"), *_numbered([(p.step_lead, p.step) for p in found])]
    figures = list(writer.used.values())
    return Paper(
        title=title(writer),
        organisation=year.organisation.name,
        date=signed_on,
        body=body,
        appendices=[
            figures_appendix(figures),
            notes_appendix(missing, ledger, as_of=format_date(year.as_of), lagging=year.position.updating),
        ],
    )


def title(writer: Writer) -> str:
    """关于2017年党员教育培训工作的报告; of a year under way, with how far it goes."""
    year = writer.year
    if year.is_whole_year:
        return f"关于{year.year}年党员教育培训工作的报告"
    months = "1月" if year.as_of.month == 1 else f"1至{year.as_of.month}月"
    return f"关于{year.year}年{months}\n党员教育培训工作的报告"


def _opening(writer: Writer) -> Paragraph:
    n = writer.number
    sentence: Sentence
    if not writer.value("members_total"):
        sentence = [f"截至{writer.until}，{writer.year.organisation}没有应训{writer.learners}。"]
    elif not writer.value("trained_total"):
        sentence = [
            f"{writer.span}，{writer.year.organisation}应训{writer.learners}",
            *(n("members_total"), "人，尚没有学时记录。"),
        ]
    else:
        sentence = _totals(writer)
    return Paragraph([as_run(piece) for piece in [*sentence, "现将有关情况报告如下。"]])


def _totals(writer: Writer) -> Sentence:
    n = writer.number
    whole = writer.value("coverage_rate") == 100
    how = "按照上级部署抓党员学习培训" if writer.is_branch else "按照分级负责、分类施教、全员覆盖的思路抓党员教育培训"
    return [
        f"{writer.span}，{writer.year.organisation}{how}，",
        *(f"应训{writer.learners}", n("members_total"), "人，已培训", n("trained_total"), "人，"),
        *("覆盖率", n("coverage_rate"), "，实现了全覆盖；" if whole else "；"),
        *("共开展各类培训活动", n("all_activities"), "次，参训", n("all_person_times"), "人次。"),
    ]


def _numbered(parts: list[tuple[str, Sentence]]) -> list[Paragraph]:
    made = (paragraph_of([sentence], lead=lead) for lead, sentence in parts)
    return [paragraph for paragraph in made if paragraph is not None]
