"""What a session remembers of how its holder came in, and the one way in that every door ends with."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from peixun.people.models import Account
from peixun.people.operations.sessions import note_session, note_use
from peixun.people.queries.factors import has_factor

PASSED = "second_step"
BEGAN = "began"
SEEN = "seen"
ENDS = "ends"
WAITING = "waits_for_second_step"
BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITS = timedelta(minutes=10)
FRESH = timedelta(minutes=15)
NOTED_EVERY = timedelta(minutes=10)

# In the order in which they are looked for: many browsers name others beside themselves.
_BROWSERS = (
    ("MicroMessenger", gettext_lazy("微信")),
    ("DingTalk", gettext_lazy("钉钉")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("OPR", "Opera"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """What a browser says it is, in two words; "" when it says nothing that is known."""
    browser = next((words for mark, words in _BROWSERS if mark in agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in agent), "")
    return " · ".join(str(part) for part in (browser, system) if part)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose first step was right and whose second is still to come."""

    account_id: int
    way: str
    following: str


def enter(request: Any, account: Account, *, way: str, following: str, at: datetime) -> HttpResponse:
    """Signs somebody in whose first step was right, or leads them to the second one."""
    if has_factor(account.pk):
        request.session.cycle_key()
        request.session[WAITING] = [account.pk, way, following, at.timestamp()]
        return redirect("home:second-step")
    return admit(request, account, way=way, following=following, at=at)


def waiting(request: Any, *, at: datetime) -> Waiting | None:
    """Who waits for the second step in this browser; None after some minutes."""
    kept = request.session.get(WAITING)
    if not kept or at.timestamp() - kept[3] > WAITS.total_seconds():
        return None
    return Waiting(kept[0], kept[1], kept[2])


def admit(
    request: Any, account: Account, *, way: str, following: str, at: datetime, second_step: bool = False
) -> HttpResponse:
    """Begins the session of somebody who has proved all that is asked."""
    request.session.pop(WAITING, None)
    login(request, account, backend=BACKEND)
    request.session[PASSED] = second_step
    request.session[BEGAN] = request.session[SEEN] = at.timestamp()
    request.session[ENDS] = at.timestamp() + settings.SESSION_COOKIE_AGE
    _keep_open(request, at)
    request.session.save()
    device = device_words(request.headers.get("User-Agent", ""))
    note_session(account.pk, session_key=request.session.session_key, way=way, device=device, at=at)
    return redirect(following or "home:start")


def note_visit(request: Any, *, at: datetime) -> None:
    """Notes that a session is in use, every ten minutes at most; it then stays open for as long as one may be idle."""
    seen = request.session.get(SEEN)
    if seen is not None and at.timestamp() - seen > NOTED_EVERY.total_seconds():
        request.session[SEEN] = at.timestamp()
        _keep_open(request, at)
        note_use(request.session.session_key, at=at)


def _keep_open(request: Any, at: datetime) -> None:
    """The database itself then ends the session: when nobody uses it, and at its end however much it is used."""
    ends = request.session.setdefault(ENDS, at.timestamp() + settings.SESSION_COOKIE_AGE)
    idle = at + timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    request.session.set_expiry(min(idle, datetime.fromtimestamp(ends, UTC)))


def is_fresh(request: Any, *, at: datetime) -> bool:
    """Whether somebody has just signed in, so that what guards the account may be changed without asking again."""
    return bool(at.timestamp() - request.session.get(BEGAN, 0) < FRESH.total_seconds())
