"""A paper on screen: the same text as in print, each figure a link to what it was counted from."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from peixun.kernel.papers.bookmarks import Bookmarks
from peixun.kernel.papers.model import Block, Cell, Heading, Paper, Paragraph, Run, Table, as_run
from peixun.kernel.papers.numbering import numbered
from peixun.kernel.papers.table_fit import figure_columns
from peixun.kernel.papers.words import appendix_label, appendix_notes, date_line, salutation

FigureUrl = Callable[[str], str | None]
SCHEMES = frozenset(("", "http", "https"))


def render_html(paper: Paper, figure_url: FigureUrl, *, title_level: int = 1) -> SafeString:
    """Return the paper as HTML, classes `paper-*`, no inline styles.

    `figure_url` gives the address behind a figure's key, or None for plain text; addresses must be relative
    or http(s), others raise ValueError. The title is a heading of `title_level`, the body's follow below.
    """
    return _Screen(paper, figure_url, title_level).render()


class _Screen:
    """Renders one paper."""

    def __init__(self, paper: Paper, figure_url: FigureUrl, title_level: int) -> None:
        self._paper = paper
        self._figure_url = figure_url
        self._title_level = title_level
        self._bookmarks = Bookmarks()

    def render(self) -> SafeString:
        """Return the whole paper."""
        paper = self._paper
        address = format_html('<p class="paper-salutation">{}</p>', salutation(paper)) if salutation(paper) else ""
        return format_html(
            '<article class="paper" lang="{}">{}{}<div class="paper-body">{}</div>{}'
            '<footer class="paper-signature"><p class="paper-organisation">{}</p>'
            '<p class="paper-date"><time datetime="{}">{}</time></p></footer>{}</article>',
            paper.language,
            self._heading(0, "paper-title", paper.flat_title),
            address,
            self._blocks(paper.body),
            self._notes(),
            paper.organisation,
            paper.date.isoformat(),
            date_line(paper.date, language=paper.language),
            self._appendices(),
        )

    def _heading(self, depth: int, kind: str, text: str) -> SafeString:
        level = min(6, self._title_level + depth)
        return format_html('<h{} class="{}">{}</h{}>', level, kind, text, level)

    def _blocks(self, blocks: Iterable[Block], *, below: int = 0) -> SafeString:
        parts = [
            self._block(block, heading, below=below)
            for block, heading in numbered(blocks, language=self._paper.language)
        ]
        return format_html_join("", "{}", ((part,) for part in parts))

    def _block(self, block: Block, heading: str, *, below: int) -> SafeString:
        if isinstance(block, Heading):
            return self._heading(block.level + below, f"paper-heading paper-heading-{block.level}", heading)
        if isinstance(block, Paragraph):
            lead = format_html('<strong class="paper-lead">{}</strong>', heading) if heading else ""
            return format_html('<p class="paper-paragraph">{}{}</p>', lead, self._runs(block.runs))
        if isinstance(block, Table):
            return self._table(block)
        return mark_safe('<hr class="paper-break">')

    def _runs(self, runs: Iterable[Run]) -> SafeString:
        return format_html_join("", "{}", ((self._run(run),) for run in runs))

    def _run(self, run: Run) -> SafeString:
        lines = format_html_join(_BREAK, "{}", ((line,) for line in run.text.splitlines() or [""]))
        text = format_html("<strong>{}</strong>", lines) if run.bold else lines
        if run.figure_key is None:
            return text
        url = self._figure_url(run.figure_key)
        name = self._bookmarks.name(run.figure_key)
        if url is None:
            return format_html('<span class="paper-figure" id="{}">{}</span>', name, text)
        return format_html('<a class="paper-figure" id="{}" href="{}">{}</a>', name, _checked(url), text)

    def _table(self, table: Table) -> SafeString:
        figures = figure_columns(table)
        head = format_html_join("", '<th scope="col">{}</th>', ((column,) for column in table.columns))
        rows = format_html_join("", "<tr>{}</tr>", ((self._row(row, figures),) for row in table.rows))
        caption = format_html("<caption>{}</caption>", table.caption) if table.caption else ""
        return format_html(
            '<div class="paper-table" tabindex="0" role="region" aria-label="{}">'
            '<table class="table">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
            table.caption or table.columns[0],
            caption,
            head,
            rows,
        )

    def _row(self, row: Iterable[Cell], figures: Iterable[bool]) -> SafeString:
        cells = (
            (mark_safe(' class="paper-number"') if right else "", self._run(as_run(cell)))
            for cell, right in zip(row, figures, strict=True)
        )
        return format_html_join("", "<td{}>{}</td>", cells)

    def _notes(self) -> SafeString:
        if not self._paper.appendices:
            return SafeString("")
        lines = format_html_join("", "<p>{}{}</p>", appendix_notes(self._paper))
        return format_html('<div class="paper-notes">{}</div>', lines)

    def _appendices(self) -> SafeString:
        count = len(self._paper.appendices)
        parts = [
            format_html(
                '<section class="paper-appendix"><p class="paper-appendix-label">{}</p>{}{}</section>',
                appendix_label(number, count, language=self._paper.language),
                self._heading(1, "paper-appendix-title", " ".join(appendix.title.splitlines())),
                self._blocks(appendix.blocks, below=1),
            )
            for number, appendix in enumerate(self._paper.appendices, start=1)
        ]
        return format_html_join("", "{}", ((part,) for part in parts))


_BREAK = SafeString("<br>")


def _checked(url: str) -> str:
    if urlsplit(url).scheme.lower() not in SCHEMES or url.strip() != url:
        raise ValueError(f"a figure can't link to {url!r}")
    return url
