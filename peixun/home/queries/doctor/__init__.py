"""What `peixun doctor` looks at: settings and machine first, then the database and what it says of the work."""

from collections.abc import Iterator
from datetime import datetime

from peixun.home.queries.doctor import database, machine, work
from peixun.home.queries.doctor.finding import Finding

__all__ = ["Finding", "examine"]


def examine(*, at: datetime) -> Iterator[Finding]:
    """Every finding, one after the other; what needs the database is left out when it doesn't answer or isn't ours."""
    yield from machine.findings()
    found = list(database.findings())
    yield from found
    if all(finding.right for finding in found if finding.key in database.NEEDED):
        yield from work.findings(at=at)
