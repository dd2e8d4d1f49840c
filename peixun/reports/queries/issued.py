"""Reads of what was issued."""

import hashlib
from datetime import UTC, date

import orjson
from django.db.models import QuerySet

from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.models import IssuedReport, ReportKind


def issued_in_scope(actor: Actor) -> QuerySet[IssuedReport]:
    """What an actor may read, newest first, without the files."""
    rows = IssuedReport.objects.filter(organisation__in=actor.organisations(Permission.REPORT))
    return rows.select_related("organisation", "issued_by").defer("document", "roll", "figures", "differences")


def versions(organisation: Organisation, *, year: int, as_of: date) -> list[IssuedReport]:
    """The versions of one report, newest first, without the files."""
    rows = IssuedReport.objects.filter(organisation=organisation, kind=ReportKind.WORK, year=year, as_of=as_of)
    return list(
        rows.select_related("issued_by").defer("document", "roll", "figures", "differences").order_by("-number")
    )


def content_digest(report: IssuedReport, previous: IssuedReport | None) -> str:
    """The digest (hex) of everything that a version says and of the version before."""
    said = {
        "organisation": report.organisation_id,
        "kind": str(report.kind),
        "year": report.year,
        "as_of": report.as_of.isoformat(),
        "number": report.number,
        "title": report.title,
        "note": report.note,
        "issued_at": report.issued_at.astimezone(UTC).isoformat(),
        "issued_by": report.issued_by_id,
        "figures": report.figures,
        "differences": report.differences,
        "seal": [report.seal_number, report.head, report.sealed, report.acts],
        "document": report.document_digest,
        "previous": previous.digest if previous else "",
    }
    if report.roll is not None:
        said["roll"] = hashlib.sha256(bytes(report.roll)).hexdigest()
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_intact(report: IssuedReport) -> bool:
    """Whether file, figures and all else are still what was issued."""
    if hashlib.sha256(bytes(report.document)).hexdigest() != report.document_digest:
        return False
    return content_digest(report, report.previous) == report.digest
