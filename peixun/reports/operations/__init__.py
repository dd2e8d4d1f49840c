"""Writes of the room."""

from peixun.reports.operations.drafting import FIRST_YEAR, WorkReport, compose_work_report, draft_work_report
from peixun.reports.operations.exported import PERMISSIONS
from peixun.reports.operations.issuing import IssueRefused, Wanted, compare_with_now, issue, open_document
from peixun.reports.operations.running import expire_files, run_due
from peixun.reports.operations.scheduling import (
    NewSchedule,
    ScheduleRefused,
    delete_schedule,
    make_schedule,
    open_scheduled,
    pause_schedule,
    resume_schedule,
)
from peixun.reports.operations.statistics import narrowing_words, statistics_title, write_statistics
from peixun.reports.operations.tables import TableRequest, write_table
from peixun.reports.operations.texts import Text, WantedText, compose_text, draft_text

__all__ = [
    "FIRST_YEAR",
    "PERMISSIONS",
    "IssueRefused",
    "NewSchedule",
    "ScheduleRefused",
    "TableRequest",
    "Text",
    "Wanted",
    "WantedText",
    "WorkReport",
    "compare_with_now",
    "compose_text",
    "compose_work_report",
    "delete_schedule",
    "draft_text",
    "draft_work_report",
    "expire_files",
    "issue",
    "make_schedule",
    "narrowing_words",
    "open_document",
    "open_scheduled",
    "pause_schedule",
    "resume_schedule",
    "run_due",
    "statistics_title",
    "write_statistics",
    "write_table",
]
