"""A database that is away or too busy, told from faults of the program; and what a page says then."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.defaults import server_error

RETRY_AFTER_SECONDS = 5
"""A PostgreSQL that restarts is mostly back within that time."""
# PostgreSQL's classes: connection, resources, an operator's hand; then serialization, deadlock, lock not available.
_CLASSES = ("08", "53", "57P", "40", "55P03")
# SQLite's primary codes: busy, locked. Its OperationalError also means a missing table, which waiting doesn't mend.
_SQLITE = frozenset({5, 6})


def is_outage(error: BaseException) -> bool:
    """Whether the database was away, restarting, full of connections or locked: the same may succeed in a moment."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in _SQLITE
    state = getattr(cause, "sqlstate", None)
    # Without a state nobody answered: the connection was lost, or never made.
    return state is None or state.startswith(_CLASSES)


def answer_failure(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """503 with a plain page for a database that is away, 500 for everything else."""
    if error is None or not is_outage(error):
        return server_error(request)
    page = loader.get_template("503.html").render()
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(page, status=503, headers=headers)
