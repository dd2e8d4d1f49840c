"""A member's own pages: today, study, account."""

from datetime import UTC, datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.home.forms import OwnPasswordForm
from peixun.home.links import address
from peixun.home.queries.own import own_credits, own_hours, own_year, own_years
from peixun.kernel import clock
from peixun.people.models import ExternalLogin
from peixun.people.operations.sessions import change_password, renew_session
from peixun.people.queries.signing import veiled
from peixun.people.queries.visible import main_record


def own_id(request: Any) -> int:
    """The person behind the account, merged records folded. Raises Http404 for an account without one."""
    person_id: int | None = request.actor.person_id
    if person_id is None:
        raise Http404("this account has no person")
    return main_record(person_id)


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What I still owe this year, and what to do next."""
    person_id, day = own_id(request), clock.today()
    own = own_year(person_id, day=day)
    context = {
        "own": own,
        "state": own.state,
        "year": str(day.year),
        "record_url": address("coverage:record", person_id),
    }
    return render(request, "home/me.html", context)


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """My credits of a year."""
    person_id, today = own_id(request), clock.today()
    years = own_years(person_id, day=today)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else today.year
    context = {
        "year": str(year),
        "years": [str(y) for y in years],
        "credits": own_credits(person_id, year=year),
        "state": own_hours(person_id, year=year),
        "record_url": address("coverage:record", person_id),
    }
    return render(request, "home/learning.html", context)


@require_safe
def mine(request: Any) -> HttpResponse:
    """My account on this device."""
    person_id = request.actor.person_id
    record = address("coverage:record", person_id) if person_id is not None else ""
    linked = settings.OIDC_ISSUER and ExternalLogin.objects.filter(account=request.user).exists()
    return render(
        request, "home/mine.html", {"record_url": record, "oidc": bool(settings.OIDC_ISSUER), "linked": linked}
    )


class ChangePassword(auth_views.PasswordChangeView):
    """A new password, after the old one."""

    template_name = "home/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("home:mine")

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Wrong old passwords are counted as at sign-in: somebody may have found the session open."""
        if not AxesProxyHandler.is_allowed(request, self._credentials()):
            locked: HttpResponse = get_lockout_response(request, credentials=self._credentials())
            return locked
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def _credentials(self) -> dict[str, str]:
        account: Any = self.request.user
        return {"username": veiled("confirm", account.login)}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong."""
        if "old_password" in form.errors:
            user_login_failed.send(sender=__name__, credentials=self._credentials(), request=self.request)
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        """The new password holds; this session goes on under a new key, all others have ended."""
        request: Any = self.request
        before = request.session.session_key
        password = form.cleaned_data["new_password1"]
        change_password(request.user, password, kept=before, by=request.actor, at=datetime.now(UTC))
        update_session_auth_hash(request, request.user)
        renew_session(before, after=request.session.session_key)
        messages.success(request, _("密码已更改，其他设备上的登录都已退出。"))
        return HttpResponseRedirect(self.get_success_url())
