"""Digests, parts and runs: plain Python, no database, no clock."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

SEPARATOR = "\x1f"


def digest(parts: Iterable[object]) -> bytes:
    """SHA-256 over the parts; a separator that no field may hold keeps their borders."""
    return hashlib.sha256(SEPARATOR.join(map(str, parts)).encode()).digest()


def instant_text(moment: datetime) -> str:
    """An instant as digests see it: microseconds since 1970, the same whatever the zone."""
    return str(round(moment.timestamp() * 1_000_000))


def chain(previous: bytes, rows: Iterable[tuple[int, bytes]]) -> bytes:
    """The digest of a batch: the one before it, then each row's id and digest in order."""
    hasher = hashlib.sha256(previous)
    for row_id, row_digest in rows:
        hasher.update(row_id.to_bytes(8, "big"))
        hasher.update(row_digest)
    return hasher.digest()


def to_runs(ids: Sequence[int]) -> list[list[int]]:
    """Ascending ids as ranges `[first, last]`."""
    runs: list[list[int]] = []
    for number in ids:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def gaps(runs: Sequence[Sequence[int]], after: int) -> list[list[int]]:
    """Ranges of ids after `after` that the runs leave out."""
    missing, expected = [], after + 1
    for first, last in runs:
        if first > expected:
            missing.append([expected, first - 1])
        expected = last + 1
    return missing


def split_over_years(*, quarters: int, first: date, last: date) -> list[tuple[date, str, int]]:
    """What spans a year's end is split: `(day, part, quarters)` per year, in proportion to its days.

    Within one year the whole is one part (named ""), dated on its last day. Over several years each part is named
    after its year and dated on the last day that lies in it; quarters that don't divide go to the largest
    remainders, so that the sum stays.
    """
    if first.year == last.year:
        return [(last, "", quarters)]
    total_days = (last - first).days + 1
    shares: list[tuple[date, int, int, Decimal]] = []
    start = first
    while start <= last:
        end = min(last, date(start.year, 12, 31))
        exact = Decimal(quarters) * ((end - start).days + 1) / total_days
        shares.append((end, end.year, int(exact), exact - int(exact)))
        start = end + timedelta(days=1)
    left = quarters - sum(share[2] for share in shares)
    favoured = {share[1] for share in sorted(shares, key=lambda s: (-s[3], s[1]))[:left]}
    return [
        (end, str(year), whole + (year in favoured)) for end, year, whole, _ in shares if whole + (year in favoured) > 0
    ]
