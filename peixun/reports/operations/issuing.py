"""Issuing a report: the ledger is sealed, the report drafted from what lies under the seal, and frozen."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override

from peixun.kernel.figures import Figure
from peixun.kernel.papers.docx_writer import docx_bytes
from peixun.ledger.models import Seal
from peixun.ledger.operations import seal
from peixun.people.models import AuditEntry, Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.models import IssuedReport, ReportKind
from peixun.reports.operations.drafting import PAPER_LANGUAGE, WorkReport, compose_work_report
from peixun.reports.queries.differences import Differences, FrozenFigure, acts_after, differences
from peixun.reports.queries.frozen_roll import packed
from peixun.reports.queries.issued import content_digest, is_intact
from peixun.reports.text.versions import version_appendix
from peixun.reports.text.writer import printed

FREE_ATTEMPTS = 2
"""So often a draft is made without holding up anybody."""


class IssueRefused(Exception):
    """A report can't be issued, or an issued one not opened, like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: of whose subtree, in which year, up to which date of it; signed on a day, with a note."""

    organisation: Organisation
    year: int
    as_of: date
    signed_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A version that is ready, not kept yet, and what it was counted from: up to which seal and which audit entry."""

    made: IssuedReport
    seal_number: int

    def holds(self, at: datetime) -> bool:
        """Whether nothing that it was counted from has changed; asked while nobody can post."""
        seal(at=at)
        made = self.made
        if _last_seal() != self.seal_number or made.seal_number != self.seal_number:
            return False
        return made.previous == _previous(made.organisation, made.year, made.as_of) and not (
            acts_after(made.acts, made.organisation).exists()
        )


def issue(wanted: Wanted, *, by: Actor, at: datetime) -> IssuedReport:
    """This operation will issue the next version of a work report: sealed, drafted, frozen, noted in the trail.

    The draft is made while others go on working; it is kept only when nothing it was counted from has changed
    meanwhile, else it is made again, the last time while nobody can post.

    Raises OutOfScope unless the actor may issue there; IssueRefused while figures are being updated, when nothing has
    changed since the version before, or when somebody else was faster; ValueError for a date outside the year.
    """
    by.require(Permission.ISSUE_REPORT, wanted.organisation.path)
    try:
        for _attempt in range(FREE_ATTEMPTS):
            drafted = _draft(wanted, by, at)
            with transaction.atomic():
                _hold_others(wanted.organisation)
                if drafted.holds(at):
                    return _kept(drafted.made, by, at)
        with transaction.atomic():
            _hold_others(wanted.organisation)
            return _kept(_draft(wanted, by, at).made, by, at)
    except IntegrityError as error:
        raise IssueRefused(_("另一人同时出了一版，请打开核对后再出")) from error


def _draft(wanted: Wanted, by: Actor, at: datetime) -> Drafted:
    previous = _previous(wanted.organisation, wanted.year, wanted.as_of)
    acts = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    seal(at=at)
    sealed = _last_seal()
    report = _composed(wanted)
    if report.lagging:
        raise IssueRefused(_("有成批的变动正在计入，达标人数还不准，请过几分钟再出"))
    frozen = [frozen_figure(figure) for figure in report.figures]
    changed = _differences(previous, report, frozen) if previous else None
    if previous and changed and not changed.figures:
        raise IssueRefused(_("与第 %(number)s 版相比，各项数据没有变动，不必出新版") % {"number": previous.number})
    made = IssuedReport(
        organisation=wanted.organisation,
        kind=ReportKind.WORK,
        year=wanted.year,
        as_of=wanted.as_of,
        number=previous.number + 1 if previous else 1,
        previous=previous,
        title=report.paper.flat_title,
        note=wanted.note.strip(),
        issued_at=at,
        issued_by_id=by.account_id,
        figures=frozen,
        differences=changed.as_json() if changed else {},
        seal_number=report.ledger.number,
        head=report.ledger.head,
        sealed=report.ledger.sealed,
        acts=acts,
        roll=packed(report.source.records),
    )
    made.document = _document(report, made)
    made.document_digest = hashlib.sha256(made.document).hexdigest()
    made.digest = content_digest(made, previous)
    return Drafted(made, sealed)


def _kept(made: IssuedReport, by: Actor, at: datetime) -> IssuedReport:
    made.save(force_insert=True)
    _note(made, "issue", by=by, at=at)
    return made


def _previous(organisation: Organisation, year: int, as_of: date) -> IssuedReport | None:
    rows = IssuedReport.objects.filter(organisation=organisation, kind=ReportKind.WORK, year=year, as_of=as_of)
    return rows.order_by("number").last()


def _last_seal() -> int:
    return Seal.objects.aggregate(last=Max("number"))["last"] or 0


def _hold_others(organisation: Organisation) -> None:
    """Whoever issues for the same organisation waits; so does whoever posts, so that the seal covers what is counted.

    SQLite has one writer anyway, and the transaction holds that place from its beginning.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_creditentry IN SHARE MODE")


def _composed(wanted: Wanted) -> WorkReport:
    return compose_work_report(wanted.organisation, year=wanted.year, as_of=wanted.as_of, signed_on=wanted.signed_on)


def _differences(previous: IssuedReport, report: WorkReport, frozen: list[FrozenFigure]) -> Differences:
    with override(PAPER_LANGUAGE):
        return differences(previous, report.source, {figure["key"]: figure for figure in frozen}, frozen_figure)


def _document(report: WorkReport, made: IssuedReport) -> bytes:
    with override(PAPER_LANGUAGE):
        appendix = version_appendix(made.number, made.note, made.differences)
    return docx_bytes(replace(report.paper, appendices=[*report.paper.appendices, appendix]))


def frozen_figure(figure: Figure) -> FrozenFigure:
    """A figure as it is kept: the contract's shape, and how it was printed."""
    return {**figure.as_json(), "printed": printed(figure)}


def compare_with_now(report: IssuedReport, *, signed_on: date) -> dict[str, Any]:
    """How the figures of today differ from a version's, in the shape that versions keep. Nothing is written."""
    wanted = Wanted(report.organisation, report.year, report.as_of, signed_on)
    now = _composed(wanted)
    return _differences(report, now, [frozen_figure(figure) for figure in now.figures]).as_json()


def open_document(report: IssuedReport, *, by: Actor, at: datetime) -> bytes:
    """This operation will hand out the file of a version, byte for byte as issued, and note that it was taken.

    Raises OutOfScope, and IssueRefused when what is stored is no longer what was issued.
    """
    by.require(Permission.REPORT, report.organisation.path)
    if not is_intact(report):
        raise IssueRefused(_("这一版的内容与出具时的摘要不符，不能下载，请告知管理员核查"))
    _note(report, "download", by=by, at=at)
    return bytes(report.document)


def _note(report: IssuedReport, action: str, *, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        action=action,
        subject="issued_report",
        subject_id=report.pk,
        organisation_id=report.organisation_id,
        year=report.year,
        as_of=report.as_of.isoformat(),
        version=report.number,
        digest=report.document_digest,
    )
