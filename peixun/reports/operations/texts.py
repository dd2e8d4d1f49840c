"""Drafting bulletins and notices: that they left the house is noted in the audit trail."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import override

from peixun.catalog.models import Requirement
from peixun.kernel.papers.length import Length, check_length
from peixun.kernel.papers.model import Paper
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.operations.drafting import PAPER_LANGUAGE
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.ledger_state import ledger_state
from peixun.reports.queries.records import YearRecords
from peixun.reports.text.notices import SPECIAL_LIMIT, bulletin_paper, notice_paper
from peixun.reports.text.writer import Writer


@dataclass(frozen=True, slots=True)
class WantedText:
    """Which text: of whose subtree, in which year, up to which date of it. With `until` a notice, else a bulletin."""

    organisation: Organisation
    year: int
    as_of: date
    signed_on: date
    until: date | None = None
    contact: str = ""

    @property
    def kind(self) -> str:
        """Its name in the trail."""
        return "notice_text" if self.until else "bulletin_text"


@dataclass(frozen=True, slots=True)
class Text:
    """A drafted text with its length."""

    paper: Paper
    length: Length


def compose_text(wanted: WantedText) -> Text:
    """A bulletin or a notice. Nothing is written. Raises ValueError when the date lies outside the year."""
    with override(PAPER_LANGUAGE):
        writer = Writer(Figures(YearRecords(wanted.organisation, wanted.year, wanted.as_of)))
        ledger = ledger_state()
        if wanted.until is None:
            paper = bulletin_paper(writer, signed_on=wanted.signed_on, ledger=ledger)
        else:
            paper = notice_paper(
                writer,
                until=wanted.until,
                contact=wanted.contact,
                requirements=_requirements(writer.year),
                signed_on=wanted.signed_on,
                ledger=ledger,
            )
    return Text(paper, check_length(paper, SPECIAL_LIMIT))


def draft_text(wanted: WantedText, *, by: Actor, at: datetime) -> Text:
    """This operation will draft a bulletin or a notice and note that it was drafted.

    Raises OutOfScope unless the actor may report there, ValueError when the date lies outside the year.
    """
    by.require(Permission.REPORT, wanted.organisation.path)
    text = compose_text(wanted)
    audit.record(
        by=by,
        at=at,
        action="draft",
        subject=wanted.kind,
        subject_id=wanted.year,
        organisation_id=wanted.organisation.pk,
        as_of=wanted.as_of.isoformat(),
    )
    return text


def _requirements(year: YearRecords) -> list[Requirement]:
    """What is owed in the organisation on the date."""
    line = year.roll.snapshot.line(year.organisation.pk)
    pack = year.books.packs.requirements(line, year.as_of)
    return list(pack.requirements.select_related("audience").order_by("audience__position", "pk")) if pack else []
