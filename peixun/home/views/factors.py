"""One's own second step: an app, security keys, spare codes; and where one is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

import pyotp
import segno
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peixun.home.forms import ConfirmForm, FactorForm
from peixun.home.sessions import BEGAN, PASSED, is_fresh
from peixun.home.views.second import read_answer, server_here
from peixun.people.models import SecondFactor, SignedIn
from peixun.people.operations.factors import (
    FactorRefused,
    add_app,
    add_key,
    begin_key,
    remove_factor,
    renew_spare_codes,
)
from peixun.people.operations.sessions import end_session, end_sessions
from peixun.people.queries.accounts import sessions_of
from peixun.people.queries.factors import factors_of, needs_second_step
from peixun.people.queries.signing import veiled

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponse])
SECRET = "new_app_secret"  # noqa: S105 - the name under which the session keeps it
ASKED = "asked_of_new_key"


@never_cache
@require_safe
def factors(request: Any) -> HttpResponse:
    """What the second step is done with, and whether it has to be."""
    context = {
        "factors": factors_of(request.user.pk),
        "must": needs_second_step(request.actor),
        "by_domain": not request.get_host().rsplit(":", 1)[0].replace(".", "").isdecimal(),
    }
    return render(request, "home/factors.html", context)


def freshly(view: ViewT) -> ViewT:
    """What guards an account is changed soon after signing in, or after giving the password once more."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request, at=datetime.now(UTC)):
            return view(request, *args, **kwargs)
        return redirect("home:confirm")

    return guarded  # type: ignore[return-value]


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Any) -> HttpResponse:
    """Asks for the password once more; wrong ones are counted as at sign-in."""
    now = datetime.now(UTC)
    credentials = {"username": veiled("confirm", request.user.login)}
    if not AxesProxyHandler.is_allowed(request, credentials):
        locked: HttpResponse = get_lockout_response(request, credentials=credentials)
        return locked
    form = ConfirmForm(request.POST if request.method == "POST" else None, account=request.user)
    if form.is_valid():
        request.session[BEGAN] = now.timestamp()
        return redirect("home:factors")
    if form.is_bound:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
    return render(request, "home/confirm.html", {"form": form}, status=422 if form.errors else 200)


def _added(request: Any, codes: Any) -> HttpResponse:
    request.session[PASSED] = True
    if codes:
        return render(request, "home/spare_codes.html", {"codes": codes})
    messages.success(request, _("已添加。下次登录时可以用它完成第二步。"))
    return redirect("home:factors")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@freshly
def app(request: Any) -> HttpResponse:
    """Adds an authenticator app: its secret as a picture to scan and as text, proved by a code."""
    form = FactorForm(request.POST or None)
    secret = request.session.get(SECRET) if request.method == "POST" else None
    if secret and form.is_valid():
        try:
            added = add_app(
                request.user,
                secret=secret,
                code=form.cleaned_data["code"],
                label=form.cleaned_data["label"] or _("动态码应用"),
                by=request.actor,
                at=datetime.now(UTC),
            )
        except FactorRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[SECRET]
            return _added(request, added.spare_codes)
    if not secret:
        secret = request.session[SECRET] = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=request.user.login, issuer_name=_("培训"))
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2, dark="#1f2328", light="#ffffff")
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    context = {"form": form, "picture": picture, "secret": grouped}
    return render(request, "home/add_app.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@freshly
def key(request: Any) -> HttpResponse:
    """Adds a security key, through what the browser says to it."""
    form = FactorForm(request.POST or None)
    del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        try:
            answer = read_answer(request, ASKED)
            if answer is None:
                raise FactorRefused(_("没有读到安全密钥的回答，请重新插入或靠近后再试一次。"))
            label = form.cleaned_data["label"] or _("安全密钥")
            added = add_key(request.user, key=answer, label=label, by=request.actor, at=datetime.now(UTC))
        except FactorRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _added(request, added.spare_codes)
    options, request.session[ASKED] = begin_key(request.user, server_here(request))
    return render(request, "home/add_key.html", {"form": form, "options": options}, status=422 if form.errors else 200)


@never_cache
@require_POST
@freshly
def spare_codes(request: Any) -> HttpResponse:
    """Makes new spare codes and shows them once."""
    if not factors_of(request.user.pk).rows:
        return redirect("home:factors")
    codes = renew_spare_codes(request.user, by=request.actor, at=datetime.now(UTC))
    return render(request, "home/spare_codes.html", {"codes": codes})


@require_POST
@freshly
def remove(request: Any, factor_id: int) -> HttpResponse:
    """Removes one of one's own factors."""
    factor = get_object_or_404(SecondFactor, pk=factor_id, account=request.user)
    try:
        remove_factor(factor, required=settings.SECOND_FACTOR_REQUIRED, by=request.actor, at=datetime.now(UTC))
        messages.success(request, _("已移除。"))
    except FactorRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("home:factors")


@never_cache
@require_safe
def devices(request: Any) -> HttpResponse:
    """Where one is signed in."""
    rows = sessions_of(request.user.pk)
    here = request.session.session_key
    return render(request, "home/devices.html", {"rows": [(row, row.session_key == here) for row in rows]})


@require_POST
def end_devices(request: Any) -> HttpResponse:
    """Ends one session, or all but this one."""
    now, chosen = datetime.now(UTC), request.POST.get("device", "")
    if chosen.isdecimal() and len(chosen) < 19:
        row = get_object_or_404(SignedIn, pk=int(chosen), account=request.user)
        if row.session_key != request.session.session_key:
            end_session(row, by=request.actor, at=now)
            messages.success(request, _("那台设备已退出登录。"))
    else:
        count = end_sessions(request.user.pk, but=request.session.session_key, by=request.actor, at=now)
        messages.success(request, _("已让其他 %(count)s 台设备退出登录。") % {"count": count})
    return redirect("home:devices")
