"""The second step at the door: a code of an app, a security key, or a spare code."""

import json
from datetime import UTC, datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from peixun.home import sessions
from peixun.people.models import Account
from peixun.people.operations.factors import KeyAnswer, ask_key, key_server, take_code, take_key
from peixun.people.queries.factors import factors_of
from peixun.people.queries.signing import veiled

ASKED = "asked_of_key"


def server_here(request: Any) -> Any:
    """What speaks with security keys at the address of this request."""
    host = request.get_host()
    return key_server(host.rsplit(":", 1)[0], f"{request.scheme}://{host}")


def read_answer(request: Any, state_name: str) -> KeyAnswer | None:
    """A security key's answer from the form, with what it was asked; None for anything else. Each is read once."""
    state = request.session.pop(state_name, None)
    try:
        answer = json.loads(request.POST.get("credential", ""))
    except ValueError:
        return None
    return KeyAnswer(server_here(request), state, answer) if state and isinstance(answer, dict) else None


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: Any) -> HttpResponse:
    """Asks for the second step of whoever has passed the first, and signs them in."""
    now = datetime.now(UTC)
    who = sessions.waiting(request, at=now)
    account = Account.objects.filter(pk=who.account_id, is_active=True).first() if who else None
    if who is None or account is None:
        return redirect("home:sign-in")
    refusal = ""
    if request.method == "POST":
        credentials = {"username": veiled("second", account.login)}
        if not AxesProxyHandler.is_allowed(request, credentials):
            locked: HttpResponse = get_lockout_response(request, credentials=credentials)
            return locked
        if _proved(request, account, now):
            return sessions.admit(request, account, way=who.way, following=who.following, at=now, second_step=True)
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        refusal = _("没有通过。动态码每 30 秒换一个，请看最新的；备用码每个只能用一次。")
    return _ask(request, account, refusal)


def _proved(request: Any, account: Account, now: datetime) -> bool:
    if request.POST.get("credential"):
        key = read_answer(request, ASKED)
        return key is not None and take_key(account, key=key, at=now)
    return take_code(account, request.POST.get("code", "")[:40], at=now)


def _ask(request: Any, account: Account, refusal: str) -> HttpResponse:
    factors = factors_of(account.pk)
    options: dict[str, Any] = {}
    if factors.keys:
        options, request.session[ASKED] = ask_key(account, server_here(request))
    context = {"refusal": refusal, "factors": factors, "options": options}
    return render(request, "home/second_step.html", context, status=422 if refusal else 200)
