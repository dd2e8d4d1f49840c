"""Entries of a year as columns that leave the house: Parquet in row groups, CSV in blocks; memory stays bounded."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef, QuerySet

from peixun.kernel import bulk
from peixun.kernel.tables.writer import write_csv
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership
from peixun.people.queries.visible import belonging, covers_everything

ROW_GROUP = 50_000
# Column, where it comes from, its type. Persons are numbers: the ledger holds no names.
COLUMNS: tuple[tuple[str, str, pa.DataType], ...] = (
    ("entry", "pk", pa.int64()),
    ("person", "person_id", pa.int64()),
    ("happened_on", "happened_on", pa.date32()),
    ("hours", "hours", pa.decimal128(9, 2)),
    ("activity", "activity_id", pa.int64()),
    ("title", "activity__title", pa.string()),
    ("kind", "activity__kind", pa.string()),
    ("tier", "activity__tier", pa.string()),
    ("organiser", "activity__organiser__code", pa.string()),
    ("programme", "activity__programme", pa.string()),
    ("programme_kind", "activity__programme_kind", pa.string()),
    ("delivery", "activity__delivery", pa.string()),
    ("setting", "activity__setting", pa.string()),
    ("strand", "activity__strand", pa.string()),
    ("example", "activity__example", pa.string()),
    ("source_kind", "source_kind", pa.string()),
    ("source", "source", pa.string()),
    ("source_ref", "source_ref", pa.string()),
    ("part", "part", pa.string()),
    ("revision", "revision", pa.int16()),
    ("reverses", "reverses_id", pa.int64()),
    ("reason", "reason", pa.string()),
    ("posted_at", "posted_at", pa.timestamp("us", tz="UTC")),
    ("digest", "digest", pa.string()),
)


def entries_of_year(year: int, paths: Collection[str]) -> QuerySet[CreditEntry]:
    """Every entry of a year, reversals too, by persons who belong or belonged to these subtrees."""
    rows = CreditEntry.objects.happened(date(year, 1, 1), date(year, 12, 31)).order_by("pk")
    if not covers_everything(paths):
        rows = rows.filter(Exists(Membership.objects.filter(belonging(paths), person=OuterRef("person"))))
    return rows


def _rows(entries: QuerySet[CreditEntry]) -> Iterator[Sequence[Any]]:
    names = [source for _, source, _ in COLUMNS]
    for row in entries.values_list(*names).iterator(chunk_size=5000):
        yield (*row[:-1], bytes(row[-1]).hex())


def write_parquet(entries: QuerySet[CreditEntry], target: Path) -> int:
    """Write the entries as Parquet and give back how many there were."""
    schema = pa.schema([(name, kind) for name, _, kind in COLUMNS])
    count = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for rows in bulk.chunks(_rows(entries), ROW_GROUP):
            columns = [
                pa.array(values, kind) for values, (_, _, kind) in zip(zip(*rows, strict=True), COLUMNS, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=ROW_GROUP)
            count += len(rows)
    return count


def write_entries_csv(entries: QuerySet[CreditEntry], target: Path) -> int:
    """Write the entries as CSV and give back how many there were."""
    count = 0

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in _rows(entries):
            count += 1
            yield [str(value) if isinstance(value, Decimal) else value for value in row]

    write_csv(target, columns=[name for name, _, _ in COLUMNS], rows=counted())
    return count
