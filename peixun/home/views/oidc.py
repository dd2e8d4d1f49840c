"""Signing in through another system by OpenID Connect: the way out, the way back, and one's own link."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from joserfc.errors import JoseError
from requests import RequestException

from peixun.home.sessions import enter, is_fresh
from peixun.home.views.factors import freshly
from peixun.people.models import ExternalLogin, SignInWay
from peixun.people.operations.external import LinkRefused, Vouched, account_vouched, link, unlink

FOLLOWING = "oidc_following"


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, secret: str) -> Any:
    oauth = OAuth()
    return oauth.register(
        name="oidc",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": settings.OIDC_SCOPE, "code_challenge_method": "S256", "timeout": 10},
    )


def client() -> Any:
    """Speaks with the system that vouches. Raises Http404 where none is configured."""
    if not settings.OIDC_ISSUER:
        raise Http404("no other system vouches for anybody")
    return _client(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@login_not_required
@never_cache
@require_POST
def begin(request: Any) -> HttpResponse:
    """Leads to the other system; to link an account, only soon after signing in here."""
    speaker, now = client(), datetime.now(UTC)
    if request.user.is_authenticated and not is_fresh(request, at=now):
        return redirect("home:confirm")
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    request.session[FOLLOWING] = wanted if safe else ""
    try:
        return speaker.authorize_redirect(request, request.build_absolute_uri(reverse("home:oidc-back")))  # type: ignore[no-any-return]
    except (RequestException, OAuthError):
        return _refused(request, _("统一身份认证没有响应，请稍后再试，或者用账号和密码登录。"))


@login_not_required
@never_cache
@require_safe
def back(request: Any) -> HttpResponse:
    """Takes what the other system says: signs in, or links the account that is signed in already."""
    now = datetime.now(UTC)
    try:
        said = client().authorize_access_token(request)
        who = _vouched(said["userinfo"])
    except (OAuthError, JoseError, RequestException, KeyError, ValueError):
        return _refused(request, _("统一身份认证没有完成，请再试一次，或者用账号和密码登录。"))
    if request.user.is_authenticated:
        return _link(request, who, now)
    account = account_vouched(who, at=now)
    if account is None:
        words = _("统一身份认证通过了，但还没有关联这里的账号。请先用账号和密码登录，再到“我的”里关联。")
        return _refused(request, words)
    following = request.session.pop(FOLLOWING, "")
    return enter(request, account, way=SignInWay.OIDC, following=following, at=now)


def _vouched(claims: Any) -> Vouched:
    trusted = settings.OIDC_LOGIN_CLAIM
    login = str(claims.get(trusted, ""))[:60] if trusted else ""
    return Vouched(issuer=str(claims["iss"])[:200], subject=str(claims["sub"])[:255], login=login)


def _link(request: Any, who: Vouched, now: datetime) -> HttpResponse:
    try:
        link(request.user, who, by=request.actor, at=now)
        messages.success(request, _("已关联，以后可以用统一身份认证登录。"))
    except LinkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("home:mine")


def _refused(request: Any, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("home:mine" if request.user.is_authenticated else "home:sign-in")


@require_POST
@freshly
def end_link(request: Any) -> HttpResponse:
    """Ends one's own link."""
    row = get_object_or_404(ExternalLogin.objects.select_related("account"), account=request.user)
    try:
        unlink(row, by=request.actor, at=datetime.now(UTC))
        messages.success(request, _("已取消关联。"))
    except LinkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("home:mine")
