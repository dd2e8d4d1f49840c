"""The product's own processes on a scratch database: started, asked, killed together, looked at afterwards."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "office"


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
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _beside: subprocess.Popen | None = None
    _guardian: subprocess.Popen | None = None

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

    def _open(self, *words: str, **more) -> subprocess.Popen:
        """A process with a group of its own, which the guardian ends should the test be ended."""
        if self._guardian is None:
            command = [sys.executable, str(ROOT / "tests/kills/guardian.py")]
            self._guardian = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        command = [sys.executable, *words]
        process = subprocess.Popen(command, env=self.environment, cwd=ROOT, start_new_session=True, **more)
        self._tell(f"+{process.pid}")
        return process

    def _tell(self, line: str) -> None:
        self._guardian.stdin.write(f"{line}\n")
        self._guardian.stdin.flush()

    def _end(self, process: subprocess.Popen) -> None:
        # The whole group, even when its first process is over already: the others may have stayed.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell(f"-{process.pid}")

    def beside(self, work: str, given: object = None) -> dict:
        """Have `scratch.py` do something on the database of the product; what it returns."""
        if self._beside is None:
            log = (self.folder / "beside.log").open("ab")
            self._beside = self._open(
                *("-m", "tests.kills.beside"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
            log.close()
        self._beside.stdin.write(json.dumps([work, given]) + "\n")
        self._beside.stdin.flush()
        answer = self._beside.stdout.readline()
        assert answer, (self.folder / "beside.log").read_text()[-4000:]
        return json.loads(answer)

    def start(self) -> None:
        """Start web and worker as one group, and wait until the web answers."""
        log = (self.folder / "serve.log").open("ab")
        words = ("-m", "peixun", "serve", "--bind", f"127.0.0.1:{self.port}", "--workers", "1")
        self.process = self._open(*words, stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.address}/healthz", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError((self.folder / "serve.log").read_text()[-4000:])

    def kill(self) -> None:
        """End every process of the product at once, without a word."""
        with self._lock:
            for one in [self.process, *self.commands]:
                if one is not None:
                    self._end(one)
            self.process = None
            self.commands.clear()

    def close(self) -> None:
        """End all that was ever started for this installation."""
        self.kill()
        if self._beside is not None:
            self._end(self._beside)
            self._beside.stdin.close()
            self._beside.stdout.close()
        if self._guardian is not None:
            self._guardian.communicate()

    def command(self, *words: str) -> tuple[int, str]:
        """Run a command that is killed with the rest; its exit status and what it printed."""
        with self._lock:
            process = self._open(
                *("-m", "peixun", *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            self.commands.append(process)
        out, _ = process.communicate()
        with self._lock:
            if process in self.commands:
                self.commands.remove(process)
                self._tell(f"-{process.pid}")
        return process.returncode, out
