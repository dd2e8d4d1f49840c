"""Signing in and out, and how pages look to whoever reads them."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from peixun.home.context import LARGE, PRINT_COOKIE, THEME_COOKIE, THEMES
from peixun.home.forms import SignInForm
from peixun.home.links import safe_address
from peixun.home.queries.demo import demo_accounts
from peixun.home.remembered import keep_on_device
from peixun.home.sessions import enter
from peixun.people.models import SignedIn, SignInWay


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    """Account and password; in the demo, the accounts to try."""

    template_name = "home/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True
    next_page = "home:start"

    def form_valid(self, form: Any) -> HttpResponse:
        """The password was right: in, or on to the second step."""
        account: Any = form.get_user()
        following = self.get_redirect_url()
        return enter(self.request, account, way=SignInWay.PASSWORD, following=following, at=datetime.now(UTC))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's accounts, in the demo only."""
        extra = {"demo_accounts": demo_accounts(), "demo_password": settings.DEMO_PASSWORD} if settings.DEMO else {}
        return super().get_context_data(**kwargs, **extra, oidc=bool(settings.OIDC_ISSUER))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Ends the session."""
    row = SignedIn.objects.filter(session_key=request.session.session_key or "").first()
    if row is not None:
        row.delete()
    return auth_views.LogoutView.as_view()(request)


def safe_next(request: HttpRequest) -> str:
    """Where to go on to: an address of this site, else the start page."""
    return safe_address(request, request.POST.get("next", "")) or "/"


@login_not_required
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark, and the size of print, in cookies of this device."""
    response = redirect(safe_next(request))
    theme, size = request.POST.get("theme"), request.POST.get("print")
    if theme is not None:
        keep_on_device(response, THEME_COOKIE, theme if theme in THEMES else "")
    if size is not None:
        keep_on_device(response, PRINT_COOKIE, size if size == LARGE else "")
    return response
