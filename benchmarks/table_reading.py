"""Reading a roster of 98,000 rows and 19 columns: the guarded child process against the bare reader in-process.

    python benchmarks/table_reading.py [ROWS]

Prints both times and their ratio; the bar is 1.5.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from python_calamine import CalamineWorkbook

settings.configure(USE_I18N=False)

from peixun.kernel.tables.headings import HeadingSet  # noqa: E402 - translation wants settings first
from peixun.kernel.tables.reader import read_table  # noqa: E402
from peixun.kernel.tables.writer import Column, Sheet, write_workbook  # noqa: E402

ROWS = 98_000
COLUMNS = 19
ROUNDS = 3
BAR = 1.5

DATES = (4, 8, 9)
NAMES = tuple(f"第{number}列" for number in range(1, COLUMNS + 1))


def _row(number: int) -> list[str | date]:
    row: list[str | date] = [f"列{column}值{number if column < 3 else number % 997}" for column in range(COLUMNS)]
    for column in DATES:
        row[column] = date.fromordinal(date(1950, 1, 1).toordinal() + number % 20_000)
    return row


def _best(read: Callable[[], int], rows: int) -> float:
    """The shortest of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        assert read() == rows
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    """Write the roster, read it in both ways, print the ratio; exit status 1 above the bar."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        columns = [Column(name, kind="date" if index in DATES else "text") for index, name in enumerate(NAMES)]
        write_workbook(path, sheets=[Sheet("名单", columns, map(_row, range(rows)))])

        def bare() -> int:
            return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1

        def guarded() -> int:
            with read_table(path, headings=HeadingSet(required=NAMES)) as table:
                return sum(1 for _ in table.rows)

        reference, measured = _best(bare, rows), _best(guarded, rows)
    ratio = measured / reference
    print(f"{rows} rows x {COLUMNS} columns, best of {ROUNDS}")
    print(f"calamine in-process  {reference:7.2f} s")
    print(f"read_table           {measured:7.2f} s")
    print(f"ratio                {ratio:7.2f}   (bar {BAR})")
    sys.exit(ratio > BAR)


if __name__ == "__main__":
    main()
