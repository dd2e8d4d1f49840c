"""Writes of the room."""

from peixun.reports.operations.drafting import FIRST_YEAR, WorkReport, compose_work_report, draft_work_report
from peixun.reports.operations.issuing import IssueRefused, Wanted, compare_with_now, issue, open_document
from peixun.reports.operations.tables import TableRequest, write_table

__all__ = [
    "FIRST_YEAR",
    "IssueRefused",
    "TableRequest",
    "Wanted",
    "WorkReport",
    "compare_with_now",
    "compose_work_report",
    "draft_work_report",
    "issue",
    "open_document",
    "write_table",
]
