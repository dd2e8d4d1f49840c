"""`peixun coverage`: who is due, covered and fulfilled in a subtree."""

from collections.abc import Iterable, Sequence
from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.coverage.management import asked
from peixun.coverage.queries.position import Count, Position, position
from peixun.kernel.tables.writer import csv_blocks
from peixun.people.commands import DONE, PeixunCommand
from peixun.people.queries.scope import Actor, Permission

CSV_HEADINGS = ("section", "code", "name", "due", "covered", "fulfilled", "person_times", "hours")


class Command(PeixunCommand):
    help = "一个党组织及其下级的覆盖情况：应训、已训、达标"
    example = """
peixun coverage --org 6204 --year 2017
peixun coverage --org 6204 --year 2018 --as-of 2018-03-31 --audience committee_members --format json
"""
    formats = ("table", "json", "csv")

    def add_arguments(self, parser: CommandParser) -> None:
        """Which subtree, year, audience and day."""
        asked.add_arguments(parser)
        parser.add_argument("--as-of", metavar="DATE", help="截至日期，如 2018-06-30；不填时为年末，当年为今天")

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Bring the figures up to date and print them."""
        wanted = asked.read(actor, options, Permission.SEE_COVERAGE)
        key = wanted.audience.key if wanted.audience else ""
        at = position(wanted.organisation, year=wanted.year, as_of=wanted.day, audience=key)
        if options["format"] == "json":
            self.print_json(at.as_json())
        elif options["format"] == "csv":
            for block in csv_blocks(columns=CSV_HEADINGS, rows=_csv_rows(at)):
                self.stdout.write(block.decode(), ending="")
        else:
            self._print(at, wanted.audience.name if wanted.audience else "")
        return DONE

    def _print(self, at: Position, audience: str) -> None:
        of = f"，{audience}" if audience else ""
        self.stdout.write(
            _("%(name)s %(year)s 年，截至 %(day)s%(of)s")
            % {"name": at.organisation.name, "year": at.year, "day": at.as_of.isoformat(), "of": of}
        )
        headings = ("", _("应训（人）"), _("已训（人）"), _("覆盖"), _("达标（人）"), _("人次"), _("学时"))
        rows = [_cells(_("合计"), at.total)]
        rows += [_cells(c.organisation.name, c.count) for c in at.children]
        self._table(headings, rows)
        if at.audiences and not audience:
            self.stdout.write("")
            self._table((_("培训对象"), *headings[1:]), [_cells(a.name, a.count) for a in at.audiences])

    def _table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        widths = [max(_width(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
        for row in (headings, *rows):
            first = row[0] + " " * (widths[0] - _width(row[0]))
            rest = (" " * (w - _width(cell)) + cell for cell, w in zip(row[1:], widths[1:], strict=True))
            self.stdout.write("  ".join((first, *rest)).rstrip())


def _cells(name: str, count: Count) -> list[str]:
    share = "—" if count.share is None else f"{count.share:.1f}%"
    numbers = (f"{count.due:,}", f"{count.covered:,}", share, f"{count.fulfilled:,}", f"{count.person_times:,}")
    return [name, *numbers, f"{count.hours:,}"]


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _csv_rows(at: Position) -> Iterable[Sequence[Any]]:
    yield ("total", at.organisation.code, at.organisation.name, *_numbers(at.total))
    for child in at.children:
        yield ("child", child.organisation.code, child.organisation.name, *_numbers(child.count))
    for audience in at.audiences:
        yield ("audience", audience.key, audience.name, *_numbers(audience.count))


def _numbers(count: Count) -> tuple[Any, ...]:
    return (count.due, count.covered, count.fulfilled, count.person_times, count.hours)
