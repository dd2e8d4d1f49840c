"""Log lines: one request id on each, and no personal data.

Nobody who reads the log learns who was looked for. Addresses of pages never reach it, only the names of routes;
whatever looks like a citizen's or a phone number is masked in messages and tracebacks alike, and PostgreSQL's DETAIL
lines, which quote whole rows, are left out. A line is JSON for collectors or text for people (`PEIXUN_LOG_FORMAT`).
"""

import ipaddress
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from gunicorn.glogging import Logger as GunicornBase
from pythonjsonlogger.json import JsonFormatter

NO_ROUTE = "-"
EXTRAS = ("method", "route", "status", "duration_ms", "account_id", "address", "work", "result")
MASK = "***"

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{17}[0-9Xx]|\d{15}|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![0-9A-Za-z])"
)
_DETAIL = re.compile(r"DETAIL:.*")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin_request(wanted: str = "") -> str:
    """Name the request that begins: `wanted` if it is well-formed and no number of a person, else a new name."""
    well = _WELL_FORMED.fullmatch(wanted) and masked(wanted) == wanted
    name = wanted if well else uuid4().hex
    _request_id.set(name)
    return name


def request_id() -> str:
    """The name of the request at hand, which stays until the next one begins; "" in commands."""
    return _request_id.get()


def masked(text: str) -> str:
    """The text without numbers of persons and without quoted rows."""
    return _PERSONAL.sub(MASK, _DETAIL.sub("DETAIL: " + MASK, text))


def masked_address(address: str) -> str:
    """A network instead of a device: /24 of IPv4, /48 of IPv6; "" for what is no address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def route_of(request: HttpRequest) -> str:
    """The name of the route a request went to: `people:person`, never its address."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return NO_ROUTE
    return match.view_name or NO_ROUTE


class Context(logging.Filter):
    """Puts the request id on a record, and routes in the place of addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; every record passes."""
        record.request_id = request_id()
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if a in _addresses(request) else a for a in record.args)
        return True


def _addresses(request: HttpRequest) -> tuple[str, ...]:
    return request.path, request.path_info, request.get_full_path()


class TaskTimes(logging.Filter):
    """Adds to the end of a queued task how long it took; the queue's own lines name its begin and its end."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; every record passes."""
        if isinstance(record.args, tuple) and record.args:
            task = str(record.args[0])
            begun = self._begun.pop(task, None)
            if begun is None:
                self._begun = {task: record.created}  # a process of the queue does one task at a time
            else:
                record.duration_ms = round((record.created - begun) * 1000, 1)
        return True


class Json(JsonFormatter):
    """One JSON object a line: time, level, logger, message, request_id, then what else is known."""

    def __init__(self) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Fill the line; the message is plain, so `message_dict` adds nothing but the traceback."""
        log_data["time"] = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        log_data |= {"level": record.levelname, "logger": record.name, "message": masked(record.getMessage())}
        if name := getattr(record, "request_id", ""):
            log_data["request_id"] = name
        log_data |= _extras(record)
        if traceback := message_dict.get("exc_info"):
            log_data["traceback"] = masked(traceback)


class Text(logging.Formatter):
    """One line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line with what else is known behind it."""
        more = {"request_id": getattr(record, "request_id", ""), **_extras(record)}
        words = [super().formatMessage(record), *(f"{name}={value}" for name, value in more.items() if value != "")]
        return " ".join(words)

    def format(self, record: logging.LogRecord) -> str:
        """The line and its traceback, masked."""
        return masked(super().format(record))


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: record.__dict__[name] for name in EXTRAS if record.__dict__.get(name) is not None}


def configuration(style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for `json` or `text` on standard error; `level` is that of the product's own lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": Context}, "times": {"()": TaskTimes}},
        "formatters": {"line": {"()": Json if style == "json" else Text}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "peixun": {"level": level},
            # Without handlers of its own: Django would mail errors to administrators that nobody named.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # What was refused or not found stands in the line of its request already.
            "django.request": {"level": "ERROR"},
            "django_tasks": {"level": level, "filters": ["times"]},
        },
    }


class GunicornLogger(GunicornBase):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own lines in the same format; what it says of a failed request must not name its address."""

    def setup(self, cfg: Any) -> None:
        """Let the lines go where all others go."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A traceback; `Error handling request %s` without the address."""
        super().exception(msg, *((NO_ROUTE,) * len(args)), **kwargs)
