"""Work of the background process."""

from typing import Any

from django_tasks import task

from peixun.ledger.operations import verify

MOST_FAULTS = 200


@task()
def verify_ledger() -> dict[str, Any]:
    """Recompute every digest and the chain; the faults, the first few hundred of them, and how many there are."""
    found = verify()
    return {
        "intact": found.intact,
        "sealed": found.sealed,
        "unsealed": found.unsealed,
        "head": found.head,
        "faults": found.faults[:MOST_FAULTS],
        "count": len(found.faults),
    }
