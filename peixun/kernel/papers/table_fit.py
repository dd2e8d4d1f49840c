"""How a table is set: size of type, widths so that nothing wraps badly, which columns hold figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peixun.kernel.papers.layout import TABLE_SIZES, twips
from peixun.kernel.papers.measure import width
from peixun.kernel.papers.model import Table, as_run

FIGURE = re.compile(r"[-+−]?\d[\d,./]*\s?[%‰]?[^\d\s%]{0,2}")
NOTHING = frozenset(("", "—", "－", "-", "/"))
PIECES = re.compile(r"[!-~]+|[^!-~]")
BORDERS = re.compile(r"(?<=[0-9A-Za-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])")
SPACING = 0.25
#: Text up to this width (names, units, dates) stays on one line; longer text may wrap, at most so many times.
SHORT, DATE_WIDTH, MOST_LINES = 4.0, 9.0, 3
PADDING = 2 * 80  # twips, left and right of a cell
SPARE = 1.04  # fonts that stand in run a little wider
FIGURE_SPARE = 1.3  # their digits up to 0.65 of a character, and a figure that breaks into two lines is misread


@dataclass(frozen=True)
class Fit:
    """Size of type in points, widths in twips, and whether each column aligns right as figures do."""

    size: float
    widths: tuple[int, ...]
    figures: tuple[bool, ...]


def fit(table: Table, *, available: int) -> Fit:
    """Return how to set the table in `available` twips: as large as fits, never wider."""
    columns = _columns(table)
    figures = figure_columns(table)
    given = tuple(twips(each) for each in table.widths) if table.widths is not None else None
    for size in TABLE_SIZES:
        leasts = [
            _points(max(_head_least(head), *map(_least, cells), 1), size) for head, cells in _headed(table, columns)
        ]
        naturals = [
            max(least, _points(max(map(_set_width, (head, *cells))), size))
            for least, (head, cells) in zip(leasts, _headed(table, columns), strict=True)
        ]
        if given is not None:
            if all(least <= have for least, have in zip(leasts, given, strict=True)) or size == TABLE_SIZES[-1]:
                return Fit(size, given, figures)
            continue
        widths = _share(naturals, leasts, available)
        if _reads_well(naturals, leasts, widths) or size == TABLE_SIZES[-1]:
            return Fit(size, widths, figures)
    raise AssertionError("the smallest size always fits")


def figure_columns(table: Table) -> tuple[bool, ...]:
    """Return for each column whether its cells are figures (or empty), so that it aligns right."""
    return tuple(map(_is_figures, _columns(table)))


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure: 98012, 97.3%, 9.8万余, 12.5."""
    return FIGURE.fullmatch(text.strip()) is not None


def _columns(table: Table) -> list[list[str]]:
    return [[as_run(row[index]).text for row in table.rows] for index in range(len(table.columns))]


def _headed(table: Table, columns: list[list[str]]) -> list[tuple[str, list[str]]]:
    return list(zip(table.columns, columns, strict=True))


def _is_figures(cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip() not in NOTHING]
    return bool(said) and all(map(is_figure, said))


def _points(ems: float, size: float) -> int:
    return round(ems * size * 20 * SPARE) + PADDING


def _set_width(text: str) -> float:
    """The width in characters where a program spaces digits from Chinese characters by a quarter."""
    return width(text) + SPACING * len(BORDERS.findall(text))


def _head_least(text: str) -> float:
    """Headings of columns may take two lines."""
    whole = width(text)
    return whole if whole <= SHORT else max(_longest_piece(text), whole / 2 + 0.5)


def _least(text: str) -> float:
    whole = _set_width(text)
    if is_figure(text):
        return whole * FIGURE_SPARE
    if whole <= SHORT or (whole <= DATE_WIDTH and any(map(str.isdigit, text))):
        return whole
    return max(SHORT, _longest_piece(text))


def _longest_piece(text: str) -> float:
    return max(map(width, PIECES.findall(text)), default=0.0)


def _share(naturals: list[int], leasts: list[int], available: int) -> tuple[int, ...]:
    if sum(naturals) <= available:
        spare = available - sum(naturals)
        widths = [natural + spare * natural // sum(naturals) for natural in naturals]
    elif sum(leasts) <= available:
        leasts = _favour_short(naturals, leasts, available)
        spare = available - sum(leasts)
        wishes = [max(0, natural - least) for natural, least in zip(naturals, leasts, strict=True)]
        widths = [least + spare * wish // max(1, sum(wishes)) for least, wish in zip(leasts, wishes, strict=True)]
    else:
        widths = [available * least // sum(leasts) for least in leasts]
    widths[-1] += available - sum(widths)
    return tuple(widths)


def _favour_short(naturals: list[int], leasts: list[int], available: int) -> list[int]:
    """Keep short columns on one line, shortest first, as long as the others don't wrap too often for it."""
    widths = [
        max(least, (natural - PADDING) // MOST_LINES + PADDING) for natural, least in zip(naturals, leasts, strict=True)
    ]
    if sum(widths) > available:
        return leasts
    for index in sorted(range(len(widths)), key=naturals.__getitem__):
        if sum(widths) - widths[index] + naturals[index] <= available:
            widths[index] = max(widths[index], naturals[index])
    return widths


def _reads_well(naturals: list[int], leasts: list[int], widths: tuple[int, ...]) -> bool:
    return all(
        least <= have and natural - PADDING <= MOST_LINES * (have - PADDING)
        for natural, least, have in zip(naturals, leasts, widths, strict=True)
    )
