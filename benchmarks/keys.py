"""All personal numbers of a city put under a new data key, Bar: 120 s.

Runs on a demo city that is loaded already (PEIXUN_DATA or PEIXUN_DATABASE_URL), and leaves its numbers under a key that
nobody keeps: take a copy of the city. Each batch is one transaction; the longest says how long a writer may wait.
"""

import base64
import os
import secrets
import time
from itertools import pairwise

BAR = 120.0


def main() -> int:
    """Measure and print; status 1 when the bar is missed or a number doesn't open."""
    os.environ.setdefault("PEIXUN_DEMO", "1")
    os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from peixun.people.operations.keys import rotate_data_keys
    from peixun.people.queries.keys import keys_state
    from peixun.people.queries.scope import system_actor

    settings.DATA_KEYS = [base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), *settings.DATA_KEYS]
    ends = [time.perf_counter()]
    done = rotate_data_keys(by=system_actor(), at=timezone.now(), progress=lambda _: ends.append(time.perf_counter()))
    seconds = time.perf_counter() - ends[0]
    batches = [after - before for before, after in pairwise(ends)]
    start = time.perf_counter()
    state = keys_state()
    looked = time.perf_counter() - start
    print(f"a new data key for {done.identities:,} people on {connection.vendor}")
    print(f"  rotate          {seconds:6.1f} s   (bar: {BAR:.0f} s)")
    print(f"  longest batch   {max(batches, default=0.0):6.2f} s of {len(batches)}")
    print(f"  status          {looked:6.1f} s, every number opened and found")
    wrong = done.unreadable + state.unreadable + state.unfindable + state.to_rotate
    print(f"  not rotated, not opened or not found: {wrong}")
    return int(bool(wrong) or seconds > BAR)


if __name__ == "__main__":
    raise SystemExit(main())
