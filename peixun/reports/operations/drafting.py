"""Drafting the work report: that it was drafted is noted in the audit trail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import override

from peixun.kernel.figures import Figure
from peixun.kernel.papers.length import Length, check_length
from peixun.kernel.papers.model import Paper
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.queries.figures import WORK_KEYS, Figures
from peixun.reports.queries.ledger_state import LedgerState, ledger_state
from peixun.reports.queries.records import YearRecords
from peixun.reports.text.appendices import LeftOut, left_out
from peixun.reports.text.paper import COMPREHENSIVE_LIMIT, work_paper
from peixun.reports.text.writer import Writer

FIRST_YEAR = 1949
"""Nothing is reported of the years before."""
PAPER_LANGUAGE = "zh-hans"
"""Official papers are Chinese, whatever language the screen speaks."""


@dataclass(frozen=True)
class WorkReport:
    """A drafted report: the paper, the contract's figures and then the others in it, what was left out, its length.

    `lagging` says that kept figures are being updated, so that fulfilment may lag behind;
    `source` gives other figures of the same year.
    """

    organisation: Organisation
    year: int
    as_of: date
    paper: Paper
    figures: list[Figure]
    left_out: list[LeftOut]
    length: Length
    ledger: LedgerState
    lagging: bool
    source: Figures

    def as_json(self) -> dict[str, Any]:
        """What the command prints as JSON."""
        return {
            "organisation": {"code": self.organisation.code, "name": self.organisation.name},
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "title": self.paper.flat_title,
            "length": {"count": self.length.count, "limit": self.length.limit, "within": self.length.within},
            "left_out": [{"key": o.key, "label": o.label, "reason": o.reason} for o in self.left_out],
            "ledger": {"head": self.ledger.head, "sealed": self.ledger.sealed, "unsealed": self.ledger.unsealed},
            "figures": self.figures_json(),
        }

    def figures_json(self) -> list[dict[str, Any]]:
        """The figures in the contract's shape."""
        return [figure.as_json() for figure in self.figures]


def compose_work_report(organisation: Organisation, *, year: int, as_of: date, signed_on: date) -> WorkReport:
    """The work report of an organisation's subtree for a year up to a date of it. Nothing is written.

    Raises ValueError when the date lies outside the year.
    """
    with override(PAPER_LANGUAGE):
        figures = Figures(YearRecords(organisation, year, as_of))
        writer = Writer(figures)
        ledger = ledger_state()
        paper = work_paper(writer, signed_on=signed_on, ledger=ledger, missing=left_out())
        wanted = {key: figures[key].figure for key in WORK_KEYS} | writer.used
    return WorkReport(
        organisation=organisation,
        year=year,
        as_of=as_of,
        paper=paper,
        figures=list(wanted.values()),
        left_out=left_out(),
        length=check_length(paper, COMPREHENSIVE_LIMIT),
        ledger=ledger,
        lagging=figures.records.position.updating,
        source=figures,
    )


def draft_work_report(
    organisation: Organisation, *, year: int, as_of: date, signed_on: date, by: Actor, at: datetime
) -> WorkReport:
    """This operation will draft the work report of an organisation's subtree and note that it was drafted.

    Raises OutOfScope unless the actor may report there, ValueError when the date lies outside the year.
    """
    by.require(Permission.REPORT, organisation.path)
    report = compose_work_report(organisation, year=year, as_of=as_of, signed_on=signed_on)
    note_drafted(report, by=by, at=at)
    return report


def note_drafted(report: WorkReport, *, by: Actor, at: datetime) -> None:
    """This operation will note that a report was drafted."""
    audit.record(
        by=by,
        at=at,
        action="draft",
        subject="work_report",
        subject_id=report.year,
        organisation_id=report.organisation.pk,
        as_of=report.as_of.isoformat(),
        head=report.ledger.head,
    )
