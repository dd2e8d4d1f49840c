"""Putting sentences together: figures as runs, names as lists, empty sentences left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from peixun.kernel.figures import Figure
from peixun.kernel.papers.model import Paragraph, Run, as_run
from peixun.kernel.papers.numerals import format_date
from peixun.reports.queries.figures import Figures
from peixun.reports.queries.records import YearRecords

Piece = str | Run
Sentence = list[Piece]


@dataclass
class Writer:
    """Writes one report and remembers, in order, the figures that it printed."""

    figures: Figures
    used: dict[str, Figure] = field(default_factory=dict)

    @property
    def year(self) -> YearRecords:
        """What the figures are counted from."""
        return self.figures.records

    @property
    def span(self) -> str:
        """The time that the report is about: 2017年, or 2018年以来（截至6月30日）."""
        if self.year.is_whole_year:
            return f"{self.year.year}年"
        day = self.year.as_of
        return f"{day.year}年以来（截至{day.month}月{day.day}日）"

    @property
    def is_branch(self) -> bool:
        """Whether the report is a branch's own."""
        return self.year.organisation.holds_members

    @property
    def learners(self) -> str:
        """Whom the report is about."""
        return "党员" if self.is_branch else "党员干部"

    @property
    def until(self) -> str:
        """The date in words."""
        return format_date(self.year.as_of)

    def value(self, key: str) -> Decimal:
        """A figure's value, for deciding what to write."""
        return Decimal(self.figures[key].figure.value)

    def number(self, key: str) -> Run:
        """A figure as a run, noted as printed."""
        figure = self.figures[key].figure
        self.used[key] = figure
        return Run(printed(figure), figure_key=key)


def printed(figure: Figure) -> str:
    """The value as it stands in the text; shares with their sign and without trailing zeros."""
    if figure.unit == "%":
        text = f"{Decimal(figure.value):f}"
        return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
    return str(figure.value)


def listed(names: Sequence[str], *, most: int = 8) -> str:
    """Names joined as offices do: 甲、乙、丙; cut with 等 when there are more than `most`."""
    quoted = list(dict.fromkeys(name for name in names if name))
    return joined(quoted[:most]) + ("等" if len(quoted) > most else "")


def joined(names: Iterable[str]) -> str:
    """Names with 、 between them, none between 》and《."""
    text = "、".join(names)
    return text.replace("》、《", "》《")


def paragraph_of(sentences: Iterable[Sentence], *, lead: str = "", level: int = 2) -> Paragraph | None:
    """One paragraph of the sentences that have something to say; None when none has."""
    runs = [as_run(piece) for sentence in sentences for piece in sentence]
    return Paragraph(runs, lead=lead, lead_level=level) if runs else None
