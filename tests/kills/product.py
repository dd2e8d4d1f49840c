"""The product's own processes on a scratch database: started, asked, killed together, looked at afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "office"
# What a script needs before it may touch the database.
DJANGO = "import json, os, sys, django\ndjango.setup()\n"
FOUND = """
from django.core.management import call_command
from tests.kills.scratch import found
call_command("migrate", verbosity=0)
print(json.dumps(found()))
"""
LOOK = """
from tests.kills.scratch import look
print(json.dumps(look(json.load(sys.stdin)), ensure_ascii=False))
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


@dataclass
class Product:
    """One installation: a folder, a database, a port."""

    folder: Path
    database: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    commands: list[subprocess.Popen] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Settings of every process."""
        own = {
            "DJANGO_SETTINGS_MODULE": "peixun.config.settings",
            "PEIXUN_DATA": str(self.folder),
            "PEIXUN_DATABASE_URL": self.database,
            "PEIXUN_DEMO": "1",
            "PEIXUN_TODAY": "2018-06-30",
            "PEIXUN_API_RATE": "600000",
            "PYTHONPATH": str(ROOT),
        }
        return {**os.environ, **own}

    def script(self, text: str, given: object = None) -> dict:
        """Run a script beside the product; the JSON that it prints."""
        command = [sys.executable, "-c", DJANGO + text]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self) -> None:
        """Start web and worker as one group, and wait until the web answers."""
        log = (self.folder / "serve.log").open("ab")
        command = [sys.executable, "-m", "peixun", "serve", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.address}/healthz", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError((self.folder / "serve.log").read_text()[-4000:])

    def kill(self) -> None:
        """End every process of the product at once, without a word."""
        for one in [self.process, *self.commands]:
            if one is not None and one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()
        self.commands.clear()

    def command(self, *words: str) -> tuple[int, str]:
        """Run a command that is killed with the rest; its exit status and what it printed."""
        process = subprocess.Popen(
            [sys.executable, "-m", "peixun", *words],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.commands.append(process)
        out, _ = process.communicate()
        return process.returncode, out
