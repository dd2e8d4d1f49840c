"""Numbers about requests for Prometheus, added up over all web processes.

`peixun serve` gives its web processes a folder (`PROMETHEUS_MULTIPROC_DIR`) in which each keeps its counts; without one
(tests, a single process) they stay in memory.
"""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30)

# Registered with the answer, not globally: `exposition` decides whether memory or the folder is read.
_REQUESTS = Counter(
    "peixun_requests", "Requests answered, by route and status.", ["method", "route", "status"], registry=None
)
_SECONDS = Histogram(
    "peixun_request_duration_seconds", "Time to answer, by route.", ["route"], buckets=BUCKETS, registry=None
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; methods nobody knows are one, so that strangers can't make series."""
    _REQUESTS.labels(method if method in METHODS else "OTHER", route, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)


def exposition(*others: Collector) -> bytes:
    """Everything in Prometheus' text format: the requests of all web processes, then `others`."""
    registry = CollectorRegistry()
    if folder := os.environ.get(FOLDER):
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    else:
        registry.register(_REQUESTS)
        registry.register(_SECONDS)
    for other in others:
        registry.register(other)
    return generate_latest(registry)


def fresh_folder(folder: Path) -> None:
    """Empty the folder in which web processes count: what they counted before they were started anew is over."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
