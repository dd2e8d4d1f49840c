"""Coverage of the whole city with all audiences, dimensions, children and months: one call of the query, against one
hand-written SELECT over the same kept roll-up that ends in the same numbers. Bar: at most 3 times, under 0.15 s.

Runs on a demo city that is loaded already (PEIXUN_DATA or PEIXUN_DATABASE_URL), and only reads.
"""

import argparse
import os
import time

import orjson

from benchmarks.setup import median


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--org", default="6204")
    parser.add_argument("--year", type=int, default=2017)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    import django

    django.setup()
    from django.db import connection

    from peixun.coverage.queries.position import position
    from peixun.people.models import Organisation

    root = Organisation.objects.get(code=options.org)

    def ours() -> int:
        return position(root, year=options.year).total.covered

    def plain() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT o.id, o.code, o.name, r.cut, r.months FROM coverage_rollup r "
                "JOIN people_organisation o ON o.id = r.organisation_id "
                "WHERE (o.id = %s OR o.parent_id = %s) AND r.year = %s",
                [root.pk, root.pk, options.year],
            )
            rows = cursor.fetchall()
        covered = 0
        for pk, _, _, cut, months in rows:
            numbers = orjson.loads(months) if isinstance(months, str) else months
            if pk == root.pk and cut == "all":
                covered = numbers[11][1]
        return covered

    first = time.perf_counter()
    assert ours() == plain()
    first = time.perf_counter() - first
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(options.rounds):
        for name, function in (("ours", ours), ("plain", plain)):
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    a, b = median(times["ours"]), median(times["plain"])
    print(
        f"coverage of {options.org} in {options.year} on {connection.vendor}: "
        "all audiences, dimensions, children, months"
    )
    print(f"  position()     {a * 1000:7.2f} ms   first call in a new process {first * 1000:.0f} ms   (bar: 150 ms)")
    print(f"  plain SELECT   {b * 1000:7.2f} ms")
    print(f"  ratio          {a / b:7.2f}      (bar: 3)")


if __name__ == "__main__":
    main()
