"""`peixun serve`: web and background worker in one, for a single machine."""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from peixun.kernel import guards, metrics

STOP_SECONDS = 35


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


class Command(BaseCommand):
    """Starts the web server and, unless told otherwise, the worker; ends when either of them does."""

    help = "Serve Peixun on a single machine. Example: peixun serve --bind 127.0.0.1:8000"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--workers", type=int, default=max(2, os.cpu_count() or 2), help="web processes")
        parser.add_argument("--threads", type=int, default=4, help="threads in each web process")
        parser.add_argument(
            "--web-only", action="store_true", help="no worker: `peixun worker` runs as a service of its own"
        )
        parser.add_argument("--tls-cert", type=Path, help="certificate chain (PEM); needs --tls-key")
        parser.add_argument("--tls-key", type=Path, help="private key (PEM)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, start, watch."""
        if refusal := self._refusal(options):
            self.stderr.write(refusal)
            sys.exit(2)
        if self._pending():
            self.stderr.write("正在更新数据库结构…")
            self._run_once([sys.executable, "-m", "peixun", "migrate", "--verbosity", "0"])
        guards.install()
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        sys.exit(self._run(options))

    def _run(self, options: dict[str, Any]) -> int:
        signal.signal(signal.SIGTERM, _stop)
        scheme = "https" if options["tls_cert"] else "http"
        self.stdout.write(f"Peixun: {scheme}://{options['bind']}/")
        self.stdout.flush()
        counts = Path(settings.DATA) / "metrics"
        metrics.fresh_folder(counts)
        os.environ[metrics.FOLDER] = str(counts)
        children = [subprocess.Popen(command) for command in self._commands(options)]  # noqa: S603 - fixed words
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stderr.write("正在停止…")
        failed = any(child.poll() not in (None, 0) for child in children)
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            child.wait(timeout=STOP_SECONDS)
        return int(failed)

    def _refusal(self, options: dict[str, Any]) -> str:
        if settings.KEYS_ARE_DEFAULT and not (settings.DEMO or settings.DEBUG):
            return (
                "拒绝启动：还在使用默认密钥。请设置 PEIXUN_SECRET_KEY、PEIXUN_DATA_KEYS 和 PEIXUN_LOOKUP_KEY"
                "（见 docs/settings.md），演示请设置 PEIXUN_DEMO=1。"
            )
        if bool(options["tls_cert"]) != bool(options["tls_key"]):
            return "拒绝启动：--tls-cert 和 --tls-key 要一起给出。"
        return ""

    def _pending(self) -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _run_once(self, command: list[str]) -> None:
        subprocess.run(command, check=True)  # noqa: S603 - fixed words

    def _commands(self, options: dict[str, Any]) -> list[list[str]]:
        web = [
            *(sys.executable, "-m", "gunicorn", "peixun.config.wsgi:application"),
            *("--bind", options["bind"], "--workers", str(options["workers"]), "--worker-class", "gthread"),
            *("--threads", str(options["threads"]), "--timeout", "60", "--graceful-timeout", "20"),
            *("--backlog", "2048", "--log-level", "warning"),
            *("--logger-class", "peixun.kernel.logs.GunicornLogger"),
            # Workers begin anew from time to time, so that no leak can grow for weeks.
            *("--max-requests", "20000", "--max-requests-jitter", "2000"),
        ]
        if options["tls_cert"]:
            web += ["--certfile", str(options["tls_cert"]), "--keyfile", str(options["tls_key"])]
        worker = [sys.executable, "-m", "peixun", "worker"]
        return [web] if options["web_only"] else [web, worker]
