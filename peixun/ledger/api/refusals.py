"""What can't be taken, as a problem that points at each value."""

from peixun.kernel.api.problems import INVALID, FieldError, Problem
from peixun.ledger.operations.reported import Refused


def refused_items(refused: Refused, *steps: str | int, each: bool = False) -> Problem:
    errors = [
        FieldError("body", (*steps, *((r.position,) if each else ()), r.name), r.reason) for r in refused.refusals[:100]
    ]
    return Problem(INVALID, errors=errors)
