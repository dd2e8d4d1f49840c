"""`peixun gaps`: who is not covered or has not fulfilled, and what each still owes, as a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.coverage.exports import HEADINGS, gap_rows, gap_sheet
from peixun.coverage.management import asked
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.listing import Roster, Selection
from peixun.kernel.tables.writer import write_csv, write_workbook
from peixun.people.commands import DONE, PeixunCommand, Refused
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor, Permission


class Command(PeixunCommand):
    help = "谁未参训或未达标、还差什么，写成名单"
    example = """
peixun gaps --org 6204 --year 2018 --out 欠学名单.xlsx
peixun gaps --org 620421 --year 2018 --audience committee_members --out 欠学名单.csv --as county
"""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which subtree, year and audience, and where to."""
        asked.add_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="写到这个文件（.xlsx 或 .csv）")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Bring the figures up to date and write the list."""
        out: Path = options["out"]
        if out.suffix.lower() not in {".xlsx", ".csv"}:
            raise Refused(_("%(file)s：名单只能写成 .xlsx 或 .csv") % {"file": out})
        wanted = asked.read(actor, options, Permission.EXPORT)
        selection = Selection(wanted.organisation, wanted.year, wanted.day, "unfulfilled", wanted.audience)
        counted = _Counted(gap_rows(Roster(selection, current_books(), actor.paths(Permission.EXPORT)), gaps_only=True))
        title = _("%(name)s%(year)s年欠学名单") % {"name": wanted.organisation.name, "year": wanted.year}
        try:
            if out.suffix.lower() == ".csv":
                write_csv(out, columns=[str(h) for h in HEADINGS], rows=counted)
            else:
                write_workbook(out, title=title, sheets=[gap_sheet(counted)])
        except OSError as error:
            raise Refused(_("无法写入 %(file)s：%(reason)s") % {"file": out, "reason": error.strerror}) from error
        audit.record(
            by=actor,
            at=timezone.now(),
            action="export",
            subject="gaps",
            subject_id=wanted.organisation.code,
            organisation_id=wanted.organisation.pk,
            year=wanted.year,
            rows=counted.count,
        )
        self._say(wanted, counted.count, options)
        return DONE

    def _say(self, wanted: asked.Asked, people: int, options: dict[str, Any]) -> None:
        if options["format"] == "json":
            organisation = {"code": wanted.organisation.code, "name": wanted.organisation.name}
            document = {
                "organisation": organisation,
                "year": wanted.year,
                "as_of": wanted.day.isoformat(),
                "people": people,
                "file": str(options["out"]),
            }
            self.print_json(document)
        else:
            self.stdout.write(_("%(people)s 人，已写到 %(file)s") % {"people": people, "file": options["out"]})


class _Counted:
    """Passes rows on and counts them."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            self.count += 1
            yield row
