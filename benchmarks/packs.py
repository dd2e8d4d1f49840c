"""Trying out packs on the whole city (bar: under 10 s each), on a loaded demo city. Nothing is written.

Runs on PEIXUN_DATABASE_URL or PEIXUN_DATA.
"""

import dataclasses
import os
import time
from collections.abc import Iterator
from datetime import date

BAR = 10


def main() -> int:
    """Measure and print; status 1 when the bar is missed."""
    os.environ.setdefault("PEIXUN_DEMO", "1")
    os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    import django

    django.setup()
    from django.db import connection

    from peixun.coverage.queries.books import Books, current_books
    from peixun.coverage.queries.supposing import suppose
    from peixun.people.models import Organisation

    root = Organisation.objects.get(parent=None)
    missed = False
    for what, packs in _trials():
        books = current_books()
        supposed = Books(books.organisations, packs, books.facts)
        start = time.perf_counter()
        effect = suppose(books, supposed, under=root.pk, year=2018)
        took = time.perf_counter() - start
        missed |= took > BAR
        print(
            f"trial of {what} for {effect.persons} persons on {connection.vendor}: {took:6.2f} s   (bar: {BAR} s)"
            f"   {effect.before.fulfilled} fulfilled -> {effect.after.fulfilled}, {effect.changed} change",
            flush=True,
        )
    return int(missed)


def _trials() -> Iterator[tuple[str, object]]:
    """What to try out, each as a book of packs."""
    from peixun.catalog import shipped
    from peixun.catalog.queries import PackBook, imagined
    from peixun.coverage.queries.books import current_books
    from peixun.people.models import Organisation

    root = Organisation.objects.get(parent=None)
    packs = current_books().packs
    asked = dataclasses.replace(shipped.REQUIREMENT_PACKS[-1], since=date(2018, 1, 1), until=None)
    more = [dataclasses.replace(r, min_hours=str(float(r.min_hours) + 8)) for r in asked.requirements]
    bare = PackBook([], packs.credit_packs)
    yield "new requirements", bare.supposing(imagined(asked, root))
    yield "higher requirements", bare.supposing(imagined(dataclasses.replace(asked, requirements=tuple(more)), root))
    credit = dataclasses.replace(shipped.CREDIT_PACK_A, since=date(2018, 1, 1), until=None)
    caps = tuple(dataclasses.replace(c, max_hours=str(float(c.max_hours) / 2)) for c in credit.caps)
    yield (
        "lower caps",
        PackBook(packs.requirement_packs, []).supposing(
            imagined(dataclasses.replace(credit, caps=caps, carry_over="none"), root)
        ),
    )


if __name__ == "__main__":
    raise SystemExit(main())
