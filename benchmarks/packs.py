"""Trying out a requirement pack on the whole city (bar: under 10 s), on a loaded demo city. Nothing is written.

Runs on PEIXUN_DATABASE_URL or PEIXUN_DATA.
"""

import dataclasses
import os
import time
from datetime import date


def main() -> int:
    """Measure and print; status 1 when the bar is missed."""
    os.environ.setdefault("PEIXUN_DEMO", "1")
    os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    import django

    django.setup()
    from django.db import connection

    from peixun.catalog import shipped
    from peixun.catalog.queries import PackBook, imagined
    from peixun.coverage.queries.books import Books, current_books
    from peixun.coverage.queries.supposing import suppose
    from peixun.people.models import Organisation

    root = Organisation.objects.get(parent=None)
    books = current_books()
    new = dataclasses.replace(shipped.REQUIREMENT_PACKS[-1], since=date(2018, 1, 1), until=None)
    others = PackBook([], books.packs.credit_packs)
    supposed = Books(books.organisations, others.supposing(imagined(new, root)), books.facts)
    start = time.perf_counter()
    effect = suppose(books, supposed, under=root.pk, year=2018)
    took = time.perf_counter() - start
    print(f"trial of a pack for {effect.persons} persons on {connection.vendor}: {took:6.2f} s   (bar: 10 s)")
    return int(took > 10)


if __name__ == "__main__":
    raise SystemExit(main())
