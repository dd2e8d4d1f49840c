"""`peixun worker`: the background process: queued tasks, refreshing of figures, sealing of the ledger."""

import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from peixun.kernel import periodic

QUEUE_RESTART_SECONDS = 5
QUEUE_STOP_SECONDS = 30


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


class Command(BaseCommand):
    """Runs until it is told to stop (SIGTERM or Ctrl-C)."""

    help = "The background process: queued tasks, refreshed figures, the ledger's seals. Example: peixun worker"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--once", action="store_true", help="do what is due once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if options["once"]:
            periodic.run_due(time.monotonic())
            return
        signal.signal(signal.SIGTERM, _stop)
        stop = threading.Event()
        queue = threading.Thread(target=self._work_queue, args=(stop,), daemon=True)
        queue.start()
        try:
            while True:
                periodic.beat()
                wait = periodic.run_due(time.monotonic()) - time.monotonic()
                stop.wait(min(max(wait, 0.2), periodic.HEARTBEAT_SECONDS))
        except KeyboardInterrupt:
            stop.set()
            queue.join(timeout=QUEUE_STOP_SECONDS)

    def _work_queue(self, stop: threading.Event) -> None:
        # The queue's worker handles signals itself, so it needs a process of its own; should it die, start it again.
        command = [sys.executable, "-m", "peixun", "db_worker", "--interval", "1", "--no-reload"]
        while not stop.is_set():
            child = subprocess.Popen(command)  # noqa: S603 - fixed words
            while child.poll() is None and not stop.wait(1):
                pass
            if child.poll() is None:
                child.terminate()
                child.wait(timeout=QUEUE_STOP_SECONDS)
                return
            stop.wait(QUEUE_RESTART_SECONDS)
