"""Clients as they are in life: they write, are cut off, don't know whether it was done, and ask again."""

import csv
import io
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta

import requests

from tests.factories.rosters import number
from tests.kills.product import PASSWORD, Product
from tests.ledger.importing.test_credits import HEAD as CREDIT_HEAD
from tests.ledger.importing.test_credits import row as credit_row
from tests.people.importing.test_members import HEAD as MEMBER_HEAD
from tests.people.importing.test_members import row as member_row

BATCH, MOVED, ROSTER, FILE = 12, 3, 30, 40
TIMEOUT = 40
REST_SECONDS = 60


@dataclass
class Told:
    """What clients tried, and what they were told is done."""

    persons: list[int]
    batches: dict[str, int] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)
    transfers: dict[str, int] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)
    rosters: dict[str, int] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    separated: list[int] = field(default_factory=list)
    away: int = 0
    """So often somebody was told, as it should be, that the database is away."""
    strange: list[str] = field(default_factory=list)
    """Answers that nobody should get."""


class Writers:
    """Five clients, each in a thread of its own, until they are told to stop."""

    def __init__(self, product: Product, city: dict, seed: int) -> None:
        self.product, self.city, self.seed = product, city, seed
        self.told = Told(city["persons"])
        self.stopping = threading.Event()
        self.abandoned = threading.Event()
        self.writing = threading.Event()
        """Set whenever a roster was confirmed and the worker is about to write it."""
        works = (self._post, self._post_by_file, self._move, self._upload, self._merge)
        self.threads = [threading.Thread(target=self._run, args=(n, work), daemon=True) for n, work in enumerate(works)]

    def __enter__(self) -> "Writers":
        """Begin to write."""
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_rest) -> None:
        """Whatever failed: nobody goes on asking a server that is no more."""
        self.stopping.set()
        if kind is not None:
            self.abandoned.set()

    def stop(self) -> None:
        """Let each come to the end of what it has begun."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
            assert not thread.is_alive(), "a client never got an answer"

    def _run(self, number: int, work) -> None:
        chance, turn = random.Random(self.seed * 10 + number), 0
        while not self.stopping.is_set():
            try:
                work(turn, chance)
            except Exception as error:  # noqa: BLE001 - a client that broke down has to be told of
                self.told.strange.append(f"{work.__name__} {turn}: {error!r}")
                return
            turn += 1

    def _asked(self, ask) -> requests.Response:
        """Ask until there is an answer; nobody gives up because a server is away for a moment."""
        while not self.abandoned.is_set():
            try:
                answer = ask()
            except requests.RequestException:
                self._wait()
                continue
            if answer.status_code < 500:
                return answer
            self._note(answer)
            self._wait()
        raise RuntimeError("the test is over")

    def _note(self, answer: requests.Response) -> None:
        """A server may be away for a moment, and has to say so in words for whoever asked."""
        api = "/api/" in answer.url
        right = "urn:peixun:problem:unavailable" if api else "数据库暂时连不上"
        said = answer.content.decode("utf-8", "replace")
        if answer.status_code == 503 and right in said and "Retry-After" in answer.headers:
            self.told.away += 1
        else:
            self.told.strange.append(f"{answer.status_code} of {answer.url}: {said[:300]}")

    def _wait(self) -> None:
        threading.Event().wait(0.2)

    def session(self) -> requests.Session:
        """Sign in."""
        session = requests.Session()
        address = f"{self.product.address}/sign-in/"
        self._asked(lambda: session.get(address, timeout=TIMEOUT))
        form = {"username": "office", "password": PASSWORD}
        self._send(session, "/sign-in/", form)
        return session

    def _send(self, session: requests.Session, path: str, form: dict, **more) -> requests.Response:
        address = f"{self.product.address}{path}"

        def ask() -> requests.Response:
            # Each time anew: a sign-in that broke off may have changed the token already.
            data = {**form, "csrfmiddlewaretoken": session.cookies.get("csrftoken", "")}
            return session.post(address, data=data, timeout=TIMEOUT, allow_redirects=False, **more)

        return self._asked(ask)

    def _post(self, turn: int, chance: random.Random) -> None:
        """A batch through the API; asked again under the same key until it is answered."""
        batch = f"api-{turn}"
        self.told.batches[batch] = BATCH
        day = date(2018, 5, 4)
        credits = [
            {
                "reference": f"{batch}-{i}",
                "person_id": chance.choice(self.city["persons"][:60]),
                "activity_id": self.city["activity"],
                "happened_on": day.isoformat(),
                "hours": chance.randint(1, 16) / 4,
            }
            for i in range(BATCH)
        ]
        headers = {"Authorization": f"Bearer {self.city['token']}", "Idempotency-Key": batch}
        address = f"{self.product.address}/api/v1/credits"
        body = json.dumps({"credits": credits})
        answer = self._asked(
            lambda: requests.post(
                address, data=body, headers={**headers, "Content-Type": "application/json"}, timeout=TIMEOUT
            )
        )
        if answer.status_code == 200 and answer.json() == {"written": BATCH, "unchanged": 0}:
            self.told.posted.append(batch)
        else:
            self.told.strange.append(f"{batch}: {answer.status_code} {answer.text[:300]}")

    def _post_by_file(self, turn: int, _chance: random.Random) -> None:
        """A file of credits through the command, which is killed with the rest and begun again."""
        batch = f"file-{turn}"
        self.told.batches[batch] = FILE
        rows = [credit_row(i, 活动名称=f"轮训班{turn}", 凭证号=f"{batch}-{i}", 日期="2018-05-20") for i in range(FILE)]
        path = self.product.folder / f"{batch}.csv"
        path.write_text(_csv([CREDIT_HEAD, *(r[: len(CREDIT_HEAD)] for r in rows)]), encoding="utf-8")
        while not self.stopping.is_set():
            status, out = self.product.command("import", "credits", str(path), "--format", "json")
            if status == 0:
                said = json.loads(out)
                if said["new"] + said["unchanged"] != FILE:
                    self.told.strange.append(f"{batch}: {out[:300]}")
                self.told.posted.append(batch)
                return
            if status > 0 and out:
                self.told.strange.append(f"{batch}: {status} {out[:300]}")
            self._wait()

    def _move(self, turn: int, _chance: random.Random) -> None:
        """Three people to another branch, three days later the next; a second try may find it done."""
        session = self.session() if turn % 20 == 0 else self.signed_in
        self.signed_in = session
        group, lap = turn % 5, turn // 5
        name = f"transfer-{turn}"
        people = self.city["persons"][group * MOVED : (group + 1) * MOVED]
        to = self.city["organisations"][("T11b", "T12a")[lap % 2] if group < 3 else ("T12a", "T11a")[lap % 2]]
        on = date(2017, 1, 1) + timedelta(days=lap)
        if on > date(2018, 6, 30):
            self.stopping.wait(1)
            return
        self.told.transfers[name] = MOVED
        form = {"person": people, "to": to, "on": on.isoformat(), "reason": name, "confirm": "1"}
        answer = self._send(session, "/changes/transfers/new/", form)
        if answer.status_code == 302 and "sign-in" not in answer.headers["Location"]:
            self.told.moved.append(name)
        elif answer.status_code != 422:
            self.told.strange.append(f"{name}: {answer.status_code} {answer.headers.get('Location')}")

    def _upload(self, turn: int, _chance: random.Random) -> None:
        """A roster on screen: uploaded, checked in the background, confirmed, written in the background."""
        session, mark = self.session(), f"王{turn}"
        born = date(1950, 1, 1) + timedelta(days=turn)
        numbers = [number(100 + i, birth=born) for i in range(ROSTER)]
        rows = [
            member_row(i, 姓名=f"{mark}小{i}", 公民身份号码=text, 出生日期=born.isoformat())
            for i, text in enumerate(numbers)
        ]
        self.told.rosters[mark] = ROSTER
        content = _csv([MEMBER_HEAD, *rows]).encode()
        answer = self._send(
            session, "/import/", {"key": "members"}, files={"file": (f"{mark}.csv", content, "text/csv")}
        )
        if answer.status_code != 302:
            self.told.strange.append(f"{mark}: {answer.status_code} {answer.text[-300:]}")
            return
        page = answer.headers["Location"]
        until = None
        while until is None or time.monotonic() < until:
            self._wait()
            if "confirm/" in self._asked(lambda: session.get(f"{self.product.address}{page}", timeout=TIMEOUT)).text:
                if self._send(session, f"{page}confirm/", {}).status_code == 302:
                    self.told.confirmed.append(mark)
                    self.writing.set()
                return
            if until is None and self.stopping.is_set():
                until = time.monotonic() + REST_SECONDS

    def _merge(self, turn: int, _chance: random.Random) -> None:
        """Two branches merged, and separated again."""
        session = self.session() if turn == 0 else self.merging
        self.merging = session
        form = {"to": self.city["organisations"]["T22b"], "on": "2018-06-01", "confirm": "1"}
        answer = self._send(session, "/changes/organisation/T22a/merge/", form)
        if answer.status_code == 302 and "/changes/organisations/" in answer.headers["Location"]:
            self.merger = int(answer.headers["Location"].rstrip("/").rpartition("/")[2])
            self.told.merged.append(self.merger)
        elif answer.status_code != 404:  # 404: it is merged already, and nobody was told
            self.told.strange.append(f"merger: {answer.status_code} {answer.headers.get('Location')}")
            return
        else:
            listed = self._asked(
                lambda: session.get(f"{self.product.address}/changes/organisation/T22a/", timeout=TIMEOUT)
            )
            found = [
                int(w.partition("/")[0]) for w in listed.text.split("/changes/organisations/")[1:] if w[0].isdigit()
            ]
            self.merger = max(found)
        undone = self._send(session, f"/changes/organisations/{self.merger}/", {})
        if undone.status_code == 302:
            self.told.separated.append(self.merger)
        elif undone.status_code != 422:
            self.told.strange.append(f"undoing {self.merger}: {undone.status_code}")


def _csv(rows: list) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
