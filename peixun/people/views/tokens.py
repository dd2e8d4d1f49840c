"""Tokens of the HTTP API: one's own, and those of platforms that one's office answers for."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from peixun.kernel import clock
from peixun.people.forms import PlatformForm, TokenForm
from peixun.people.models import Account, Token
from peixun.people.operations.granting import GrantRefused, NewPlatform, open_platform
from peixun.people.operations.tokens import NewToken, give_token, revoke_token
from peixun.people.queries.accounts import accounts_seen
from peixun.people.queries.codes import within_reach
from peixun.people.queries.scope import OutOfScope, Permission
from peixun.people.queries.tokens import is_platform


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: Any) -> HttpResponse:
    """One's own tokens; a new one is shown once."""
    return _tokens(request, request.user)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_account(request: Any, account_id: int) -> HttpResponse:
    """The tokens of a platform within reach."""
    day = clock.today()
    found = get_object_or_404(accounts_seen(request.actor, day=day).filter(person=None), pk=account_id)
    if not is_platform(found):
        raise OutOfScope("somebody's account")
    if found.pk not in within_reach(request.actor, [found.pk], day=day):
        raise OutOfScope("it holds more than whoever asks")
    return _tokens(request, found)


def _tokens(request: Any, account: Account) -> HttpResponse:
    form = TokenForm(request.POST if request.method == "POST" else None)
    issued = None
    if form.is_valid():
        data = form.cleaned_data
        new = NewToken(int(data["days"]), tuple(data["scope"].split()), data["label"])
        issued = give_token(account, new, by=request.actor, at=datetime.now(UTC), day=clock.today())
    tokens = Token.objects.filter(account=account, revoked_at=None).order_by("-pk")
    context = {
        "account": account,
        "own": account.pk == request.user.pk,
        "form": form if issued is None else TokenForm(),
        "issued": issued,
        "tokens": tokens,
        "now": datetime.now(UTC),
    }
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: Any, token_id: int) -> HttpResponse:
    """Ends a token at once."""
    token = get_object_or_404(Token.objects.select_related("account"), pk=token_id)
    revoke_token(token, by=request.actor, at=datetime.now(UTC))
    messages.success(request, _("令牌已吊销，用它的程序从现在起不能再访问。"))
    if token.account_id == request.user.pk:
        return redirect("people:own-tokens")
    return redirect("people:account-tokens", token.account_id)


@require_http_methods(["GET", "HEAD", "POST"])
def platform(request: Any, code: str) -> HttpResponse:
    """Opens an account for a platform, with a role on an organisation."""
    place = get_object_or_404(request.actor.organisations(Permission.GIVE_ROLES), code=code)
    form = PlatformForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        new = NewPlatform(form.cleaned_data["login"], form.cleaned_data["name"], place)
        try:
            made = open_platform(new, by=request.actor, at=datetime.now(UTC), day=clock.today())
        except GrantRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("people:account-tokens", made.pk)
    return render(request, "people/platform.html", {"place": place, "form": form}, status=422 if form.errors else 200)
