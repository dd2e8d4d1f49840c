"""A bulk transfer of 5,000 members: its preview (bar: under 3 s) and the transfer itself, on a loaded demo city.

Runs on PEIXUN_DATABASE_URL or PEIXUN_DATA and takes everything back.
"""

import os
import time

MEMBERS = 5000


def main() -> int:
    """Measure and print; status 1 when the bar is missed."""
    os.environ.setdefault("PEIXUN_DEMO", "1")
    os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    import django

    django.setup()
    from django.db import connection, transaction
    from django.utils import timezone

    from peixun.changes.operations import Proposal, propose
    from peixun.coverage.operations.previewing import preview
    from peixun.kernel import clock
    from peixun.people.models import Membership, Organisation
    from peixun.people.queries.scope import system_actor

    today, by = clock.today(), system_actor()
    target = Organisation.objects.filter(kind="branch", closed_on=None).order_by("-path")[0]
    rows = Membership.objects.filter(until=None, since__lt=today).exclude(organisation=target)
    persons = list(rows.order_by("person_id").values_list("person_id", flat=True)[:MEMBERS])
    proposal = Proposal(tuple(persons), target, today, "测量")
    start = time.perf_counter()
    effect = preview(
        lambda: propose(proposal, today=today, by=by, at=timezone.now()) and None, person_ids=persons, day=today
    )
    previewed = time.perf_counter() - start
    with transaction.atomic():
        start = time.perf_counter()
        propose(proposal, today=today, by=by, at=timezone.now())
        done = time.perf_counter() - start
        transaction.set_rollback(True)
    print(f"transfer of {len(persons)} members on {connection.vendor}, {len(effect.branches)} branches concerned")
    print(f"  preview   {previewed:6.2f} s   (bar: 3 s)")
    print(f"  transfer  {done:6.2f} s")
    return int(previewed > 3)


if __name__ == "__main__":
    raise SystemExit(main())
