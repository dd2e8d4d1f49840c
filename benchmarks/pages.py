"""The coverage page of the whole city as 8 managers ask for it at once: whole requests, warm. Bar: p95 under 0.5 s.

Starts `peixun serve` on a loaded demo (PEIXUN_DATA or PEIXUN_DATABASE_URL), signs in over HTTP as the city's office and
asks for the page, bounded in number. Prints the memory of the web processes too (bar: under 400 MB each).
"""

import argparse
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

MANAGERS = 8
PASSWORD = "peixun-2018"  # noqa: S105 - the demo's


class Browser:
    """A signed-in visitor with cookies of their own."""

    def __init__(self, base: str, login: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = self.get("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "the sign-in page has no form"
        form = {"csrfmiddlewaretoken": token.group(1), "username": login, "password": PASSWORD}
        request = urllib.request.Request(
            base + "/sign-in/", urllib.parse.urlencode(form).encode(), {"Referer": base + "/sign-in/"}
        )
        with self.opener.open(request, timeout=30) as answer:
            assert "/sign-in/" not in answer.url, "sign-in failed"

    def get(self, path: str) -> str:
        """The text of a page; other statuses than 200 raise."""
        with self.opener.open(self.base + path, timeout=30) as answer:
            return answer.read().decode()


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(match.group(1)) / 1024 if match else 0.0


def web_processes(pid: int) -> list[int]:
    """The gunicorn processes below `peixun serve`."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        below = Path(f"/proc/{current}/task/{current}/children").read_text().split()
        waiting.extend(int(child) for child in below)
        if "gunicorn" in Path(f"/proc/{current}/cmdline").read_text():
            found.append(current)
    return found


def measure(base: str, path: str, requests: int) -> list[float]:
    """Seconds of each request of all managers."""
    browsers = [Browser(base, "city") for _ in range(MANAGERS)]
    for browser in browsers:
        browser.get(path)
    times: list[float] = []

    def ask(browser: Browser) -> None:
        for _ in range(requests):
            start = time.perf_counter()
            browser.get(path)
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ask, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def main() -> None:
    """Serve, measure, print, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40, help="requests of each manager")
    parser.add_argument("--path", action="append", help="addresses to ask for")
    options = parser.parse_args()
    paths = options.path or [
        "/coverage/6204/?year=2018",
        "/coverage/6204/?year=2017",
        "/coverage/6204/people/?year=2018&state=uncovered",
    ]
    base = f"http://127.0.0.1:{free_port()}"
    environment = {"PEIXUN_DEMO": "1", "PEIXUN_TODAY": "2018-06-30", **os.environ}
    server = subprocess.Popen(
        [sys.executable, "-m", "peixun", "serve", "--bind", base.removeprefix("http://")],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(base)
        for path in paths:
            times = measure(base, path, options.requests)
            p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
            print(
                f"{path}: {MANAGERS} managers, {len(times)} requests, p50 {p50 * 1000:.0f} ms, "
                f"p95 {p95 * 1000:.0f} ms, slowest {times[-1] * 1000:.0f} ms   (bar: p95 500 ms)"
            )
        sizes = [resident(pid) for pid in web_processes(server.pid)]
        print(f"memory of the web processes: {', '.join(f'{size:.0f} MB' for size in sizes)}   (bar: 400 MB each)")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)


def wait_for(base: str) -> None:
    """Until the server answers, at most a minute."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(base + "/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server doesn't answer")


if __name__ == "__main__":
    main()
